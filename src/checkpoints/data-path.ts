import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { MANIFEST_FILE } from '../dataset/manifest.ts';

/**
 * The path of a run's data as stored in its checkpoint: relative to the run's folder, so that the data are found from
 * any working directory, and after a project has moved. An absolute path stays.
 */
export function dataFromRun(data: string | undefined, checkpoint: string): string | undefined {
  if (data === undefined || isAbsolute(data)) return data;
  return relative(folderOf(checkpoint), resolve(data)).split(sep).join('/');
}

/**
 * The data that a checkpoint names, as a path relative to the working directory if they are below it, else absolute.
 */
export function dataFromHere(kept: string, checkpoint: string): string {
  const path = resolve(folderOf(checkpoint), kept);
  // a checkpoint that was copied elsewhere without its data, and one whose path is relative to the working directory of
  // its training
  const found = existsSync(join(path, MANIFEST_FILE)) || !existsSync(join(kept, MANIFEST_FILE)) ? path : resolve(kept);
  const below = relative('', found);
  return below.startsWith('..') || isAbsolute(below) ? found : below;
}

/** The run folder of a checkpoint file. */
function folderOf(checkpoint: string): string {
  const own = resolve(dirname(checkpoint));
  return /^(step-\d+|training)\.safetensors$/.test(basename(checkpoint)) ? dirname(own) : own;
}
