import { basename, join } from 'node:path';
import { z } from 'zod';
import { exportModel, exportPrecisions } from '../../experiments/export-model.ts';
import { shellWord } from '../../support/shell.ts';
import { defineCommand } from '../command.ts';
import { meantRun } from '../meant-run.ts';

export const exportCommand = defineCommand({
  name: 'export',
  summary: 'write a folder with just what translating needs, to ship a model',
  arguments: [
    {
      name: '[model]',
      description: 'folder of a run, or a model file; the newest in checkpoints/ of the data last prepared unless said',
    },
  ],
  options: z.object({
    precision: z
      .enum(exportPrecisions)
      .default('float32')
      .describe('number format of the file; one of 16 bits halves its size'),
    out: z.string().optional().describe('folder to write; exported/ and the name of the run unless said'),
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
