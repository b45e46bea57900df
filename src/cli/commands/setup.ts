import { runSetup } from '../../tensor/setup.ts';
import { defineCommand, noOptions } from '../command.ts';
import { doctor } from './doctor.ts';

export const setup = defineCommand({
  name: 'setup',
  summary: 'fetch and build what is missing, then say what there is',
  json: true,
  options: noOptions,
  async run(options, positional, context) {
    runSetup(context);
    await doctor.run(options, positional, context);
    if (!context.json) context.say('next: attn demo');
  },
});
