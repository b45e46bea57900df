import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Run } from '../config/run.ts';
import { InputError, RunError, systemCode } from '../support/errors.ts';
import { compareScores, type Scores } from '../training/early-stopping.ts';
import type { VectorCoverage } from '../vocabulary/word-vectors.ts';
import { type Ancestor, ancestrySchema } from './ancestry.ts';
import { dataFromRun } from './data-path.ts';
import { checkKind, entryOf, runOf } from './metadata.ts';
import { runFolder } from './run-folder.ts';
import {
  type FloatType,
  loadMetadata,
  loadTensors,
  type Metadata,
  type NamedTensors,
  saveTensors,
  saveTensorsAside,
} from './safetensors.ts';

/** SHA-256 of the two model files that a model's ids belong to. */
export interface VocabularyHashes {
  readonly source: string;
  readonly target: string;
}

/** What both kinds of checkpoint record about themselves. */
export interface CheckpointInfo {
  readonly run: Run;
  readonly vocabularies: VocabularyHashes;
  /** About the word vectors training started with, if any. */
  readonly vectors?: readonly VectorCoverage[];
  /** The models from which training started, nearest first, if any. */
  readonly ancestry?: readonly Ancestor[];
  /** Updates made so far. */
  readonly step: number;
}

/** A model by itself: what translating needs. */
export interface ModelCheckpoint extends CheckpointInfo {
  readonly parameters: NamedTensors;
  /** Validation scores: `loss`, `perplexity`, `bleu`, `chrf`. */
  readonly scores: Scores;
  /** The model files of which it is the mean. */
  readonly averaged?: readonly string[];
  /** The languages of an exported model: ISO 639 codes. For other models the data tell. */
  readonly languages?: LanguagePair;
}

/** The languages a model translates from and to. */
export interface LanguagePair {
  readonly source: string;
  readonly target: string;
}

/**
 * The training state: one file, so that its parts always belong to the same moment.
 * @typeParam State anything JSON can represent: counters, the sampler's position, the best score for early stopping
 */
export interface TrainingCheckpoint<State> extends CheckpointInfo {
  /** Identifies exactly the data it is trained on (`Dataset.fingerprint`). */
  readonly data: string;
  /** The kernels it is trained with (`Runtime.kernels`): others sum in another order. */
  readonly kernels: string;
  /** Groups of tensors: the parameters, the optimiser's moments, the weight average. */
  readonly tensors: Readonly<Record<string, NamedTensors>>;
  readonly state: State;
}

const MODEL_KIND = 'attn model 1';
const TRAINING_KIND = 'attn training 1';

/**
 * Writes a model, whole or not at all.
 * @param floats the number format
 * @throws RunError, InputError like `saveTensors`
 */
export function saveModel(path: string, model: ModelCheckpoint, floats: FloatType = 'F32'): void {
  const metadata = {
    ...{ kind: MODEL_KIND, ...describe(model, path), scores: JSON.stringify(model.scores) },
    ...(model.averaged && { averaged: JSON.stringify(model.averaged) }),
    ...(model.languages && { languages: JSON.stringify(model.languages) }),
  };
  checkFinite(path, model.parameters);
  saveTensors(path, model.parameters, metadata, floats);
}

/**
 * Reads a model from its file, or from a run folder.
 * @throws InputError if there is none, or it is damaged
 */
export function loadModel(path: string): ModelCheckpoint {
  const file = modelFile(path);
  const { tensors, metadata } = load(file, MODEL_KIND);
  return {
    ...{ parameters: tensors, ...readInfo(metadata, file), scores: entryOf(metadata, 'scores', scoresSchema, file) },
    ...(metadata.averaged !== undefined && { averaged: entryOf(metadata, 'averaged', z.array(z.string()), file) }),
    ...(metadata.languages !== undefined && { languages: entryOf(metadata, 'languages', pairSchema, file) }),
  };
}

/**
 * Reads a model's validation scores, without the model.
 * @throws InputError if there is none, or it is not an attn model
 */
export function loadScores(path: string): Scores {
  const { file, metadata } = loadModelMetadata(path);
  return entryOf(metadata, 'scores', scoresSchema, file);
}

/** Reads a model's languages, without the model. @throws like `loadScores` */
export function loadLanguages(path: string): LanguagePair | undefined {
  const { file, metadata } = loadModelMetadata(path);
  return metadata.languages === undefined ? undefined : entryOf(metadata, 'languages', pairSchema, file);
}

/** Reads the options a model was trained with, without the model. @throws like `loadScores` */
export function loadRun(path: string): Run {
  const { file, metadata } = loadModelMetadata(path);
  return runOf(metadata, file);
}

function loadModelMetadata(path: string): { readonly file: string; readonly metadata: Metadata } {
  const file = modelFile(path);
  const metadata = loadMetadata(file);
  checkKind(metadata, MODEL_KIND, file);
  return { file, metadata };
}

/** Writes the training state, whole or not at all. @throws RunError, InputError like `saveTensors` */
export function saveTraining<State>(path: string, training: TrainingCheckpoint<State>): void {
  try {
    saveTensors(path, ...contentOf(path, training));
  } catch (error) {
    throw notSaved(path, error);
  }
}

/** Like `saveTraining`, in parallel with this thread's other work. The tensors must not change meanwhile. */
export async function saveTrainingAside<State>(path: string, training: TrainingCheckpoint<State>): Promise<void> {
  try {
    await saveTensorsAside(path, ...contentOf(path, training));
  } catch (error) {
    throw notSaved(path, error);
  }
}

/**
 * The error for a failed save of the training state, with what can be done now.
 * @param last where the training state was saved before, if it was
 */
export function notSaved(last: string, error: unknown): unknown {
  // a diverged model has its own advice
  if (!(error instanceof RunError) || error.cause === undefined) return error;
  return new RunError(`the training was not saved: ${error.problem}`, {
    where: error.where,
    remedy: existsSync(last)
      ? 'the previous save is intact: free some space, then run the same command with --resume'
      : 'nothing had been saved before: free some space, then run the same command again',
    cause: error,
  });
}

function contentOf<State>(path: string, training: TrainingCheckpoint<State>): [NamedTensors, Metadata] {
  const tensors = Object.fromEntries(
    Object.entries(training.tensors).flatMap(([group, members]) =>
      Object.entries(members).map(([name, value]) => [`${group}/${name}`, value]),
    ),
  );
  checkFinite(path, tensors);
  const metadata = {
    kind: TRAINING_KIND,
    ...describe(training, path),
    data: training.data,
    kernels: training.kernels,
    groups: JSON.stringify(Object.keys(training.tensors)),
    state: JSON.stringify(training.state),
  };
  return [tensors, metadata];
}

/** Reads the training state. @throws InputError if there is nothing to resume, or it is damaged */
export function loadTraining<State>(path: string): TrainingCheckpoint<State> {
  const { tensors, metadata } = load(path, TRAINING_KIND);
  const groups = entryOf(metadata, 'groups', z.array(z.string()), path).map((group) => {
    const members = Object.entries(tensors).filter(([name]) => name.startsWith(`${group}/`));
    return [group, Object.fromEntries(members.map(([name, value]) => [name.slice(group.length + 1), value]))];
  });
  return {
    ...readInfo(metadata, path),
    data: metadata.data ?? '',
    // version 0.1 had no others
    kernels: metadata.kernels ?? 'graph',
    tensors: Object.fromEntries(groups),
    state: entryOf(metadata, 'state', z.looseObject({}), path) as State,
  };
}

/**
 * Keeps a model in `folder` if it is among the `keep` best there by its run's metric. Each is a file named by its step;
 * those no longer among the best are removed.
 */
export function keepAmongBest(folder: string, keep: number, model: ModelCheckpoint): void {
  const path = join(folder, `step-${String(model.step).padStart(7, '0')}.safetensors`);
  const others = keptModels(folder)
    .filter((file) => file !== path)
    .map((file) => ({ file, scores: loadScores(file) }));
  const ranked = [...others, { file: path, scores: model.scores }].sort((a, b) =>
    compareScores(model.run.metric, a.scores, b.scores),
  );
  if (ranked.slice(0, keep).some(({ file }) => file === path)) saveModel(path, model);
  for (const { file } of ranked.slice(keep)) rmSync(file, { force: true });
}

/** The model's file, given the file itself or its run folder. */
export function modelFile(path: string): string {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return isFolder ? runFolder(path).model : path;
}

/** The models that `keepAmongBest` has kept in a folder, by step; none if there is no such folder. */
export function keptModels(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.safetensors'));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function describe({ run, vocabularies, vectors, ancestry, step }: CheckpointInfo, path: string): Metadata {
  return {
    ...{
      run: JSON.stringify({ ...run, data: dataFromRun(run.data, path) }),
      vocabularies: JSON.stringify(vocabularies),
      step: String(step),
    },
    ...(vectors && { vectors: JSON.stringify(vectors) }),
    ...(ancestry && { ancestry: JSON.stringify(ancestry) }),
  };
}

function readInfo(metadata: Metadata, path: string): CheckpointInfo {
  return {
    run: runOf(metadata, path),
    vocabularies: entryOf(metadata, 'vocabularies', pairSchema, path),
    ...(metadata.vectors !== undefined && { vectors: entryOf(metadata, 'vectors', z.array(coverageSchema), path) }),
    ...(metadata.ancestry !== undefined && { ancestry: entryOf(metadata, 'ancestry', ancestrySchema, path) }),
    step: entryOf(metadata, 'step', z.number().int().nonnegative(), path),
  };
}

const pairSchema = z.object({ source: z.string(), target: z.string() });

const scoresSchema = z.object({ loss: z.number(), perplexity: z.number(), bleu: z.number(), chrf: z.number() });

const coverageSchema = z.object({
  ...{ side: z.enum(['source', 'target']), file: z.string(), frozen: z.boolean() },
  ...{ found: z.number(), words: z.number(), random: z.number() },
});

/** @throws RunError if a value is infinite or NaN */
function checkFinite(path: string, tensors: NamedTensors): void {
  const bad = notFinite(tensors);
  if (bad === undefined) return;
  throw new RunError(`the checkpoint was not saved: ${bad}`, {
    where: path,
    remedy: `training has diverged: ${existsSync(path) ? 'the previous checkpoint is intact; ' : ''}try a smaller --learning-rate`,
  });
}

function load(path: string, kind: string): { readonly tensors: NamedTensors; readonly metadata: Metadata } {
  const { tensors, metadata } = loadTensors(path);
  checkKind(metadata, kind, path);
  const bad = notFinite(tensors);
  if (bad !== undefined) {
    throw new InputError(`unusable checkpoint: ${bad}`, {
      where: path,
      remedy: 'the training that wrote it diverged, or another program damaged it: use another one, or train again',
    });
  }
  return { tensors, metadata };
}

/** Names a value of a checkpoint that is infinite or NaN; undefined if all are finite. */
function notFinite(tensors: NamedTensors): string | undefined {
  for (const [name, { data }] of Object.entries(tensors)) {
    // a loop over indices: callbacks would take longer than reading the file
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      if (value - value !== 0) return `${name} contains ${value} (first at index ${i})`;
    }
  }
  return undefined;
}
