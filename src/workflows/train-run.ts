import { readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import {
  keepAmongBest,
  loadTraining,
  notSaved,
  saveModel,
  saveTraining,
  saveTrainingAside,
} from '../checkpoints/checkpoint.ts';
import { checkParameters, checkResume, checkVocabularies } from '../checkpoints/compatibility.ts';
import { checkStart, clearRun, type RunFolder, runFolder, type StartMode } from '../checkpoints/run-folder.ts';
import { openTrainedRun } from '../checkpoints/trained-run.ts';
import { alone } from '../cluster/cluster.ts';
import { checkSameValues } from '../cluster/fingerprint.ts';
import type { Run } from '../config/run.ts';
import { toYaml } from '../config/run-file.ts';
import { wordStarts } from '../dataset/guide.ts';
import { chooseShapes } from '../dataset/shapes.ts';
import { createModel } from '../models/create.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { writeFileAtomic } from '../support/files.ts';
import { type FolderLock, whileOwning } from '../support/folder-lock.ts';
import { describeDevice } from '../tensor/device.ts';
import { countParameters } from '../tensor/parameters.ts';
import { openRuntime } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { Variables } from '../tensor/variables.ts';
import { broadcast, type FinishInfo, type TrainingListener } from '../training/events.ts';
import { metricsListener } from '../training/metrics.ts';
import { AVERAGE, variableName } from '../training/state.ts';
import { SHARDS } from '../training/step.ts';
import { tensorboardListener } from '../training/tensorboard.ts';
import { beginning, type TrainingState, train } from '../training/train.ts';
import { loadVocabularies, type VocabularyPair } from '../vocabulary/pair.ts';
import { referenceForm } from '../vocabulary/reference-form.ts';
import { checkSameData, checkSize } from './check-data.ts';
import { engineNotes, kernelNotes } from './engine-notes.ts';
import { checkAncestor, firstParameters, frozenParameters, type Start, startNotes } from './first-parameters.ts';
import { checkTeam, checkWorkers, sharedStart, type Team, teamNotes } from './team.ts';
import { openTrainingData, type TrainingData } from './training-data.ts';
import { createValidator } from './validate.ts';
import { validationSet } from './validation-set.ts';
import { writeCard } from './write-card.ts';

/** How a run is started. */
export interface TrainRunOptions {
  /** What to do with a training run that is already in the folder. */
  readonly start: StartMode;
  readonly signal: AbortSignal;
  /** Observers, besides the run's own files. */
  readonly listeners: readonly TrainingListener[];
  /** The workers that train together; by default only this one. */
  readonly team?: Team;
}

/**
 * Trains one model with a run's options, in the run's folder: config, vocabularies, metrics, the best model and the
 * training state. Several workers all call it; only the first one reads and writes in the folder.
 * @throws InputError for options, data or checkpoints that do not fit together, and for a folder in which another
 *   process works; RunError if training diverges
 */
export function trainRun(run: Run & { readonly data: string }, options: TrainRunOptions): Promise<FinishInfo> {
  checkWorkers(run, options.team);
  if (options.team !== undefined && options.team.cluster.rank > 0) return trainOwned(run, options, undefined);
  return whileOwning(run.out, 'a training', (lock) => trainOwned(run, options, lock));
}

/** @param lock of the worker that owns the folder */
async function trainOwned(
  run: Run & { readonly data: string },
  options: TrainRunOptions,
  lock: FolderLock | undefined,
): Promise<FinishInfo> {
  const folder = runFolder(run.out);
  const resuming = lock !== undefined && checkStart(folder, options.start);
  if (lock !== undefined && run.from !== undefined) checkAncestor(run.from, run.out);
  const data = openTrainingData(run);
  try {
    const { dataset } = data;
    const vocabularies = await loadVocabularies(dataset.vocabularyPaths);
    const model = createModel({
      ...run,
      sourceVocabulary: vocabularies.source.size,
      targetVocabulary: vocabularies.target.size,
    });
    checkSize(model);
    const hashes = { source: vocabularies.source.sha256, target: vocabularies.target.sha256 };
    if (options.team !== undefined) await checkTeam(options.team, run, data.fingerprint);
    const own = resuming
      ? resume(folder, run, model, hashes, data)
      : lock && { ...(await firstParameters(run, model, vocabularies)), state: beginning };
    const start = await sharedStart<Beginning>(options.team, own);
    const prepared = { run, options, data, vocabularies, model, folder, lock, hashes, start, resuming };
    const info = await trainInFolder(prepared);
    if (lock !== undefined && info.reason !== 'interrupted') {
      writeFileAtomic(folder.finished, `${JSON.stringify(info)}\n`);
      if (info.best.value !== null) writeCard(await openTrainedRun({ name: basename(run.out), path: run.out }));
    }
    return info;
  } finally {
    data.close();
  }
}

/** What training starts from, and the lock of its folder. */
interface Beginning extends Start {
  readonly state: TrainingState;
  /** Those it was saved with, if it is resumed. */
  readonly kernels?: string;
}

interface Prepared {
  readonly run: Run;
  readonly options: TrainRunOptions;
  readonly data: TrainingData;
  readonly vocabularies: VocabularyPair;
  readonly model: Seq2Seq;
  readonly folder: RunFolder;
  /** Held by the worker that owns the folder. */
  readonly lock: FolderLock | undefined;
  readonly hashes: { readonly source: string; readonly target: string };
  readonly start: Beginning;
  /** Whether it starts from a checkpoint. */
  readonly resuming: boolean;
}

async function trainInFolder(prepared: Prepared): Promise<FinishInfo> {
  const { run, options, data, vocabularies, model, folder, lock, hashes, start, resuming } = prepared;
  const { dataset } = data;
  const { state, variables, vectors, ancestry } = start;
  const { team } = options;
  const cluster = team?.cluster ?? alone;
  const about = { run, vocabularies: hashes, ...(vectors && { vectors }), ...(ancestry && { ancestry }) };
  const frozen = frozenParameters(run, model);
  const dev = dataset.split('dev');
  const { maxLength, splits } = dataset.manifest;
  const set = await validationSet({
    ...{ dev, manifest: splits.dev, maxLength, model: model.options, vocabularies, wish: run },
    referenceForm: referenceForm(vocabularies.target, dataset.vocabularyPaths.target),
  });
  const shapes = chooseShapes(data.lengthCounts(), {
    batchTokens: run.batchTokens,
    maxShapes: run.maxShapes,
    longest: splits.dev.longest,
  });
  const { source, target } = vocabularies;
  const starts = run.guidedWeight > 0 ? { source: wordStarts(source), target: wordStarts(target) } : undefined;
  const sampler = data.sampler(shapes, run.seed, state.sampler, starts, cluster.size);
  const { precision, device } = run;
  const threads = run.threads ?? team?.place.threads;
  const runtime = await openRuntime({
    precision,
    streams: SHARDS,
    ...(device && { device }),
    ...(threads && { threads }),
  });
  const group = run.ema > 0 ? AVERAGE : undefined;
  const names = Object.keys(model.parameters);
  let validate: ReturnType<typeof createValidator> | undefined;
  let listener: Required<TrainingListener> | undefined;
  try {
    if (lock !== undefined) takeFolder(prepared);
    const files =
      lock === undefined
        ? []
        : [metricsListener(folder.metrics, state.step), tensorboardListener(folder.events, state.step)];
    listener = broadcast([...files, ...options.listeners], run.logEvery);
    listener.started({
      name: basename(run.out),
      out: run.out,
      parameters: countParameters(model.parameters, frozen),
      data: dataset.directory,
      sentences: dataset.split('train').size,
      device: describeDevice(runtime.device),
      step: state.step,
      notes: [
        ...teamNotes(team, run, runtime.threads),
        ...[...set.notes, ...data.notes, ...startNotes(ancestry, frozen, model), ...engineNotes(runtime)],
        ...kernelNotes(runtime, start.kernels),
      ],
      ...(!resuming && vectors && { vectors }),
    });
    return await train({
      runtime,
      model,
      run,
      cluster,
      shapes,
      sampler,
      variables,
      state,
      guessLoss: Math.log(vocabularies.target.size),
      frozen,
      listener,
      signal: options.signal,
      validate: async (variables) => {
        if (team !== undefined) await checkSameValues(cluster, await variables.read(), team.place.names);
        validate ??= createValidator({
          ...{ runtime, model, variables, dev, shapes, set, cluster, ...(group && { group }) },
          target: vocabularies.target,
        });
        return validate();
      },
      keep: async (variables, step, scores, improved) => {
        if (lock === undefined || (!improved && run.keep === 1)) return;
        lock.check();
        const checkpoint = {
          ...about,
          step,
          scores,
          parameters: await parametersOf(variables, names, group),
        };
        try {
          if (improved) {
            // an existing evaluation is of the previous best model
            rmSync(folder.report, { recursive: true, force: true });
            saveModel(folder.model, checkpoint);
          }
          if (run.keep > 1) keepAmongBest(folder.best, run.keep, checkpoint);
        } catch (error) {
          throw notSaved(folder.last, error);
        }
      },
      capture: async (variables, state) => {
        if (lock === undefined) return { save: () => {}, saveAside: async () => {} };
        lock.check();
        const checkpoint = {
          ...about,
          data: data.fingerprint,
          kernels: runtime.kernels,
          step: state.step,
          tensors: { all: await variables.read() },
          state,
        };
        return {
          save: () => saveTraining(folder.last, checkpoint),
          saveAside: () => saveTrainingAside(folder.last, checkpoint),
        };
      },
    });
  } finally {
    listener?.closed();
    runtime.close();
  }
}

/**
 * Takes over the folder for this training run. Called when nothing can reject it any more: a run that does not start
 * leaves the existing one unchanged.
 */
function takeFolder({ run, data, folder, resuming }: Prepared): void {
  if (!resuming) clearRun(folder);
  // written first: it identifies a run that has saved nothing yet
  writeFileAtomic(folder.config, toYaml(run));
  if (!resuming) {
    writeFileAtomic(folder.sourceVocabulary, readFileSync(data.dataset.vocabularyPaths.source));
    writeFileAtomic(folder.targetVocabulary, readFileSync(data.dataset.vocabularyPaths.target));
  }
  rmSync(folder.finished, { force: true });
}

/** Reads the run's last checkpoint and checks that it is this run's. */
function resume(
  folder: RunFolder,
  run: Run,
  model: Seq2Seq,
  hashes: Prepared['hashes'],
  now: Pick<TrainingData, 'fingerprint' | 'dataset'>,
): Beginning {
  const saved = loadTraining<TrainingState>(folder.last);
  const { tensors, state, vectors, ancestry, kernels } = saved;
  checkResume(saved.run, run, folder.last);
  checkVocabularies(saved.vocabularies, hashes, folder.last);
  checkSameData(saved.data, { fingerprint: now.fingerprint, directory: now.dataset.directory }, folder.last);
  const variables = tensors.all ?? {};
  const own = Object.fromEntries(Object.entries(variables).filter(([name]) => model.parameters[name] !== undefined));
  checkParameters(own, model.parameters, folder.last);
  return { state, kernels, variables, ...(vectors && { vectors }), ...(ancestry && { ancestry }) };
}

async function parametersOf(
  variables: Variables,
  names: readonly string[],
  group?: string,
): Promise<Record<string, HostTensor>> {
  if (group === undefined) return variables.read(names);
  const averaged = await variables.read(names.map((name) => variableName(group, name)));
  return Object.fromEntries(names.map((name) => [name, averaged[variableName(group, name)] as HostTensor]));
}
