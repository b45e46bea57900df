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

/** The paths of a run. */
export interface RunFolder {
  readonly path: string;
  /** The resolved options: enough to repeat the run. */
  readonly config: string;
  readonly sourceVocabulary: string;
  readonly targetVocabulary: string;
  /** The best model by the chosen metric. */
  readonly model: string;
  /** The folder of the next best models, when more than one is kept. */
  readonly best: string;
  /** The training state: parameters, optimiser, counters. */
  readonly last: string;
  readonly metrics: string;
  /** The folder of TensorBoard's event files. */
  readonly events: string;
  /** How training ended; absent before that. */
  readonly finished: string;
  /** The model card. */
  readonly card: string;
  readonly report: string;
}

/** The paths of a run folder, whether it exists or not. */
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

/** The run folder of a model file: its own folder, or for a file in `best/` the one above. */
export function folderOfModel(file: string): string {
  const own = dirname(file);
  return existsSync(join(own, 'source.model')) ? own : dirname(own);
}

/** @throws InputError if a path is neither a file nor the folder of a trained model */
export function checkHasModel(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new InputError('no such model', { where: path, remedy: NO_MODEL_REMEDY });
  if (found.isDirectory() && !existsSync(runFolder(path).model)) throw noModel(path);
}

/**
 * The error for a folder without a trained model. If training has started there, it should be resumed, not started
 * again.
 */
export function noModel(folder: string): InputError {
  if (!existsSync(runFolder(folder).last)) {
    return new InputError('holds no trained model', { where: folder, remedy: NO_MODEL_REMEDY });
  }
  return new InputError('its training has not kept a model yet: the first validation keeps one', {
    where: folder,
    remedy: ownerOf(folder)
      ? 'wait for it: the training is under way'
      : `resume the training: attn train --resume --out ${shellWord(folder)}`,
  });
}

/** What to do if there is no model, whichever function reports it. */
const NO_MODEL_REMEDY = 'train one (attn demo, or attn train), or name the folder of a run';

/**
 * @throws InputError if a folder contains anything but the leftovers of a failed call (see `deriveRunFolder`): neither
 *   a model nor anything that is not attn's may be overwritten
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

/**
 * What to do with a training run already in the folder: reject it, resume it (or start if there is none), or remove it.
 */
export type StartMode = 'new' | 'resume' | 'overwrite';

/**
 * Whether training resumes from the last state in the folder; otherwise it starts.
 * @throws InputError if the folder contains something that would be lost, or that does not belong to a run
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

/**
 * Whether training has started in a folder and saved nothing yet: its options, which are written first, can be read.
 */
function wasBegun({ config }: RunFolder): boolean {
  try {
    return toYaml(readRun(config)) === readFileSync(config, 'utf8');
  } catch {
    return false;
  }
}

/**
 * Removes a run's files from its folder, so that nothing of it is mistaken for the next one's. The training state goes
 * first, because half a run must not be resumed; the model goes last, because until then the folder is recognised as a
 * run's. A folder without a run stays unchanged, and so do other files in it.
 * @throws InputError if the files cannot be removed
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

/** Removes a run, and its folder if nothing else is in it. @throws like `clearRun` */
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

/** Removes the files of a folder whose names match, and the folder if it is then empty. */
function removeFiles(folder: string, name: RegExp): void {
  if (!existsSync(folder)) return;
  for (const found of readdirSync(folder)) if (name.test(found)) rmSync(join(folder, found));
  removeIfEmpty(folder);
}

function removeIfEmpty(folder: string): void {
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}

/**
 * Makes the folder for another model of a run, with the same options and vocabularies. The options come first: they
 * mark the folder as attn's if the rest fails. @throws like `writeFileAtomic`
 */
export function deriveRunFolder(path: string, from: RunFolder): RunFolder {
  const folder = runFolder(path);
  for (const name of ['config', 'sourceVocabulary', 'targetVocabulary'] as const) {
    if (existsSync(from[name])) writeFileAtomic(folder[name], readFileSync(from[name]));
  }
  return folder;
}
