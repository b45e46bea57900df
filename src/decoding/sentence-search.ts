import { BOS, EOS, PAD, UNKNOWN } from '../vocabulary/vocabulary.ts';
import type { Hypothesis } from './hypothesis.ts';
import { coveragePenalty, lengthPenalty } from './penalties.ts';
import type { SearchSettings } from './search-options.ts';

/** What one step computed for all rows of a search. */
export interface StepResult {
  /** The most probable next words of every row, best first, and their log probabilities: [R, count]. */
  readonly words: Int32Array;
  readonly logProbabilities: Float32Array;
  readonly count: number;
  /** Attention by name: [R, width]. */
  readonly attention: Readonly<Record<string, Float32Array>>;
  readonly width: number;
}

/** The last word of a growing hypothesis; the words before it are a chain shared with other beams. */
export interface Beam {
  readonly word: number;
  /** Of all its words, in nats. */
  readonly logProbability: number;
  /** The beam it grew from, and the step and row where that happened; absent for bos. */
  readonly before?: { readonly beam: Beam; readonly step: StepResult; readonly row: number };
}

/** Extra words that each row must offer besides the best: the special ones may have to be skipped. */
export const SPARE_WORDS = 4;

/**
 * The search for one sentence: its beams and the finished hypotheses. It knows nothing about the model: a step serves
 * many sentences together, and this takes its own rows of the result.
 *
 * A finished hypothesis keeps its place in the beam (Bahdanau's GroundHog, Nematus, Marian): K places, so at most K
 * hypotheses. Two kinds of beams are dropped. First, one that can no longer be among the `nbest` best, whatever
 * follows: log probabilities only fall, and the length penalty at the length limit bounds the gain, so this loses
 * nothing. Second, with `pruning`, one that is far less probable than the best (Freitag and Al-Onaizan 2017, W17-3207,
 * relative threshold pruning); the `nbest` best are always kept.
 */
export class SentenceSearch {
  readonly #options: SearchSettings;
  readonly #sourceLength: number;
  readonly #maxLength: number;
  /** Best first, at most `nbest`: the others only keep their places in the beam. */
  #ended: readonly Hypothesis[] = [];
  #endedCount = 0;
  #beams: readonly Beam[] = [bos];
  #length = 0;

  /** @param sourceLength S of this sentence, eos included */
  constructor(sourceLength: number, options: SearchSettings) {
    this.#options = options;
    this.#sourceLength = sourceLength;
    this.#maxLength = lengthLimit(sourceLength, options);
  }

  /** Starts again from the beginning. */
  restart(): void {
    this.#ended = [];
    this.#endedCount = 0;
    this.#beams = [bos];
    this.#length = 0;
  }

  /** The number of words in each beam. */
  get length(): number {
    return this.#length;
  }

  /** The beams that continue, at most K; none once the search is done. */
  get beams(): readonly Beam[] {
    return this.#beams;
  }

  /** The hypotheses, best first, at most `nbest`. Unfinished ones come last. */
  get hypotheses(): readonly Hypothesis[] {
    return this.#ended;
  }

  /** Takes one step: `row` is the first of this sentence's rows in `step`, one for each beam. */
  advance(step: StepResult, row: number): void {
    const { beam: width, nbest, lengthPenalty: alpha, pruning } = this.#options;
    this.#length++;
    const candidates = this.#candidates(step, row);
    const least = pruning === 0 ? Number.NEGATIVE_INFINITY : (candidates[0]?.logProbability ?? 0) - pruning;
    const best = candidates
      .slice(0, width - this.#endedCount)
      .filter(({ logProbability }, rank) => rank < nbest || logProbability >= least);
    for (const beam of best) if (beam.word === EOS) this.#end(beam, true);
    const others = best.filter((beam) => beam.word !== EOS);
    if (this.#length === this.#maxLength) {
      for (const beam of others) this.#end(beam, false);
      this.#beams = [];
      return;
    }
    const toBeat = this.#ended[nbest - 1]?.score ?? Number.NEGATIVE_INFINITY;
    const mostGain = lengthPenalty(this.#maxLength, alpha);
    this.#beams = others.filter(({ logProbability }) => logProbability / mostGain > toBeat);
  }

  /** Possible continuations of the beams, most probable first. */
  #candidates(step: StepResult, row: number): Beam[] {
    const candidates: Beam[] = [];
    for (const [k, beam] of this.#beams.entries()) {
      const before = { beam, step, row: row + k };
      for (let i = before.row * step.count; i < (before.row + 1) * step.count; i++) {
        const word = step.words[i] as number;
        if (!this.#allows(word)) continue;
        candidates.push({ word, logProbability: beam.logProbability + (step.logProbabilities[i] as number), before });
      }
    }
    return candidates.sort((a, b) => b.logProbability - a.logProbability);
  }

  #allows(word: number): boolean {
    const { minOutputLength, unknownWords } = this.#options;
    if (word === EOS) return this.#length > minOutputLength;
    return word !== PAD && word !== BOS && (unknownWords || word !== UNKNOWN);
  }

  #end(beam: Beam, finished: boolean): void {
    const words: number[] = [];
    const attention: Record<string, Float32Array[]> = {};
    for (let { word, before } = beam; before !== undefined; { word, before } = before.beam) {
      const { step, row } = before;
      const from = row * step.width;
      for (const [name, weights] of Object.entries(step.attention)) {
        attention[name] ??= [];
        attention[name].push(weights.slice(from, from + this.#sourceLength));
      }
      if (word !== EOS) words.push(word);
    }
    for (const rows of Object.values(attention)) rows.reverse();
    const { lengthPenalty: alpha, coveragePenalty: beta, nbest } = this.#options;
    const { logProbability } = beam;
    const score =
      logProbability / lengthPenalty(this.#length, alpha) + coveragePenalty(attention.attention ?? [], beta);
    this.#endedCount++;
    this.#ended = [...this.#ended, { ids: words.reverse(), logProbability, score, finished, attention }]
      .sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score)
      .slice(0, nbest);
  }
}

const bos: Beam = { word: BOS, logProbability: 0 };

/** The maximum number of words in a hypothesis, eos included. @param sourceLength S, eos included */
export function lengthLimit(sourceLength: number, { maxOutputLength }: SearchSettings): number {
  return maxOutputLength ?? 2 * sourceLength + 10;
}
