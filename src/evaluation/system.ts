import type { TokenizerName } from '../config/tokenizer-names.ts';
import { InputError } from '../support/errors.ts';
import { type Bleu, type BleuScore, bleu } from './bleu.ts';
import { type Chrf, type ChrfScore, chrf } from './chrf.ts';
import { type ConfidenceOptions, scoreStatistics } from './corpus-score.ts';
import { lengthBuckets } from './length-buckets.ts';
import { type Metric, type SentenceStatistics, sentenceStatistics, sumStatistics } from './metric.ts';
import { type NltkMeans, nltkMeans } from './nltk.ts';
import { compareStatistics, type SignificanceOptions, type SignificanceResult } from './significance.ts';
import { type Ter, type TerScore, ter } from './ter.ts';
import type { Tokenizer } from './tokenizers.ts';

/** Every score of one system's translations of a test set. */
export interface SystemScores {
  readonly sentences: number;
  readonly bleu: BleuScore;
  readonly chrf: ChrfScore;
  readonly chrfPlusPlus: ChrfScore;
  readonly ter: TerScore;
  readonly nltk: NltkMeans;
}

/** The names of the corpus scores, as keys. */
export type MetricKey = 'bleu' | 'chrf' | 'chrfPlusPlus' | 'ter';
export const metricKeys: readonly MetricKey[] = ['bleu', 'chrf', 'chrfPlusPlus', 'ter'];

/**
 * A system's scores and the sentence statistics behind them: to compare it, to group by length, to look at sentences.
 */
export interface ScoredSystem {
  readonly scores: SystemScores;
  readonly metrics: {
    readonly bleu: Metric<Bleu>;
    readonly chrf: Metric<Chrf>;
    readonly chrfPlusPlus: Metric<Chrf>;
    readonly ter: Metric<Ter>;
  };
  readonly statistics: Readonly<Record<MetricKey, SentenceStatistics>>;
}

/**
 * How a system is scored: BLEU's tokenizer, case (BLEU and chrF; TER and NLTK have their own rules), and the interval.
 */
export interface SystemOptions extends ConfidenceOptions {
  readonly tokenize?: TokenizerName | Tokenizer;
  readonly lowercase?: boolean;
  /** TER's `asian`: for Chinese and Japanese. */
  readonly asianTer?: boolean;
}

/**
 * Scores a system's translations with every metric.
 * @param references one or more sets of references, each as long as `hypotheses`
 * @throws InputError without sentences or reference sets, for sets of another length, or for less than one resample
 */
export function scoreSystem(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: SystemOptions = {},
): ScoredSystem {
  const { lowercase = false, asianTer = false } = options;
  const metrics = {
    bleu: bleu(options),
    chrf: chrf({ lowercase }),
    chrfPlusPlus: chrf({ lowercase, wordOrder: 2 }),
    ter: ter({ asian: asianTer }),
  };
  const gather = (key: MetricKey) => sentenceStatistics(metrics[key], hypotheses, references);
  const statistics = {
    bleu: gather('bleu'),
    chrf: gather('chrf'),
    chrfPlusPlus: gather('chrfPlusPlus'),
    ter: gather('ter'),
  };
  const sets = references.length;
  const scores = {
    sentences: hypotheses.length,
    bleu: scoreStatistics(metrics.bleu, statistics.bleu, sets, options),
    chrf: scoreStatistics(metrics.chrf, statistics.chrf, sets, options),
    chrfPlusPlus: scoreStatistics(metrics.chrfPlusPlus, statistics.chrfPlusPlus, sets, options),
    ter: scoreStatistics(metrics.ter, statistics.ter, sets, options),
    nltk: nltkMeans(hypotheses, references),
  };
  return { scores, metrics, statistics };
}

/**
 * Whether two systems scored against the same references differ, metric by metric.
 * @throws InputError for systems with different numbers of sentences, systems scored in different ways, and less than
 *   one trial
 */
export function compareSystems(
  baseline: ScoredSystem,
  system: ScoredSystem,
  options: SignificanceOptions = {},
): Record<MetricKey, SignificanceResult> {
  const compare = (key: MetricKey) => {
    const [ours, theirs] = [signatureWithoutInterval(system, key), signatureWithoutInterval(baseline, key)];
    if (ours !== theirs) {
      throw new InputError(`the systems were scored in different ways: ${ours}, the baseline ${theirs}`, {
        remedy: 'score both with the same options, against the same references',
      });
    }
    return compareStatistics(system.metrics[key], baseline.statistics[key], system.statistics[key], options);
  };
  return { bleu: compare('bleu'), chrf: compare('chrf'), chrfPlusPlus: compare('chrfPlusPlus'), ter: compare('ter') };
}

/** An interval tells how certain a score is, and does not change it. */
function signatureWithoutInterval({ scores }: ScoredSystem, key: MetricKey): string {
  return scores[key].signature.replace(/\|bs:[^|]*\|seed:[^|]*/, '');
}

/** The scores of the sentences whose source has `from` to `to` words, or characters if it has no spaces. */
export interface LengthScores {
  readonly from: number;
  /** null if the bucket has no upper limit. */
  readonly to: number | null;
  readonly sentences: number;
  readonly bleu: number;
  readonly chrf: number;
  readonly chrfPlusPlus: number;
  readonly ter: number;
}

/**
 * A system's scores by the length of the source, each a corpus score of its bucket.
 * @param sourceLengths from `sentenceLengths`, one per sentence
 */
export function scoresByLength(
  system: ScoredSystem,
  sourceLengths: readonly number[],
  limits?: readonly number[],
): LengthScores[] {
  return lengthBuckets(sourceLengths, limits).map(({ from, to, sentences }) => ({
    ...{ from, to, sentences: sentences.length },
    ...scoresOf(system, sentences),
  }));
}

/** One sentence's scores; BLEU with effective order. */
export type SentenceScores = Readonly<Record<MetricKey, number>>;

/** Every sentence's own scores, like sacreBLEU's `--sentence-level`. */
export function scoresBySentence(system: ScoredSystem): SentenceScores[] {
  // from existing counts, so that the tokenizer does not matter
  const bleuOfSentence = bleu({ effectiveOrder: true });
  return Array.from({ length: system.scores.sentences }, (_, sentence) => ({
    ...scoresOf(system, [sentence]),
    bleu: bleuOfSentence.evaluate(sumStatistics(system.statistics.bleu, [sentence])).score,
  }));
}

function scoresOf({ metrics, statistics }: ScoredSystem, sentences: readonly number[]): Record<MetricKey, number> {
  const score = (key: MetricKey) => metrics[key].evaluate(sumStatistics(statistics[key], sentences)).score;
  return { bleu: score('bleu'), chrf: score('chrf'), chrfPlusPlus: score('chrfPlusPlus'), ter: score('ter') };
}
