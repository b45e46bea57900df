import { z } from 'zod';
import { shellWord } from '../../support/shell.ts';
import { averageModels } from '../../workflows/average-models.ts';
import { defineCommand } from '../command.ts';
import { meantRun } from '../meant-run.ts';

export const average = defineCommand({
  name: 'average',
  summary: 'average the best models of a run into one, and validate it',
  arguments: [
    {
      name: '[models...]',
      description: 'run folders, for all models they kept (attn train --keep 5), or model files',
    },
  ],
  options: z.object({
    out: z.string().optional().describe('output folder; default: the first name with -average'),
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
      `${result.out}: the average of ${result.models.length} models has validation BLEU ${result.scores.bleu.toFixed(2)}, the best single one ${best.toFixed(2)}`,
    );
    context.say(`Next: attn eval --bleu --checkpoints ${shellWord(result.out)}`);
  },
});
