import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { keptModels, loadModel, saveModel } from '../checkpoints/checkpoint.ts';
import { checkParameters, checkVocabularies } from '../checkpoints/compatibility.ts';
import { checkEmpty, checkHasModel, deriveRunFolder, runFolder } from '../checkpoints/run-folder.ts';
import type { NamedTensors } from '../checkpoints/safetensors.ts';
import { openTrainedRun, type TrainedRun } from '../checkpoints/trained-run.ts';
import { openDataset } from '../dataset/dataset.ts';
import { chooseShapes } from '../dataset/shapes.ts';
import { InputError } from '../support/errors.ts';
import { whileOwning } from '../support/folder-lock.ts';
import { openRuntime } from '../tensor/runtime.ts';
import type { Scores } from '../training/early-stopping.ts';
import { SHARDS } from '../training/step.ts';
import { referenceForm } from '../vocabulary/reference-form.ts';
import { createValidator } from './validate.ts';
import { validationSet } from './validation-set.ts';
import { writeCard } from './write-card.ts';

/** The result of averaging. */
export interface AverageResult {
  readonly out: string;
  /** Validation scores of the average. */
  readonly scores: Scores;
  /** The models it was made from, with their validation scores. */
  readonly models: readonly { readonly path: string; readonly scores: Scores }[];
}

/**
 * Writes a run folder with the mean of some models' parameters (Marian, fairseq's `average_checkpoints`, OpenNMT's
 * `average_models`), validated on the data of the first one.
 * @param paths model files, or run folders, each of which stands for the models it kept in `best/`
 * @throws InputError for fewer than two models, models of different shapes or vocabularies, missing data, and a folder
 *   that already contains a model
 */
export function averageModels(paths: readonly string[], out: string): Promise<AverageResult> {
  return whileOwning(out, 'averaging', () => average(paths, out));
}

async function average(paths: readonly string[], out: string): Promise<AverageResult> {
  checkEmpty(out);
  const files = paths.flatMap(modelsOf);
  const [first] = files;
  if (first === undefined || files.length < 2) {
    throw new InputError('there is only one model, so there is nothing to average', {
      ...(first !== undefined && { where: first }),
      remedy: 'name several, or train with --keep 5: attn average uses all models that a run kept',
    });
  }
  const run = await openTrainedRun({ name: basename(out), path: first });
  const models = files.map((path) => {
    const checkpoint = loadModel(path);
    checkVocabularies(checkpoint.vocabularies, run.checkpoint.vocabularies, path);
    checkParameters(checkpoint.parameters, run.model.parameters, path);
    return { path, ...checkpoint };
  });
  const parameters = meanOf(models.map((model) => model.parameters));
  const scores = await validate(run, parameters);
  const checkpoint = {
    ...run.checkpoint,
    ...{ parameters, scores, step: Math.max(...models.map(({ step }) => step)), averaged: files },
  };
  const folder = deriveRunFolder(out, run.folder);
  writeCard({ ...run, path: out, folder, checkpoint });
  // last: a folder with a model is complete, and after a failure the same command does not find it occupied
  saveModel(folder.model, checkpoint);
  return { out, scores, models: models.map(({ path, scores }) => ({ path, scores })) };
}

function modelsOf(path: string): string[] {
  checkHasModel(path);
  if (!statSync(path).isDirectory()) return [path];
  const { best, model } = runFolder(path);
  const kept = keptModels(best);
  return kept.length > 0 ? kept : [model];
}

/** The mean of parameters with the same names and shapes, summed in float64. */
export function meanOf(models: readonly NamedTensors[]): NamedTensors {
  const [first = {}] = models;
  const means = Object.entries(first).map(([name, { shape, data }]) => {
    const mean = Float32Array.from(data, (_, i) => {
      let sum = 0;
      for (const model of models) sum += model[name]?.data[i] ?? Number.NaN;
      return sum / models.length;
    });
    return [name, { shape, data: mean }] as const;
  });
  return Object.fromEntries(means);
}

/** Validates as training does. */
async function validate({ checkpoint, model, vocabularies }: TrainedRun, parameters: NamedTensors): Promise<Scores> {
  const { run } = checkpoint;
  const dataset = openDataset(run.data ?? '');
  const runtime = await openRuntime({ precision: run.precision, streams: SHARDS });
  try {
    const dev = dataset.split('dev');
    const shapes = chooseShapes(dev.lengthCounts(), { batchTokens: run.batchTokens, maxShapes: 4 });
    const { maxLength, splits } = dataset.manifest;
    const set = await validationSet({
      ...{ dev, manifest: splits.dev, maxLength, model: model.options, vocabularies, wish: run },
      referenceForm: referenceForm(vocabularies.target, dataset.vocabularyPaths.target),
    });
    const validation = createValidator({
      ...{ runtime, model, variables: await runtime.variables(parameters), dev, shapes, set },
      target: vocabularies.target,
    });
    return (await validation()).scores;
  } finally {
    runtime.close();
    dataset.close();
  }
}
