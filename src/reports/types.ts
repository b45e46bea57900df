import type { AttentionStatistics } from '../evaluation/attention-statistics.ts';
import type { LengthUnit } from '../evaluation/length-buckets.ts';
import type { Spread } from '../evaluation/seeds.ts';
import type { SignificanceTest } from '../evaluation/significance.ts';
import type { MetricKey } from '../evaluation/system.ts';

/**
 * The names and numbers of `report.json`: what an evaluation found, before rendering. Scores are in points (0 to 100).
 */
export interface Report {
  /** The version of attn that wrote it. */
  readonly version: string;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly test: TestSetSummary;
  readonly models: readonly ModelReport[];
  readonly comparisons: readonly ModelComparison[];
  /** Mean and spread if the same model was trained with several seeds. */
  readonly seeds?: readonly SeedGroup[];
  /** A few sentences of the test set, translated by every model. */
  readonly samples?: readonly Sample[];
  /** What else a reader has to know: the form of the references, the budget, what is missing. Sentences. */
  readonly notes?: readonly string[];
}

/** The sentences every model was scored on. */
export interface TestSetSummary {
  readonly name: string;
  readonly sentences: number;
  /** Of the test file, in hex. */
  readonly sha256: string;
  /** The unit of `byLength`; by default words. */
  readonly lengthUnit?: LengthUnit;
}

/** One model's results. */
export interface ModelReport {
  readonly name: string;
  /** The attention score function: `none`, `dot`, `general`, `concat`...; `multi-head` for a transformer. */
  readonly score: string;
  /** The number of trained parameters. */
  readonly parameters: number;
  /** The run's folder. */
  readonly checkpoint: string;
  readonly bleu: BleuReport;
  readonly chrf: SignedScore;
  readonly ter?: SignedScore;
  /** Means over sentences of NLTK's sentence BLEU, in [0, 1], as NLTK gives them. */
  readonly nltk: { readonly bleu1: number; readonly bleu4: number };
  readonly byLength: readonly LengthReport[];
  /** Sources that were cut because they are longer than the model can read; absent if there were none. */
  readonly cutSources?: {
    readonly sentences: number;
    /** The maximum number of pieces the model can read. */
    readonly longest: number;
  };
  /** Translations that stopped at their maximum length without an end; absent if there were none. */
  readonly endlessTranslations?: number;
  /** Absent for a model without attention. */
  readonly attention?: AttentionReport;
  /** How long translating the test set took. */
  readonly seconds: number;
  /** Target tokens per second while translating. */
  readonly tokensPerSecond: number;
  readonly seed?: number;
  /** What a reader of its scores has to know: training was stopped early, or the model has learned nothing. */
  readonly remark?: string;
  /** The models from which training started, nearest first; absent if it started from random parameters. */
  readonly startedFrom?: readonly string[];
  readonly training?: TrainingReport;
}

/** A score and the signature that tells how it was computed. */
export interface SignedScore {
  readonly score: number;
  readonly signature: string;
}

/** Corpus BLEU. */
export interface BleuReport extends SignedScore {
  /** Of 1- to 4-grams, in percent. */
  readonly precisions: readonly number[];
  /** Brevity penalty, in [0, 1]. */
  readonly bp: number;
  /** The bootstrap's 95 % interval. */
  readonly ci95: { readonly low: number; readonly high: number };
}

/** The scores of the sentences whose source has `from` to `to` words (`TestSet.lengthUnit`), both included; `to` is null in the last bin. */
export interface LengthReport {
  readonly from: number;
  readonly to: number | null;
  readonly sentences: number;
  readonly bleu: number;
  readonly chrf: number;
}

/** How a model's attention behaves over the test set. */
export interface AttentionReport extends AttentionStatistics {
  /** Against a gold file, if given, in [0, 1]. */
  readonly alignmentErrorRate?: number;
}

/** How a model was trained, from its `metrics.jsonl`. */
export interface TrainingReport {
  readonly steps: number;
  readonly seconds: number;
  readonly targetTokensPerSecond: number;
  /** The validations, in order. */
  readonly curve: readonly CurvePoint[];
}

/** One validation line of `metrics.jsonl`. */
export interface CurvePoint {
  readonly step: number;
  /** Since the start of training. */
  readonly seconds: number;
  readonly loss: number;
  readonly perplexity: number;
  readonly bleu: number;
  readonly chrf: number;
}

/** A paired test between two models (or two seed groups), by name. */
export interface ModelComparison {
  readonly a: string;
  readonly b: string;
  readonly metric: MetricKey;
  /** The score of b minus the score of a. */
  readonly delta: number;
  readonly p: number;
  /** How p was found; `seeds`: between groups, by resampling sentences and seeds. */
  readonly test: SignificanceTest | 'seeds';
}

/** The same model trained with several seeds. */
export interface SeedGroup {
  readonly name: string;
  readonly score: string;
  readonly seeds: readonly number[];
  /** The names of its models in `models`, in the order of `seeds`. */
  readonly models: readonly string[];
  readonly bleu: Spread;
  readonly chrf: Spread;
  readonly bleu1: Spread;
}

/** One sentence and every model's translation of it. */
export interface Sample {
  /** Its line in the test set, from 1: the NNNN of its attention files. */
  readonly index: number;
  readonly source: string;
  readonly reference: string;
  readonly hypotheses: readonly {
    readonly model: string;
    readonly text: string;
    /** Sentence chrF, 0 to 100. */
    readonly chrf?: number;
  }[];
}
