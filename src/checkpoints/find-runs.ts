import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, systemCode } from '../support/errors.ts';
import { compareScores, type Scores } from '../training/early-stopping.ts';
import { loadScores } from './checkpoint.ts';
import { runFolder } from './run-folder.ts';

/** How far down runs are looked for: `checkpoints/demo/runs/dot`. */
const DEEPEST = 3;

/**
 * The runs with a trained model in a folder: itself, or those below it, by name.
 * @throws InputError where the folder is missing
 */
export function findRuns(folder: string, depth = DEEPEST): string[] {
  if (existsSync(runFolder(folder).model)) return [folder];
  if (depth === 0) return [];
  return subfolders(folder).flatMap((name) => findRuns(join(folder, name), depth - 1));
}

/**
 * The run with the best validation among those in a folder: by BLEU, which is comparable between runs on the same data.
 * @throws InputError where the folder holds none, or what a run says cannot be read
 */
export function bestRun(folder: string): { readonly path: string; readonly scores: Scores } {
  const runs = existsSync(folder) ? findRuns(folder).map((path) => ({ path, scores: loadScores(path) })) : [];
  const [best] = runs.sort((a, b) => compareScores('bleu', a.scores, b.scores));
  if (best !== undefined) return best;
  throw new InputError('holds no trained model', {
    where: folder,
    remedy: 'train one: attn demo, or attn train --score concat',
  });
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
    throw new InputError(code === 'ENOENT' ? 'no such folder' : `cannot be read (${code})`, {
      where: folder,
      cause: error,
    });
  }
}
