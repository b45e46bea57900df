import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { latestDataset } from '../dataset/latest.ts';
import { InputError, systemCode } from '../support/errors.ts';
import { readFailure } from '../support/file-failures.ts';
import { loadRun, modelFile } from './checkpoint.ts';
import { noModel, runFolder } from './run-folder.ts';

/**
 * The Italian-English model that ships with attn. In a checkout it is beside the user's runs, but is not one of them.
 */
export const shippedModel: string = fileURLToPath(new URL('../../checkpoints/it-en', import.meta.url));

/** How deep to look for runs: `checkpoints/demo/runs/dot`. */
const DEEPEST = 3;

/**
 * The runs with a trained model in a folder: the folder itself, or those below it, by name.
 * @throws InputError if the folder is missing
 */
export function findRuns(folder: string, depth = DEEPEST): string[] {
  if (existsSync(runFolder(folder).model)) return [folder];
  if (depth === 0) return [];
  return subfolders(folder)
    .map((name) => join(folder, name))
    .filter((path) => !isShipped(path))
    .flatMap((path) => findRuns(path, depth - 1));
}

function isShipped(path: string): boolean {
  return basename(path) === basename(shippedModel) && existsSync(path) && realpathSync(path) === shippedModel;
}

/** The runs to use if the user names none, newest first, and why these. */
export interface MeantRuns {
  readonly paths: readonly [string, ...string[]];
  /** About their data: `the data last prepared`. */
  readonly because: string;
  /** The number of runs on other data. */
  readonly others: number;
}

/**
 * Of the runs in a folder, those on the data most recently prepared in this working directory; if there are none, those
 * on the data of the newest run. Scores do not matter: those on different data cannot be compared.
 * @throws InputError if the folder contains none, or a run cannot be read
 */
export function meantRuns(folder: string): MeantRuns {
  const runs = (existsSync(folder) ? findRuns(folder) : []).map((path) => ({
    path,
    data: resolve(loadRun(path).data ?? ''),
    time: statSync(modelFile(path)).mtimeMs,
  }));
  runs.sort((a, b) => b.time - a.time);
  const [newest] = runs;
  if (newest === undefined) {
    throw noModel(folder);
  }
  const latest = latestDataset();
  const ofLatest = latest !== undefined && runs.some(({ data }) => data === resolve(latest));
  const data = ofLatest ? resolve(latest) : newest.data;
  const [first = newest.path, ...rest] = runs.filter((run) => run.data === data).map(({ path }) => path);
  return {
    paths: [first, ...rest],
    because: `${relative('', data) || '.'}, ${ofLatest ? 'the data last prepared' : 'the data of the newest model'}`,
    others: runs.length - 1 - rest.length,
  };
}

function subfolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOTDIR') return [];
    if (code === 'ENOENT') throw new InputError('no such folder', { where: folder, cause: error });
    throw readFailure(folder, error);
  }
}
