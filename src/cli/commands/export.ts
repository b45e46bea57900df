import { basename, join } from 'node:path';
import { z } from 'zod';
import { shellWord } from '../../support/shell.ts';
import { exportModel, exportPrecisions } from '../../workflows/export-model.ts';
import { defineCommand } from '../command.ts';
import { meantRun } from '../meant-run.ts';

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'export a model to ship: a folder with only what translating needs',
  arguments: [
    {
      name: '[model]',
      description: 'run folder or model file; default: the newest in checkpoints/ on the data last prepared',
    },
  ],
  options: z.object({
    precision: z
      .enum(exportPrecisions)
      .default('float32')
      .describe('number format of the file; 16-bit formats halve its size'),
    out: z.string().optional().describe('output folder; default: exported/ and the name of the run'),
  }),
  json: true,
  examples: [
    'attn export checkpoints/concat --precision float16 --out it-en',
    'attn translate --checkpoint it-en "Ho fame."',
  ],
  async run({ precision, out }, [model], context) {
    const path = model ?? meantRun(context);
    const result = await exportModel(path, out ?? join('exported', basename(path, '.safetensors')), precision);
    if (context.json) context.print(JSON.stringify(result));
    context.say(
      `${result.out}: ${(result.bytes / 1e6).toFixed(1)} MB of ${precision}, vocabularies, options, model card`,
    );
    context.say(`Next: attn translate --checkpoint ${shellWord(result.out)} "..."`);
  },
});
