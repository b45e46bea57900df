import { z } from 'zod';
import { runSchema } from '../../config/run.ts';
import { RunError } from '../../support/errors.ts';
import { formatTable } from '../../support/table.ts';
import { checkGradients } from '../../workflows/gradcheck.ts';
import { defineCommand } from '../command.ts';

/** The maximum relative error that float32 explains. */
const MOST = 1e-2;

/**
 * Small enough to check every parameter in seconds, and smooth: a difference across ReLU's corner means nothing, nor
 * does one across the bends of a normalisation of four numbers.
 */
const tiny = {
  activation: 'gelu',
  embedding: 8,
  hidden: 8,
  heads: 2,
  feedForward: 8,
  maxPositions: 12,
  windowSize: 2,
  dropout: 0,
};

const { arch, score, window, inputFeeding, cell, resetAfter, layers, bidirectional, tieEmbeddings, shareEmbeddings } =
  runSchema.shape;
const { guidedWeight } = runSchema.shape;

export const gradcheck = defineCommand({
  name: 'gradcheck',
  summary: "check a model's gradients against finite differences of its loss",
  options: z.object({
    ...{ arch, score, window, inputFeeding, cell, resetAfter, layers, bidirectional, tieEmbeddings, shareEmbeddings },
    guidedWeight: guidedWeight.describe('weight of an alignment in the loss'),
    seed: z.number().int().nonnegative().default(1).describe('random seed of the parameters and the batch'),
  }),
  json: true,
  examples: [
    'attn gradcheck --score concat',
    'attn gradcheck --score general --window local-p --bidirectional --layers 2',
  ],
  async run({ seed, ...options }, _, context) {
    const run = runSchema.parse({ ...options, ...tiny });
    const checks = await checkGradients(run, seed, run.guidedWeight);
    if (context.json) context.print(JSON.stringify(checks));
    else {
      const rows = checks.map(({ parameter, checked, error }) => [parameter, String(checked), error.toExponential(1)]);
      context.print(
        formatTable(
          [
            { heading: 'parameter' },
            { heading: 'checked', align: 'right' },
            { heading: 'largest error', align: 'right' },
          ],
          rows,
        ),
      );
    }
    const wrong = checks.filter(({ error }) => !(error < MOST));
    if (wrong.length > 0) {
      throw new RunError(
        `gradients differ from finite differences of the loss by more than ${MOST}: ${wrong.map((check) => check.parameter).join(', ')}`,
      );
    }
    context.say(`every gradient matches to within ${MOST}, the limit of float32`);
  },
});
