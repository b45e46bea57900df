import { existsSync, statSync } from 'node:fs';
import { createModel } from '../models/create.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { InputError } from '../support/errors.ts';
import { loadVocabularies, type VocabularyPair } from '../vocabulary/pair.ts';
import { loadModel, type ModelCheckpoint } from './checkpoint.ts';
import { checkParameters, checkVocabularies } from './compatibility.ts';
import { checkHasModel, folderOfModel, type RunFolder, runFolder } from './run-folder.ts';
import { type RunRemark, remarkOn } from './run-remark.ts';

/** A run's name in tables and files, and its folder. */
export interface NamedRun {
  readonly name: string;
  readonly path: string;
}

/** A run with its best model loaded. */
export interface TrainedRun extends NamedRun {
  readonly folder: RunFolder;
  readonly checkpoint: ModelCheckpoint;
  readonly model: Seq2Seq;
  readonly vocabularies: VocabularyPair;
  /** What a reader of its scores has to know. */
  readonly remark?: RunRemark;
}

/**
 * Reads the best model of a run with its vocabularies.
 * @param run its path may also be one of its model files
 * @throws InputError that names the file that is missing, damaged, or does not belong with the others
 */
export async function openTrainedRun({ name, path }: NamedRun): Promise<TrainedRun> {
  checkHasModel(path);
  const isFile = statSync(path).isFile();
  const folder = runFolder(isFile ? folderOfModel(path) : path);
  const file = isFile ? path : folder.model;
  const checkpoint = loadModel(file);
  for (const vocabulary of [folder.sourceVocabulary, folder.targetVocabulary]) {
    if (existsSync(vocabulary)) continue;
    throw new InputError('no such file', {
      where: vocabulary,
      remedy: 'it belongs to the model: use another copy of the run, or the vocabulary its data was prepared with',
    });
  }
  const vocabularies = await loadVocabularies({ source: folder.sourceVocabulary, target: folder.targetVocabulary });
  const { source, target } = vocabularies;
  checkVocabularies(checkpoint.vocabularies, { source: source.sha256, target: target.sha256 }, file);
  const model = createModel({ ...checkpoint.run, sourceVocabulary: source.size, targetVocabulary: target.size });
  checkParameters(checkpoint.parameters, model.parameters, file);
  const remark = remarkOn(folder);
  return { name, path, folder, checkpoint, model, vocabularies, ...(remark && { remark }) };
}
