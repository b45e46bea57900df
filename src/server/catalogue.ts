import { realpathSync } from 'node:fs';
import { loadLanguages, loadRun } from '../checkpoints/checkpoint.ts';
import { modelFacts } from '../workflows/model-facts.ts';
import { namedRuns } from '../workflows/named-runs.ts';
import type { ModelAnswer } from './api.ts';

/** A model that requests can name. */
export interface KnownModel extends Omit<ModelAnswer, 'loaded'> {
  /** The run folder. */
  readonly path: string;
}

/**
 * The models in some folders, described from their files; none of them is loaded yet.
 * @param meant the folder of the default model, for requests that name none; if it has no model, the first is the
 *   default
 * @throws InputError for a folder without a model, and for damaged files
 */
export function catalogueOf(folders: readonly string[], meant: string): readonly KnownModel[] {
  const runs = namedRuns(folders);
  const chosen = runs.findIndex(({ path }) => realpathSync(path) === realpathSync(meant));
  return runs.map(({ name, path }, i) => ({
    ...{ name, path },
    ...modelFacts({ run: loadRun(path), languages: loadLanguages(path) }),
    default: i === Math.max(chosen, 0),
  }));
}
