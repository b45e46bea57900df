import { join } from 'node:path';
import { z } from 'zod';
import { optionsToStartFrom } from '../../checkpoints/trained-options.ts';
import type { OptionSource } from '../../config/options.ts';
import { presets } from '../../config/presets.ts';
import { runSchema } from '../../config/run.ts';
import { formatScores } from '../../reports/score-table.ts';
import { RunError } from '../../support/errors.ts';
import { chooseDevice } from '../../tensor/device.ts';
import { progressListener } from '../../training/progress.ts';
import { type ComparisonResult, compare } from '../../workflows/compare.ts';
import { datasetOf } from '../../workflows/default-data.ts';
import { parseModelVariant, variantText } from '../../workflows/model-variants.ts';
import { defineCommand } from '../command.ts';
import { evaluationOptions, nextTranslation } from './eval.ts';

const { arch: _, score: __, window: ___, seed: ____, out: _____, data, ...training } = runSchema.shape;

export const compareCommand = defineCommand({
  name: 'compare',
  summary: 'compare attention scores over seeds: same batches, one report with significance tests',
  options: z.object({
    scores: z
      .array(z.string())
      .default(['none', 'dot', 'general', 'concat'])
      .describe(
        'models to compare: score functions as in attn train, with a window as in general/local-p, or transformer',
      ),
    seeds: z
      .array(runSchema.shape.seed.unwrap())
      .default([1])
      .describe('random seeds; every model is trained once with each'),
    data,
    out: z.string().default('checkpoints/compare').describe('output folder for the report, with the runs in runs/'),
    overwrite: z.boolean().default(false).describe('start over in a folder that holds a comparison'),
    ...evaluationOptions,
    ...training,
  }),
  presets,
  json: true,
  handlesInterrupt: true,
  examples: [
    'attn compare --max-steps 2000 --seeds 1,2,3',
    'attn compare --from checkpoints/concat --seeds 1,2,3 --data datasets/debian/prepared --out reports/tuned',
    'attn compare --data datasets/tatoeba/prepared --scores none,dot,general/local-p,bahdanau --max-minutes 20 --out reports/tatoeba',
  ],
  recall: optionsToStart,
  async run({ scores, seeds, data, out, overwrite, beam, lengthPenalty, attention, ...common }, _, context) {
    const variants = scores.map(parseModelVariant);
    chooseDevice(common.device);
    const result = await compare({
      ...{ variants, seeds, common, out, overwrite, attention },
      data: await datasetOf(data, context.say),
      search: { beam, lengthPenalty },
      signal: context.signal,
      say: context.say,
      listeners: context.quiet ? [] : [progressListener(context.stderr)],
    });
    if (result === undefined) {
      context.say('interrupted; run the same command again to continue');
      return;
    }
    const { report } = result;
    context.print(context.json ? JSON.stringify(report) : formatScores(report));
    context.say(`\nreport: ${join(out, 'report.html')}`);
    refuseFailures(result);
    context.say(nextTranslation(report));
  },
});

/** With --from, the options of that model, and the model itself if no --scores are given. */
function optionsToStart({ from }: Readonly<Record<string, unknown>>): OptionSource | undefined {
  if (typeof from !== 'string') return undefined;
  const { arch = 'gru', score = 'dot', window = 'global', ...others } = optionsToStartFrom(from);
  const values = { scores: [variantText({ arch, score, window })], ...others };
  return { values, name: (key) => `${from}: ${key}` };
}

/** @throws RunError if training runs failed: the report exists, but is incomplete */
export function refuseFailures({ failures, report }: ComparisonResult): void {
  if (failures.length === 0) return;
  throw new RunError(`${failures.length} of ${failures.length + report.models.length} trainings failed`, {
    where: failures.map(({ name }) => name).join(', '),
    remedy: 'the report covers the others; run the same command again to retry these',
  });
}
