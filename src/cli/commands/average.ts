import { z } from 'zod';
import { averageModels } from '../../experiments/average-models.ts';
import { shellWord } from '../../support/shell.ts';
import { defineCommand } from '../command.ts';
import { meantRun } from '../meant-run.ts';

export const average = defineCommand({
  name: 'average',
  summary: 'average the models that a run has kept into one, and validate it',
  arguments: [
    {
      name: '[models...]',
      description: 'folders of runs, for all models they have kept (attn train --keep 5), or model files',
    },
  ],
  options: z.object({
    out: z.string().optional().describe('folder to write; the first one named with -average unless said'),
  }),
  json: true,
  examples: [
    'attn train --score concat --keep 5 && attn average checkpoints/concat',
    'attn average checkpoints/concat/best/step-0004000.safetensors checkpoints/concat/best/step-0004500.safetensors --out two',
  ],
  async run({ out }, models, context) {
    const paths = models.length > 0 ? models : [meantRun(context)];
    const result = await averageModels(paths, out ?? `${paths[0]?.replace(/[/\\]+$/, '')}-average`);
    const best = result.models.reduce((most, { scores }) => Math.max(most, scores.bleu), 0);
    if (context.json) context.print(JSON.stringify(result));
    context.say(
      `${result.out}: the average of ${result.models.length} models has BLEU ${result.scores.bleu.toFixed(2)} in validation, the best of them alone ${best.toFixed(2)}`,
    );
    context.say(`Next: attn eval --bleu --checkpoints ${shellWord(result.out)}`);
  },
});
