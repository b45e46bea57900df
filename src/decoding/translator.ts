import { basename } from 'node:path';
import { openTrainedRun, type TrainedRun } from '../checkpoints/trained-run.ts';
import { resolveOptions } from '../config/options.ts';
import { learnedPlaces, longestSource } from '../models/places.ts';
import { InputError } from '../support/errors.ts';
import { didYouMean } from '../support/nearest.ts';
import { referenceForm } from '../vocabulary/reference-form.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { scorePairs } from './score-pairs.ts';
import type { ScoredPair, ScorePairsOptions, SentencePair } from './scored-pair.ts';
import { searchSchema } from './search-flags.ts';
import { sourceReader } from './source-reader.ts';
import { translateSentences } from './translate-sentences.ts';
import type { TranslateOptions, Translation } from './translation.ts';

export type { ScoredPair, ScorePairsOptions, SentencePair } from './scored-pair.ts';
export type { TranslatedHypothesis, TranslateOptions, Translation } from './translation.ts';

/**
 * Trained models ready to translate. Calls are answered one after another, even if many are made at once, on any number
 * of translators.
 */
export interface Translator {
  /** The models that translate together. */
  readonly runs: readonly [TrainedRun, ...TrainedRun[]];
  /**
   * Translates sentences together: many in one call are much faster than one per call. A line without words stays
   * empty.
   * @throws InputError for an option that is unknown or out of range, and options that conflict
   * @throws TypeError if sentences are not an array of strings, Error after `close()`
   */
  translate(sentences: readonly string[], options?: TranslateOptions): Promise<Translation[]>;
  /**
   * Scores given translations: their log probabilities under teacher forcing, and where the models look meanwhile.
   * @throws TypeError if pairs are not an array of `{ source, target }`, Error after `close()`
   */
  scorePairs(pairs: readonly SentencePair[], options?: ScorePairsOptions): Promise<ScoredPair[]>;
  /** Frees the engine after all earlier calls are answered. Later calls are rejected. */
  close(): Promise<void>;
}

/**
 * The last call of any translator in this process: tfjs uses one backend at a time, and translators would switch it.
 */
let last: Promise<unknown> = Promise.resolve();

function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  const answer = last.then(work);
  last = answer.catch(() => {});
  return answer;
}

/**
 * Loads trained models: run folders, or model files in them. Several translate together as an ensemble: their
 * probabilities are averaged, so they must have the same vocabularies.
 * @throws InputError for a model that is missing or damaged, and for models that do not fit together
 */
export async function loadTranslator(
  paths: string | readonly string[],
  engineOptions: EngineOptions = {},
): Promise<Translator> {
  checkEngineOptions(engineOptions);
  const runs = await openRuns([paths].flat());
  const engine = new Engine(runs, engineOptions);
  const [{ vocabularies, folder }] = runs;
  const { source, target } = vocabularies;
  const parts = {
    read: sourceReader(source, {
      longest: Math.min(...runs.map(({ model }) => longestSource(model.options))),
      ...(source.type === 'words' && { words: referenceForm(source, folder.sourceVocabulary) }),
    }),
    target,
    canCopy: source.type === 'words' && target.type === 'words' && runs.some(attends),
    longestTarget: Math.min(
      ...runs.map(({ model }) => learnedPlaces(model.options).target ?? Number.POSITIVE_INFINITY),
    ),
    searchFor: (sentences: number) => engine.searchFor(sentences),
    forcingFor: (pairs: number) => engine.forcingFor(pairs),
  };
  const translate = async (sentences: readonly string[], { copyUnknown, ...options }: TranslateOptions) =>
    translateSentences(parts, sentences, { copyUnknown, ...searchOf(options) });
  let closed = false;
  const checkOpen = () => {
    if (closed) throw new Error('the translator is closed: load another with loadTranslator()');
  };
  return {
    runs,
    async translate(sentences, options = {}) {
      checkOpen();
      checkSentences(sentences);
      return inTurn(() => translate(sentences, options));
    },
    async scorePairs(pairs, options = {}) {
      checkOpen();
      checkPairs(pairs);
      return inTurn(() => scorePairs(parts, pairs, options));
    },
    close() {
      closed = true;
      return inTurn(() => engine.close());
    },
  };
}

/** Whether a model has attention. */
export function attends({ checkpoint }: TrainedRun): boolean {
  const { arch, score } = checkpoint.run;
  return arch === 'transformer' || score !== 'none';
}

async function openRuns(paths: readonly string[]): Promise<[TrainedRun, ...TrainedRun[]]> {
  const runs: TrainedRun[] = [];
  for (const path of paths) runs.push(await openTrainedRun({ name: basename(path), path }));
  const [first, ...others] = runs;
  if (first === undefined) throw new InputError('there is no model to translate with', { remedy: 'name one' });
  for (const other of others) checkSameVocabularies(first, other);
  return [first, ...others];
}

function checkSameVocabularies(first: TrainedRun, other: TrainedRun): void {
  for (const side of ['source', 'target'] as const) {
    if (first.vocabularies[side].sha256 === other.vocabularies[side].sha256) continue;
    throw new InputError(`its ${side} vocabulary is not that of ${first.path}`, {
      where: other.path,
      remedy: 'an ensemble needs models with the same vocabularies: train them on the same prepared data',
    });
  }
}

/** The validated options of a search. */
function searchOf(options: Omit<TranslateOptions, 'copyUnknown'>): Omit<TranslateOptions, 'copyUnknown'> {
  return resolveOptions(searchSchema, [{ values: { ...options }, name: (key) => key }]);
}

const engineOptionNames: Readonly<Record<keyof EngineOptions, true>> = {
  backend: true,
  device: true,
  threads: true,
  precision: true,
};

/** @throws InputError for an unknown option */
function checkEngineOptions(options: EngineOptions): void {
  const names = Object.keys(engineOptionNames);
  const unknown = Object.keys(options).find((key) => !names.includes(key));
  if (unknown === undefined) return;
  throw new InputError(`unknown option '${unknown}'`, {
    where: 'loadTranslator',
    remedy: `${didYouMean(unknown, names)}valid options: ${names.join(', ')}`,
  });
}

/** @throws TypeError for values that a JavaScript program may pass instead of sentences */
function checkSentences(sentences: unknown): void {
  if (!Array.isArray(sentences)) {
    throw new TypeError(
      `translate() takes an array of sentences, as in translate(['Ho fame.']), not a ${typeof sentences}`,
    );
  }
  const at = sentences.findIndex((sentence) => typeof sentence !== 'string');
  if (at >= 0) throw new TypeError(`translate() takes strings; sentence ${at} is a ${typeof sentences[at]}`);
}

/** @throws TypeError for values that a JavaScript program may pass instead of pairs */
function checkPairs(pairs: unknown): void {
  const isPair = (pair: Partial<SentencePair> | null) =>
    typeof pair?.source === 'string' && typeof pair.target === 'string';
  if (Array.isArray(pairs) && pairs.every(isPair)) return;
  throw new TypeError(
    "scorePairs() takes an array of pairs, as in scorePairs([{ source: 'Ho fame.', target: 'I am hungry.' }])",
  );
}
