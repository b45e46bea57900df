import { changedOptions } from '../config/changes.ts';
import type { Run } from '../config/run.ts';
import type { RunOptions } from '../config/run-options.ts';
import type { ModelOptions } from '../models/seq2seq.ts';
import { InputError } from '../support/errors.ts';
import { loadRun } from './checkpoint.ts';
import { checkHasModel } from './run-folder.ts';

/** The options that determine a model's parameters. */
const modelOptions: Readonly<Record<Exclude<keyof ModelOptions, 'sourceVocabulary' | 'targetVocabulary'>, true>> = {
  ...{ arch: true, score: true, window: true, windowSize: true, inputFeeding: true, cell: true, resetAfter: true },
  ...{ embedding: true, hidden: true, layers: true, bidirectional: true, tieEmbeddings: true, shareEmbeddings: true },
  ...{ maxPositions: true, heads: true, feedForward: true, activation: true, positions: true },
};

/** The default learning rate of training that starts from a trained model, relative to that model's. */
const CALMER = 0.25;

/**
 * The options of a trained model that a run started from it uses by default.
 * @param path of a run folder or a model file
 * @throws InputError if there is no model
 */
export function optionsToStartFrom(path: string): Partial<RunOptions> {
  checkHasModel(path);
  const run = loadRun(path);
  return { ...picked(run), dropout: run.dropout, learningRate: CALMER * run.learningRate };
}

/** @throws InputError if a model differs from the one it is to start from */
export function checkModelOptions(saved: Run, now: Run, from: string): void {
  const changed = changedOptions(picked(saved), picked(now));
  if (changed.length === 0) return;
  throw new InputError(`its model differs: ${changed.join('; ')}`, {
    where: from,
    remedy: 'leave these options out, or the preset that sets them: they come from it',
  });
}

function picked(run: Run): Partial<RunOptions> {
  return Object.fromEntries(Object.entries(run).filter(([key]) => key in modelOptions));
}
