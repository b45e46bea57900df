import { existsSync } from 'node:fs';
import { findRuns, meantRuns, shippedModel } from '../checkpoints/find-runs.ts';
import { runFolder } from '../checkpoints/run-folder.ts';
import { remarkOn } from '../checkpoints/run-remark.ts';
import type { Context } from './command.ts';

/** Where runs are looked for if the user names none. */
const FOLDER = 'checkpoints';

/** The run to use if the user names none: the newest on the most recently prepared data. Reports which and why. */
export function meantRun({ say }: Pick<Context, 'say'>): string {
  const { paths, because, others } = meantRuns(FOLDER);
  const [path] = paths;
  const remark = remarkOn(runFolder(path));
  const count = paths.length + others === 1 ? 'the model' : 'the newest model';
  say(`using ${path}${remark === undefined ? '' : ` (${remark})`}: ${count} of ${because}`);
  return path;
}

/** The runs in the default folder. */
export function trainedRuns(): string[] {
  return existsSync(FOLDER) ? findRuns(FOLDER) : [];
}

/**
 * The model to use if the user names none: the run from `meantRun` or, if nothing has been trained yet, the one that
 * ships with attn. Reports which.
 */
export function meantModel(context: Pick<Context, 'say'>, shipped = shippedModel): string {
  if (trainedRuns().length > 0 || !existsSync(runFolder(shipped).model)) return meantRun(context);
  context.say('using the Italian-English model that comes with attn; your own models take its place once trained');
  return shipped;
}

/**
 * The run folders to use if the user names none: all on the most recently prepared data. Explains the choice if there
 * are others.
 */
export function meantFolders({ say }: Pick<Context, 'say'>): string[] {
  const { paths, because, others } = meantRuns(FOLDER);
  if (others > 0) {
    say(
      `using the ${paths.length} models of ${because}; ${others} on other data left out (name them with --checkpoints)`,
    );
  }
  return paths.toSorted();
}
