import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MANIFEST_FILE } from '../dataset/manifest.ts';

/**
 * A run's data as its checkpoint keeps them: seen from the run's folder, so that they are found from any working
 * directory, and where a project has moved. An absolute path stays.
 */
export function dataFromRun(data: string | undefined, checkpoint: string): string | undefined {
  if (data === undefined || isAbsolute(data)) return data;
  return relative(folderOf(checkpoint), resolve(data)).split(sep).join('/');
}

/** The data that a checkpoint names, as a path from the working directory where they lie below it, else absolute. */
export function dataFromHere(kept: string, checkpoint: string): string {
  const path = resolve(folderOf(checkpoint), kept);
  // a checkpoint that was copied elsewhere alone, and one whose path is from the working directory of its training
  const found = existsSync(join(path, MANIFEST_FILE)) || !existsSync(join(kept, MANIFEST_FILE)) ? path : resolve(kept);
  const below = relative('', found);
  return below.startsWith('..') || isAbsolute(below) ? found : below;
}

/** The folder of the run that a checkpoint's file is of. */
function folderOf(checkpoint: string): string {
  const own = resolve(dirname(checkpoint));
  return /^(step-\d+|training)\.safetensors$/.test(basename(checkpoint)) ? dirname(own) : own;
}
