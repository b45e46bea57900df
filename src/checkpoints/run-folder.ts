import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRun, toYaml } from '../config/run-file.ts';
import { InputError } from '../support/errors.ts';
import { writeFailure } from '../support/file-failures.ts';
import { writeFileAtomic } from '../support/files.ts';
import { ownerOf } from '../support/folder-lock.ts';
import { refuseForeign } from '../support/foreign-files.ts';
import { isOwnText } from '../support/own-text.ts';
import { shellWord } from '../support/shell.ts';

/** Where everything of a run lies. */
export interface RunFolder {
  readonly path: string;
  /** The resolved options: enough to run it again. */
  readonly config: string;
  readonly sourceVocabulary: string;
  readonly targetVocabulary: string;
  /** The best model by the chosen metric. */
  readonly model: string;
  /** The folder of the next best models, when more than one is kept. */
  readonly best: string;
  /** Where training stands: parameters, optimiser, counters. */
  readonly last: string;
  readonly metrics: string;
  /** The folder of TensorBoard's event files. */
  readonly events: string;
  /** How training ended; not there before it has. */
  readonly finished: string;
  /** The model card. */
  readonly card: string;
  readonly report: string;
}

/** The paths of a run's folder, whether it exists or not. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    config: join(path, 'config.yaml'),
    sourceVocabulary: join(path, 'source.model'),
    targetVocabulary: join(path, 'target.model'),
    model: join(path, 'model.safetensors'),
    best: join(path, 'best'),
    last: join(path, 'last', 'training.safetensors'),
    metrics: join(path, 'metrics.jsonl'),
    events: join(path, 'tensorboard'),
    finished: join(path, 'finished.json'),
    card: join(path, 'README.md'),
    report: join(path, 'report'),
  };
}

/** The folder of the run that a model file belongs to: its own, or the one above it for a file of `best/`. */
export function folderOfModel(file: string): string {
  const own = dirname(file);
  return existsSync(join(own, 'source.model')) ? own : dirname(own);
}

/** @throws InputError where a path is neither a file nor the folder of a trained model */
export function checkHasModel(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new InputError('no such model', { where: path, remedy: NO_MODEL_REMEDY });
  if (found.isDirectory() && !existsSync(runFolder(path).model)) throw noModel(path);
}

/** The error for a folder without a trained model. A training that has begun there needs to go on, not another one. */
export function noModel(folder: string): InputError {
  if (!existsSync(runFolder(folder).last)) {
    return new InputError('holds no trained model', { where: folder, remedy: NO_MODEL_REMEDY });
  }
  return new InputError('its training has not kept a model yet: the first validation keeps one', {
    where: folder,
    remedy: ownerOf(folder)
      ? 'wait for it: the training is under way'
      : `go on with the training: attn train --resume --out ${shellWord(folder)}`,
  });
}

/** What to do where there is no model, whoever says it. */
const NO_MODEL_REMEDY =
  'train one (attn demo, or attn train), or name the folder of a run with --checkpoint or --checkpoints';

/**
 * @throws InputError where a folder holds anything but what a call that failed has left there (see `deriveRunFolder`): a model
 *   is not to be written over, nor is what is not of attn
 */
export function checkEmpty(path: string): void {
  const folder = runFolder(path);
  if (existsSync(folder.model)) {
    throw new InputError('already holds a model', {
      where: path,
      remedy: 'remove it, or name another folder with --out',
    });
  }
  if (!wasBegun(folder)) refuseForeign(path);
}

/** What becomes of a training that a folder holds: it is refused, gone on with (or begun where there is none), or removed. */
export type StartMode = 'new' | 'resume' | 'overwrite';

/**
 * Whether a training goes on from where the folder's last one stood; if not it begins.
 * @throws InputError where the folder holds what would be lost, or what is not a run's
 */
export function checkStart(folder: RunFolder, start: StartMode): boolean {
  const { path, last, model } = folder;
  const saved = existsSync(last);
  if (!saved && !existsSync(model)) {
    if (!wasBegun(folder)) refuseForeign(path);
    return false;
  }
  if (start === 'overwrite') return false;
  if (start === 'resume' && saved) return true;
  throw new InputError(saved ? 'already holds a run' : 'holds a model, but no training state to resume from', {
    where: path,
    remedy: `${saved ? '--resume continues it, ' : ''}--overwrite starts over, --out names another folder`,
  });
}

/** Whether a training has begun in a folder and saved nothing yet: its options, the first that it writes, read as it writes them. */
function wasBegun({ config }: RunFolder): boolean {
  try {
    return toYaml(readRun(config)) === readFileSync(config, 'utf8');
  } catch {
    return false;
  }
}

/**
 * Removes what a run has left in its folder, so that nothing of it is taken for the next one's. Where training stood goes
 * first: half a run is not to be gone on with; the model last: until then the folder is still known as a run's. A folder
 * that holds none is left as it is, and so is whatever else is in it.
 * @throws InputError where the files may not be removed
 */
export function clearRun(folder: RunFolder): void {
  if (!existsSync(folder.last) && !existsSync(folder.model)) return;
  const { last, best, report, finished, card, metrics, events, model } = folder;
  try {
    rmSync(last, { force: true });
    removeFiles(best, /^step-\d+\.safetensors$/);
    for (const path of [report, finished]) rmSync(path, { recursive: true, force: true });
    if (isOwnText(card)) rmSync(card);
    rmSync(metrics, { force: true });
    removeFiles(events, /^events\.out\.tfevents\./);
    rmSync(model, { force: true });
  } catch (error) {
    throw writeFailure(folder.path, error);
  }
}

/** Removes a run, and its folder where nothing else is in it. @throws as `clearRun` */
export function removeRun(path: string): void {
  const folder = runFolder(path);
  if (!existsSync(folder.last) && !existsSync(folder.model) && !wasBegun(folder)) return;
  clearRun(folder);
  try {
    for (const file of [folder.sourceVocabulary, folder.targetVocabulary, folder.config]) rmSync(file, { force: true });
    for (const directory of [dirname(folder.last), path]) removeIfEmpty(directory);
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** Removes the files of a folder whose names are like this, and the folder if that was all. */
function removeFiles(folder: string, name: RegExp): void {
  if (!existsSync(folder)) return;
  for (const found of readdirSync(folder)) if (name.test(found)) rmSync(join(folder, found));
  removeIfEmpty(folder);
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * Makes the folder of another model of a run: the same options and vocabularies. The options come first: a folder that has
 * them is known for attn's, should the rest fail. @throws as `writeFileAtomic`
 */
export function deriveRunFolder(path: string, from: RunFolder): RunFolder {
  const folder = runFolder(path);
  for (const name of ['config', 'sourceVocabulary', 'targetVocabulary'] as const) {
    if (existsSync(from[name])) writeFileAtomic(folder[name], readFileSync(from[name]));
  }
  return folder;
}
