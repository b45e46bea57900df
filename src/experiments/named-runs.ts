import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { findRuns } from '../checkpoints/find-runs.ts';
import type { NamedRun } from '../checkpoints/trained-run.ts';
import { InputError } from '../support/errors.ts';

/**
 * The trained models in some folders, each the folder of a run or one that holds runs, with names that tell them apart:
 * `dot`, or `demo-dot` and `tatoeba-dot`.
 * @throws InputError for a folder that is missing or without a model
 */
export function namedRuns(folders: readonly string[]): NamedRun[] {
  const paths = folders.flatMap((folder) => {
    const found = findRuns(folder);
    if (found.length > 0) return found;
    throw new InputError('holds no trained model', {
      where: folder,
      remedy: 'train one: attn train',
    });
  });
  const distinct = [...new Map(paths.map((path) => [realpathSync(path), path])).values()];
  return distinct.map((path) => ({ name: shortestName(path, distinct), path }));
}

/** As many of a path's last folders as it takes to tell it from the others. */
function shortestName(path: string, all: readonly string[]): string {
  const ends = (other: string, parts: number): string => resolve(other).split(sep).slice(-parts).join('-');
  for (let parts = 1; ; parts++) {
    const name = ends(path, parts);
    const same = all.filter((other) => ends(other, parts) === name);
    if (same.length === 1 || parts > resolve(path).split(sep).length) return name;
  }
}
