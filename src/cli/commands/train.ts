import { existsSync, statSync } from 'node:fs';
import { z } from 'zod';
import { runFolder } from '../../checkpoints/run-folder.ts';
import { optionsToStartFrom } from '../../checkpoints/trained-options.ts';
import { type OptionSource, readConfigFile } from '../../config/options.ts';
import { presets } from '../../config/presets.ts';
import { completeRun, type Run, runSchema } from '../../config/run.ts';
import { unusedOptions } from '../../config/unused-options.ts';
import { decimals } from '../../support/decimals.ts';
import { InputError, RunError } from '../../support/errors.ts';
import { shellWord } from '../../support/shell.ts';
import { chooseDevice } from '../../tensor/device.ts';
import { type FinishInfo, hasDiverged, hasLearned } from '../../training/events.ts';
import { progressListener } from '../../training/progress.ts';
import { calmerRate } from '../../training/schedules.ts';
import { datasetOf } from '../../workflows/default-data.ts';
import { trainRun } from '../../workflows/train-run.ts';
import { defineCommand } from '../command.ts';
import { cardOf, firstBefore, supervises, superviseWorkers, withTeam } from '../team.ts';

export const train = defineCommand({
  name: 'train',
  summary: 'train one model: attn train --score concat',
  options: runSchema.extend({
    resume: z
      .boolean()
      .default(false)
      .describe('resume the training saved in the folder exactly where it stopped; start one if there is none'),
    restarts: z
      .number()
      .int()
      .nonnegative()
      .default(0)
      .describe('start a training that failed again, from its last save, at most this many times'),
    overwrite: z.boolean().default(false).describe('start over in a folder that holds a run'),
  }),
  presets,
  json: true,
  handlesInterrupt: true,
  examples: [
    'attn train --score concat',
    'attn train --preset best --data datasets/tatoeba/prepared',
    'attn train run.yaml --score dot',
    'attn train --from checkpoints/concat --data datasets/debian/prepared --mix datasets/tatoeba/prepared:0.2',
    'attn train --resume --out checkpoints/dot  # continues with its original options',
    'attn compare --scores dot --seeds 1,2,3   # the same model with several seeds, one report',
  ],
  recall: (given) => optionsOfRun(given) ?? optionsToStart(given),
  async run({ resume, restarts, overwrite, ...options }, _, context) {
    if (resume && overwrite) {
      throw new InputError('--resume continues the training, --overwrite starts over', {
        remedy: 'leave one of them out',
      });
    }
    const start = resume ? 'resume' : overwrite ? 'overwrite' : 'new';
    if (supervises(options.workers, restarts)) {
      const { last } = runFolder(completeRun(options).out);
      const savedAt = () => statSync(last, { throwIfNoEntry: false })?.mtimeMs;
      const before = savedAt();
      return superviseWorkers(options.workers, restarts, () => savedAt() !== before, context);
    }
    let done: { readonly info: FinishInfo; readonly run: Run } | undefined;
    await withTeam(context, async (team, context) => {
      const workers = team?.cluster.size ?? options.workers;
      const run = completeRun({ ...options, workers }, chooseDevice(options.device, cardOf(team)).kind);
      for (const text of unusedOptions(run)) context.say(text);
      const data = await firstBefore(team?.cluster, () => datasetOf(run.data, context.say));
      const listeners = context.quiet ? [] : [progressListener(context.stderr)];
      const info = await trainRun(
        { ...run, data },
        { start, signal: context.signal, listeners, ...(team && { team }) },
      );
      if (team === undefined || team.cluster.rank === 0) done = { info, run };
    });
    if (done === undefined) return;
    const { info, run } = done;
    if (context.json) context.print(JSON.stringify(info));
    if (info.reason === 'interrupted') return;
    refuseUnlearned(info, run.learningRate);
    if (!context.json) context.say(`\nNext: attn eval --bleu --checkpoints ${shellWord(run.out)}`);
  },
});

/** With --resume, the options of the run in the folder that is named, or that follows from the model's name. */
function optionsOfRun(given: Readonly<Record<string, unknown>>): OptionSource | undefined {
  if (given.resume !== true) return undefined;
  const { out } = completeRun({ ...runSchema.parse({}), ...given });
  const folder = runFolder(out);
  if (!existsSync(folder.last) || !existsSync(folder.config)) return undefined;
  return readConfigFile(folder.config);
}

/** With --from, the options that come from that model. */
function optionsToStart({ from }: Readonly<Record<string, unknown>>): OptionSource | undefined {
  if (typeof from !== 'string') return undefined;
  return { values: optionsToStartFrom(from), name: (key) => `${from}: ${key}` };
}

/** @throws RunError if no validation was better than a uniform distribution over pieces */
function refuseUnlearned(info: FinishInfo, learningRate: number): void {
  if (hasLearned(info)) return;
  const { lowestLoss, guessLoss, out } = info;
  const lost = lowestLoss !== null && hasDiverged(lowestLoss, guessLoss);
  throw new RunError(
    `the model has not begun to learn: its best loss is ${decimals(lowestLoss ?? Number.NaN, 2)}, guessing among all pieces gives ${decimals(guessLoss, 2)}`,
    {
      where: out,
      remedy: lost
        ? `training has diverged: try --learning-rate ${calmerRate(learningRate)}`
        : 'train longer (--max-minutes, --max-steps, --epochs) or with another --learning-rate',
    },
  );
}
