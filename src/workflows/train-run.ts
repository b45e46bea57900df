import { readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { describeAncestor } from '../checkpoints/ancestry.ts';
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
import type { Run } from '../config/run.ts';
import { toYaml } from '../config/run-file.ts';
import { wordStarts } from '../dataset/guide.ts';
import { chooseShapes } from '../dataset/shapes.ts';
import { createModel } from '../models/create.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { writeFileAtomic } from '../support/files.ts';
import { type FolderLock, whileOwning } from '../support/folder-lock.ts';
import { describeDevice } from '../tensor/device.ts';
import { setupProblems } from '../tensor/location.ts';
import { countParameters } from '../tensor/parameters.ts';
import { openRuntime, type Runtime } from '../tensor/runtime.ts';
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
import { checkAncestor, firstParameters, frozenParameters, type Start } from './first-parameters.ts';
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
}

/**
 * Trains one model with a run's options, in the run's folder: config, vocabularies, metrics, the best model and the
 * training state.
 * @throws InputError for options, data or checkpoints that do not fit together, and for a folder in which another
 *   process works; RunError if training diverges
 */
export function trainRun(run: Run & { readonly data: string }, options: TrainRunOptions): Promise<FinishInfo> {
  return whileOwning(run.out, 'a training', (lock) => trainOwned(run, options, lock));
}

async function trainOwned(
  run: Run & { readonly data: string },
  options: TrainRunOptions,
  lock: FolderLock,
): Promise<FinishInfo> {
  const folder = runFolder(run.out);
  const resuming = checkStart(folder, options.start);
  if (run.from !== undefined) checkAncestor(run.from, run.out);
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
    const resumed = resuming ? resume(folder, run, model, hashes, data) : undefined;
    const info = await trainInFolder({ run, options, data, vocabularies, model, folder, lock, hashes, resumed });
    if (info.reason !== 'interrupted') {
      writeFileAtomic(folder.finished, `${JSON.stringify(info)}\n`);
      if (info.best.value !== null) writeCard(await openTrainedRun({ name: basename(run.out), path: run.out }));
    }
    return info;
  } finally {
    data.close();
  }
}

/** Why training is slow, if the reason is that TensorFlow cannot be used. */
export function engineNotes({ backend }: Pick<Runtime, 'backend'>, problems = setupProblems()): string[] {
  if (backend !== 'wasm') return [];
  const reasons = problems.map(({ what, remedy }) => ` ${what} (${remedy})`);
  return [`warning: on WebAssembly, 6 to 11 times slower than TensorFlow:${reasons.join(';')}`];
}

/** What training takes from another model, for people. */
function startNotes(ancestry: Start['ancestry'], frozen: ReadonlySet<string>, model: Seq2Seq): string[] {
  const [parent] = ancestry ?? [];
  if (parent === undefined) return [];
  const kept = countParameters(model.parameters) - countParameters(model.parameters, frozen);
  const share = kept === 0 ? '' : `; ${kept.toLocaleString('en-US')} parameters stay as they are`;
  return [`starting from ${describeAncestor(parent)}${share}`];
}

interface Resumed extends Start {
  readonly state: TrainingState;
}

interface Prepared {
  readonly run: Run;
  readonly options: TrainRunOptions;
  readonly data: TrainingData;
  readonly vocabularies: VocabularyPair;
  readonly model: Seq2Seq;
  readonly folder: RunFolder;
  readonly lock: FolderLock;
  readonly hashes: { readonly source: string; readonly target: string };
  readonly resumed: Resumed | undefined;
}

async function trainInFolder(prepared: Prepared): Promise<FinishInfo> {
  const { run, options, data, vocabularies, model, folder, lock, hashes, resumed } = prepared;
  const { dataset } = data;
  const state = resumed?.state ?? beginning;
  const { variables, vectors, ancestry } = resumed ?? (await firstParameters(run, model, vocabularies));
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
  const sampler = data.sampler(shapes, run.seed, state.sampler, starts);
  const { precision, device, threads } = run;
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
    takeFolder(prepared);
    const files = [metricsListener(folder.metrics, state.step), tensorboardListener(folder.events, state.step)];
    listener = broadcast([...files, ...options.listeners], run.logEvery);
    listener.started({
      name: basename(run.out),
      out: run.out,
      parameters: countParameters(model.parameters, frozen),
      data: dataset.directory,
      sentences: dataset.split('train').size,
      device: describeDevice(runtime.device),
      step: state.step,
      notes: [...set.notes, ...data.notes, ...startNotes(ancestry, frozen, model), ...engineNotes(runtime)],
      ...(resumed === undefined && vectors && { vectors }),
    });
    return await train({
      runtime,
      model,
      run,
      sampler,
      variables,
      state,
      guessLoss: Math.log(vocabularies.target.size),
      frozen,
      listener,
      signal: options.signal,
      validate: (variables) => {
        validate ??= createValidator({
          ...{ runtime, model, variables, dev, shapes, set, ...(group && { group }) },
          target: vocabularies.target,
        });
        return validate();
      },
      keep: async (variables, step, scores, improved) => {
        if (!improved && run.keep === 1) return;
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
        lock.check();
        const checkpoint = {
          ...about,
          data: data.fingerprint,
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
function takeFolder({ run, data, folder, resumed }: Prepared): void {
  if (resumed === undefined) clearRun(folder);
  // written first: it identifies a run that has saved nothing yet
  writeFileAtomic(folder.config, toYaml(run));
  if (resumed === undefined) {
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
): Resumed {
  const {
    tensors,
    state,
    run: saved,
    vocabularies,
    data,
    vectors,
    ancestry,
  } = loadTraining<TrainingState>(folder.last);
  checkResume(saved, run, folder.last);
  checkVocabularies(vocabularies, hashes, folder.last);
  checkSameData(data, { fingerprint: now.fingerprint, directory: now.dataset.directory }, folder.last);
  const variables = tensors.all ?? {};
  const own = Object.fromEntries(Object.entries(variables).filter(([name]) => model.parameters[name] !== undefined));
  checkParameters(own, model.parameters, folder.last);
  return { state, variables, ...(vectors && { vectors }), ...(ancestry && { ancestry }) };
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
