import { describeAncestor } from '../checkpoints/ancestry.ts';
import type { TrainedRun } from '../checkpoints/trained-run.ts';
import { type AttentionStatistics, attentionStatistics } from '../evaluation/attention-statistics.ts';
import type { WordScoring } from '../evaluation/choose-tokenizer.ts';
import { sentenceChrf } from '../evaluation/chrf.ts';
import type { sentenceLengths } from '../evaluation/length-buckets.ts';
import { compareSeeds, type ResampledScore, resampledScore, spread } from '../evaluation/seeds.ts';
import { compareStatistics, defaultTrials } from '../evaluation/significance.ts';
import { type MetricKey, type ScoredSystem, scoreSystem, scoresByLength } from '../evaluation/system.ts';
import { longestSource } from '../models/places.ts';
import { bestOf } from '../reports/findings.ts';
import type { ModelComparison, ModelReport, Sample, SeedGroup, SignedScore } from '../reports/types.ts';
import { countParameters } from '../tensor/parameters.ts';
import { referenceForm } from '../vocabulary/reference-form.ts';
import type { TestSet } from './test-set.ts';
import { trainingReport } from './training-report.ts';
import type { TranslatedSet } from './translate-set.ts';

/** How translations and references are compared. */
export interface ScoringForm {
  /** Converts a reference, or a translation by a model that writes ordinary text. */
  readonly of: (sentence: string) => string;
  /** Whether that form is lowercase and without punctuation. */
  readonly words: boolean;
}

/** One form for all: if any model has a vocabulary of words, what that can write, lowercase without punctuation. */
export function scoringForm(runs: readonly TrainedRun[]): ScoringForm {
  const plain = runs.find(({ vocabularies }) => vocabularies.target.type === 'words');
  if (plain === undefined) return { of: (sentence) => sentence, words: false };
  return { of: referenceForm(plain.vocabularies.target, plain.folder.targetVocabulary), words: true };
}

/** A test set in the form in which models are scored. */
export interface ScoredTestSet extends TestSet {
  readonly form: ScoringForm;
  /** In the scoring form. */
  readonly references: readonly string[];
  readonly words: WordScoring;
  /** Of the sources. */
  readonly lengths: ReturnType<typeof sentenceLengths>;
}

/** A model's translations with their scores: one row of the tables, and what a comparison needs. */
export interface ScoredModel {
  readonly report: ModelReport;
  readonly system: ScoredSystem;
  /** In the scored form. */
  readonly texts: readonly string[];
}

/**
 * Scores one model's translations of a test set.
 * @param alignmentErrorRate of its attention, if there is a gold alignment
 */
export function scoreModel(
  run: TrainedRun,
  test: ScoredTestSet,
  translated: TranslatedSet,
  alignmentErrorRate?: number,
): ScoredModel {
  const { form, references, words, lengths } = test;
  const own = run.vocabularies.target.type === 'words' ? (text: string) => text : form.of;
  const texts = translated.sentences.map(({ hypotheses: [best] }) => own(best.text));
  const system = scoreSystem(texts, [references], { ...words, resamples: defaultTrials.bootstrap });
  const { bleu, chrf, ter, nltk } = system.scores;
  const { parameters, run: options } = run.checkpoint;
  const { sentences } = translated;
  const cut = sentences.filter(({ truncated }) => truncated).length;
  const endless = sentences.filter(({ hypotheses: [best] }) => !best.finished).length;
  const attention = statisticsOf(translated);
  const training = trainingReport(run.folder.metrics);
  const signed = ({ score, signature }: SignedScore): SignedScore => ({
    score,
    signature: form.words ? `${signature}|form:words` : signature,
  });
  const { score, precisions, bp, ci95, signature } = bleu;
  if (ci95 === undefined) throw new Error('no interval although resamples were asked for');
  const report: ModelReport = {
    name: run.name,
    score: options.arch === 'transformer' ? 'multi-head' : options.score,
    parameters: countParameters(parameters),
    checkpoint: run.path,
    bleu: { ...signed({ score, signature }), precisions, bp, ci95 },
    chrf: signed(chrf),
    ter: signed(ter),
    nltk,
    byLength: scoresByLength(system, lengths.lengths).map(({ from, to, sentences, bleu, chrf }) => ({
      ...{ from, to, sentences, bleu, chrf },
    })),
    ...(cut > 0 && { cutSources: { sentences: cut, longest: longestSource(run.model.options) } }),
    ...(endless > 0 && { endlessTranslations: endless }),
    ...(attention && { attention: { ...attention, ...(alignmentErrorRate !== undefined && { alignmentErrorRate }) } }),
    seconds: translated.seconds,
    tokensPerSecond: translated.targetTokens / translated.seconds,
    seed: options.seed,
    ...(run.remark && { remark: run.remark }),
    ...(run.checkpoint.ancestry && { startedFrom: run.checkpoint.ancestry.map(describeAncestor) }),
    ...(training && { training }),
  };
  return { report, system, texts };
}

function statisticsOf({ sentences }: TranslatedSet): AttentionStatistics | undefined {
  const attended = sentences.flatMap(({ pieces, hypotheses: [best] }) => {
    const weights = best.attention.attention;
    return weights === undefined ? [] : [{ source: pieces, weights }];
  });
  return attended.length === 0 ? undefined : attentionStatistics(attended);
}

/** Up to this many models, every two are compared; with more, each is compared with the best. */
const MOST_PAIRED = 6;

/** Tests between models: BLEU by both tests, chrF by the bootstrap. */
export function compareModels(models: readonly ScoredModel[]): ModelComparison[] {
  const best = bestOf(models.map((model) => ({ model, bleu: model.report.bleu.score })))?.model;
  const tests = [
    ['bleu', 'bootstrap'],
    ['bleu', 'randomization'],
    ['chrf', 'bootstrap'],
  ] as const;
  return pairsOf(models)
    .filter((pair) => models.length <= MOST_PAIRED || pair.some((model) => model === best))
    .flatMap(([a, b]) =>
      tests.map(([metric, test]): ModelComparison => {
        const { delta, p } = compareStatistics(
          b.system.metrics[metric],
          a.system.statistics[metric],
          b.system.statistics[metric],
          { test },
        );
        return { a: a.report.name, b: b.report.name, metric, delta, p, test };
      }),
    );
}

/** Models that differ only in their seed. */
export interface SeedsOfOne {
  readonly name: string;
  readonly models: readonly ScoredModel[];
}

/** Mean and spread of each group over its seeds, and whether the groups differ. */
export function compareGroups(groups: readonly SeedsOfOne[]): { seeds: SeedGroup[]; comparisons: ModelComparison[] } {
  const seeds = groups.map(({ name, models }): SeedGroup => {
    const reports = models.map(({ report }) => report);
    return {
      name,
      score: reports[0]?.score ?? '',
      seeds: reports.map(({ seed }) => seed ?? 0),
      models: reports.map((report) => report.name),
      bleu: spread(reports.map(({ bleu }) => bleu.score)),
      chrf: spread(reports.map(({ chrf }) => chrf.score)),
      bleu1: spread(reports.map(({ nltk }) => nltk.bleu1)),
    };
  });
  const resampled = groups.map(({ name, models }) => {
    const scores = (metric: MetricKey): ResampledScore[] =>
      models.map(({ system }) => resampledScore(system.metrics[metric], system.statistics[metric]));
    return { name, bleu: scores('bleu'), chrf: scores('chrf') };
  });
  const comparisons = pairsOf(resampled).flatMap(([a, b]) =>
    (['bleu', 'chrf'] as const).map(
      (metric): ModelComparison => ({
        ...{ a: a.name, b: b.name, metric, test: 'seeds' },
        ...compareSeeds(a[metric], b[metric]),
      }),
    ),
  );
  return { seeds, comparisons };
}

/** The models' translations of some sentences, side by side. @param lines of the test set, from 1 */
export function samplesOf(
  lines: readonly number[],
  test: TestSet,
  references: readonly string[],
  models: readonly ScoredModel[],
): Sample[] {
  return lines.map((line) => {
    const reference = references[line - 1] ?? '';
    const hypotheses = models.map(({ report, texts }) => {
      const text = texts[line - 1] ?? '';
      return { model: report.name, text, chrf: sentenceChrf(text, [reference]).score };
    });
    return { index: line, source: test.sources[line - 1] ?? '', reference, hypotheses };
  });
}

/** All pairs of a list, in order. */
function pairsOf<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a, i) => list.slice(i + 1).map((b): [T, T] => [a, b]));
}
