import { BOS, EOS, PAD } from '../vocabulary/vocabulary.ts';
import { mostWords, type SearchOptions } from './options.ts';
import { hypothesisScore } from './penalties.ts';

/** A translation as ids, with what the search knows of it. */
export interface Hypothesis {
  /** Without eos. */
  readonly ids: readonly number[];
  /** Of all its words and its eos, in nats. */
  readonly logProbability: number;
  /** What it was ranked by: the log probability after the penalties. */
  readonly score: number;
  /** Whether it ended by itself, not at the length limit. */
  readonly finished: boolean;
  /** Attention by name (`attention`, then a transformer's heads): a row of S weights, padding left out, for each word and the eos. */
  readonly attention: Readonly<Record<string, readonly Float32Array[]>>;
}

/** A beam that goes on: the last step that it comes from. */
interface Beam {
  readonly logProbability: number;
  /** The row, among this sentence's, that it grew from at the step before. */
  readonly origin: number;
  readonly word: number;
}

/** One step of the past: the beams before it, and the attention that each had in it. */
interface Moment {
  readonly beams: readonly Beam[];
  readonly attention: readonly Readonly<Record<string, Float32Array>>[];
}

/** What one step made of a sentence's rows. */
export interface StepResult {
  /** The most probable next words of each row and their log probabilities, [K, count] in a row. */
  readonly words: Int32Array;
  readonly logProbabilities: Float32Array;
  readonly count: number;
  /** Attention of each row by name, [K, S] in a row with S of the batch. */
  readonly attention: Readonly<Record<string, Float32Array>>;
  readonly width: number;
}

/**
 * The search for one sentence: its beams, their history, and the hypotheses that ended. Knows nothing of the model; a
 * batch of these is moved along together by `search`.
 */
export class SentenceSearch {
  readonly #options: SearchOptions;
  readonly #sourceLength: number;
  readonly #maxLength: number;
  readonly #history: Moment[] = [];
  readonly #ended: Hypothesis[] = [];
  #beams: readonly Beam[];

  /** @param sourceLength S of this sentence, eos counted */
  constructor(sourceLength: number, start: number, options: SearchOptions) {
    this.#options = options;
    this.#sourceLength = sourceLength;
    this.#maxLength = mostWords(options, sourceLength);
    this.#beams = [{ logProbability: 0, origin: 0, word: start }];
  }

  get done(): boolean {
    return this.#beams.length === 0;
  }

  /** The beams that go on: the word that each ends with, and the row it grew from. At most K. */
  get beams(): readonly Beam[] {
    return this.#beams;
  }

  /** The hypotheses, best first. */
  get hypotheses(): readonly Hypothesis[] {
    return [...this.#ended].sort((a, b) => b.score - a.score);
  }

  /**
   * Chooses the next beams. Of the candidates of all rows the best 2K are looked at: one that ends in eos is a finished
   * hypothesis if it is among the best K; the first K others go on. The sentence is done when K hypotheses have ended.
   */
  advance(step: StepResult): void {
    const { beam, minLength } = this.#options;
    const length = this.#history.length + 1;
    const attention = this.#beams.map((_, row) => this.#attentionOf(step, row));
    const candidates: Beam[] = [];
    for (const [row, { logProbability }] of this.#beams.entries()) {
      for (let i = row * step.count; i < (row + 1) * step.count; i++) {
        const word = step.words[i] as number;
        if (neverSaid(word) || (word === EOS && length <= minLength)) continue;
        candidates.push({ logProbability: logProbability + (step.logProbabilities[i] as number), origin: row, word });
      }
    }
    candidates.sort((a, b) => b.logProbability - a.logProbability);
    this.#history.push({ beams: this.#beams, attention });
    const next: Beam[] = [];
    for (const [rank, candidate] of candidates.slice(0, 2 * beam).entries()) {
      if (next.length === beam) break;
      if (candidate.word === EOS) {
        if (rank < beam) this.#end(candidate, true);
      } else {
        next.push(candidate);
      }
    }
    // what has not ended by itself ends here, its last word said but without an eos
    if (length >= this.#maxLength && this.#ended.length < beam)
      for (const candidate of next) this.#end(candidate, false);
    this.#beams = this.#ended.length >= beam || length >= this.#maxLength ? [] : next;
  }

  #end(last: Beam, finished: boolean): void {
    const words = finished ? [] : [last.word];
    const attention: Readonly<Record<string, Float32Array>>[] = [];
    let row = last.origin;
    for (let t = this.#history.length - 1; t >= 0; t--) {
      const { beams, attention: rows } = this.#history[t] as Moment;
      const beam = beams[row] as Beam;
      attention.push(rows[row] as Readonly<Record<string, Float32Array>>);
      if (t > 0) words.push(beam.word);
      row = beam.origin;
    }
    words.reverse();
    attention.reverse();
    const names = Object.keys(attention[0] ?? {});
    const byName = Object.fromEntries(names.map((name) => [name, attention.map((at) => at[name] as Float32Array)]));
    const covered = new Float64Array(names.length === 0 ? 0 : this.#sourceLength);
    for (const weights of byName[names[0] ?? ''] ?? [])
      for (const [s, weight] of weights.entries()) covered[s] = (covered[s] as number) + weight;
    this.#ended.push({
      ids: words,
      logProbability: last.logProbability,
      score: hypothesisScore(last.logProbability, this.#history.length, covered, this.#options),
      finished,
      attention: byName,
    });
  }

  #attentionOf(step: StepResult, row: number): Readonly<Record<string, Float32Array>> {
    const from = row * step.width;
    const slice = (weights: Float32Array) => weights.slice(from, from + this.#sourceLength);
    return Object.fromEntries(Object.entries(step.attention).map(([name, weights]) => [name, slice(weights)]));
  }
}

/** pad and bos are never part of a translation. */
function neverSaid(word: number): boolean {
  return word === PAD || word === BOS;
}
