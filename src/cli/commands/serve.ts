import { z } from 'zod';
import { catalogueOf } from '../../server/catalogue.ts';
import { serverOptions } from '../../server/options.ts';
import { serve } from '../../server/serve.ts';
import { chooseDevice, describeDevice } from '../../tensor/device.ts';
import { defineCommand } from '../command.ts';
import { meantModel, trainedRuns } from '../meant-run.ts';

export const serveCommand = defineCommand({
  name: 'serve',
  summary: "serve models over HTTP: LibreTranslate's API and attn's own",
  arguments: [
    {
      name: '[models...]',
      description:
        'run folders, or folders that contain them; the first model is the default for requests; default: all in checkpoints/, with the newest on the data last prepared first',
    },
  ],
  options: z.object(serverOptions),
  handlesInterrupt: true,
  endsBySignal: true,
  examples: [
    'attn serve',
    'attn serve checkpoints/concat checkpoints/none --port 8080',
    'attn serve --host 0.0.0.0 --keys keys.txt --rate-limit 60',
  ],
  async run({ device: named, ...options }, folders, context) {
    // here, so that one that is missing ends the command; the thread that computes sees only this one
    const device = named && chooseDevice(named);
    if (device) context.say(`computing on ${describeDevice(device)}`);
    const [meant = meantModel(context)] = folders;
    const models = catalogueOf(folders.length > 0 ? folders : [...trainedRuns(), meant], meant);
    const server = await serve({ ...options, device: device?.kind }, models, context.say);
    context.print(server.url);
    context.say(`${models.map(({ name }) => name).join(', ')}; ${server.url}/docs describes the API; Ctrl-C ends`);
    const ended = new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve()));
    try {
      await Promise.race([ended, server.ready.then(() => ended)]);
      context.say('stopping: requests in progress are answered first');
    } finally {
      await server.close();
    }
  },
});
