import { basename, dirname, join, relative, resolve } from 'node:path';
import type { TrainedRun } from '../checkpoints/trained-run.ts';
import { readPairBatches } from '../corpus/tsv.ts';
import { openDataset } from '../dataset/dataset.ts';
import { readManifest } from '../dataset/manifest.ts';
import { InputError } from '../support/errors.ts';
import { sha256OfFile } from '../support/sha256.ts';

/** The sentences on which models are scored. */
export interface TestSet {
  /** The path of its file. */
  readonly name: string;
  /** Of the file, in hex. */
  readonly sha256: string;
  readonly sources: readonly string[];
  readonly references: readonly string[];
}

/** Reads a test set, `source<TAB>target`, plain or gzip. @throws InputError for a file that is missing, malformed or empty */
export async function readTestSet(path: string): Promise<TestSet> {
  const sources: string[] = [];
  const references: string[] = [];
  for await (const pairs of readPairBatches(path)) {
    for (const { source, target } of pairs) {
      sources.push(source);
      references.push(target);
    }
  }
  if (sources.length === 0) throw new InputError('has no sentences to score', { where: path });
  return { name: path, sha256: sha256OfFile(path), sources, references };
}

/** A path below the working directory, relative to it; otherwise the folder and name of the file. */
function shortName(path: string): string {
  const below = relative('', path);
  return below.startsWith('..') ? join(basename(dirname(path)), basename(path)) : below;
}

/** The test split of a prepared dataset. @throws InputError like `openDataset` */
export function preparedTestSet(directory: string): TestSet {
  const dataset = openDataset(directory);
  try {
    const { path, sha256 } = dataset.manifest.splits.test.corpus;
    const split = dataset.split('test');
    const texts = Array.from({ length: split.size }, (_, i) => split.text(i) ?? { source: '', target: '' });
    return {
      name: shortName(resolve(directory, path)),
      sha256,
      sources: texts.map(({ source }) => source),
      references: texts.map(({ target }) => target),
    };
  } finally {
    dataset.close();
  }
}

/**
 * Checks that a folder contains the runs' data, as far as can be told: another project may have one with the same path.
 * @throws InputError if its vocabularies differ
 */
function checkOwnData(data: string, runs: readonly TrainedRun[]): void {
  const { source, target } = readManifest(data).vocabularies;
  const stranger = runs.find(
    ({ checkpoint: { vocabularies: own } }) => own.source !== source.from.sha256 || own.target !== target.from.sha256,
  );
  if (stranger === undefined) return;
  throw new InputError(`has other vocabularies than ${stranger.name} was trained with`, { where: data });
}

/**
 * The test set of the data on which all of these runs were trained.
 * @throws InputError if they do not share one, or the data no longer exist
 */
export function commonTestSet(runs: readonly TrainedRun[]): TestSet {
  const dataOf = ({ checkpoint }: TrainedRun) => checkpoint.run.data ?? '';
  const sets = [...new Set(runs.map(dataOf))].map((data) => {
    const names = runs.filter((run) => dataOf(run) === data).map(({ name }) => name);
    try {
      checkOwnData(
        data,
        runs.filter((run) => dataOf(run) === data),
      );
      return { names, test: preparedTestSet(data) };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`the data of ${names.join(', ')}: ${error.problem}`, {
        where: error.where ?? data,
        remedy: 'prepare them again, or name a test set: --test FILE.tsv',
        cause: error,
      });
    }
  });
  const first = sets[0]?.test;
  if (first === undefined) throw new InputError('no models to score');
  if (sets.some(({ test }) => test.sha256 !== first.sha256)) {
    const list = sets.map(({ names, test }) => `${test.name} (${names.join(', ')})`).join('; ');
    throw new InputError(`the models were trained on different corpora, whose test sets are ${list}`, {
      remedy: 'name models of one corpus with --checkpoints, or one test set for all with --test FILE.tsv',
    });
  }
  return first;
}
