import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { findRuns } from '../checkpoints/find-runs.ts';
import { noModel } from '../checkpoints/run-folder.ts';
import type { NamedRun } from '../checkpoints/trained-run.ts';

/**
 * The trained models in some folders, each a run folder or a folder of runs, with names that distinguish them: `dot`,
 * or `demo-dot` and `tatoeba-dot`.
 * @throws InputError for a folder that is missing or without a model
 */
export function namedRuns(folders: readonly string[]): NamedRun[] {
  return named(folders.flatMap(runsIn));
}

/** The same of folders and model files: `dot/model-2.safetensors` is `model-2`, or `dot-model-2`. */
export function namedModels(paths: readonly string[]): NamedRun[] {
  const isFile = (path: string) => existsSync(path) && statSync(path).isFile();
  return named(paths.flatMap((path) => (isFile(path) ? [path] : runsIn(path)))).map(({ name, path }) => ({
    name: isFile(path) ? name.replace(/\.safetensors$/, '') : name,
    path,
  }));
}

function runsIn(folder: string): string[] {
  const found = findRuns(folder);
  if (found.length > 0) return found;
  throw noModel(folder);
}

function named(paths: readonly string[]): NamedRun[] {
  const distinct = [...new Map(paths.map((path) => [realpathSync(path), path])).values()];
  return distinct.map((path) => ({ name: shortestName(path, distinct), path }));
}

/** The last folders of a path, as many as distinguish it from the others; `runs` only if nothing else does. */
function shortestName(path: string, all: readonly string[]): string {
  for (const skipped of ['runs', undefined]) {
    const folders = (other: string) =>
      resolve(other)
        .split(sep)
        .filter((name) => name !== skipped);
    for (let count = 1; count <= folders(path).length; count++) {
      const end = (other: string) => folders(other).slice(-count).join('-');
      if (all.filter((other) => end(other) === end(path)).length === 1) return end(path);
    }
  }
  throw new RangeError(`${path} is given twice`);
}
