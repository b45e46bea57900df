import { BOS, EOS } from '../vocabulary/vocabulary.ts';
import type { Hypothesis } from './hypothesis.ts';
import { drawWord, isAllowed, preferences, topIndices } from './next-words.ts';
import { coveragePenalty, lengthPenalty } from './penalties.ts';
import type { SearchSettings } from './search-options.ts';

/** What one step computed for all rows of a search. */
export interface StepResult {
  /**
   * The most probable next words of every row, best first: [R, count]. If absent, all words are offered, in order of
   * their ids.
   */
  readonly words?: Int32Array;
  /** [R, count] */
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
  /** The same after the penalty for repetitions: the ranking criterion of beams. */
  readonly penalized: number;
  /** Its number among sampled hypotheses. */
  readonly draw?: number;
  /** The beam it grew from, and where that happened; absent for bos. */
  readonly before?: Growth & { readonly beam: Beam };
}

/** A row of a step, and what it attended to. */
interface Growth extends Pick<StepResult, 'attention' | 'width'> {
  readonly row: number;
}

/** A possible next word of a beam. */
type Offer = Pick<Beam, 'word' | 'logProbability' | 'penalized'>;

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
 *
 * With sampling, each beam is one of the `nbest` hypotheses from its first word on. Its random numbers belong to (seed,
 * source, number of the sample, length): a sentence gets the same ones whatever is translated with it.
 */
export class SentenceSearch {
  readonly #options: SearchSettings;
  readonly #source: readonly number[];
  readonly #maxLength: number;
  /** Best first, at most `nbest`: the others only keep their places in the beam. */
  #ended: readonly Hypothesis[] = [];
  #endedCount = 0;
  #beams: readonly Beam[] = [bos];
  #length = 0;

  /** @param source ids without eos */
  constructor(source: readonly number[], options: SearchSettings) {
    this.#options = options;
    this.#source = source;
    this.#maxLength = lengthLimit(source.length + 1, options);
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
    const { nbest, lengthPenalty: alpha, sample } = this.#options;
    this.#length++;
    const best = sample ? this.#draws(step, row) : this.#best(step, row);
    for (const beam of best) if (beam.word === EOS) this.#end(beam, true);
    const others = best.filter((beam) => beam.word !== EOS);
    if (this.#length === this.#maxLength) {
      for (const beam of others) this.#end(beam, false);
      this.#beams = [];
      return;
    }
    const toBeat = this.#ended[nbest - 1]?.score ?? Number.NEGATIVE_INFINITY;
    const mostGain = lengthPenalty(this.#maxLength, alpha);
    this.#beams = others.filter(({ penalized }) => penalized / mostGain > toBeat);
  }

  /** The best continuations of all beams, as many as there are places, without those that are far less probable. */
  #best(step: StepResult, row: number): Beam[] {
    const { beam: width, nbest, pruning } = this.#options;
    const places = width - this.#endedCount;
    /** Best first; of equal ones the first. */
    const best: Beam[] = [];
    for (const [k, beam] of this.#beams.entries()) {
      const before = { ...growth(step, row + k), beam };
      // called for every word that is offered: no objects but for those that get a place
      const add = (word: number, logProbability: number, preference: number) => {
        const penalized = beam.penalized + preference;
        let at = best.length;
        while (at > 0 && penalized > (best[at - 1] as Beam).penalized) at--;
        if (at >= places) return;
        best.splice(at, 0, { word, before, logProbability: beam.logProbability + logProbability, penalized });
        if (best.length > places) best.pop();
      };
      if (step.words === undefined) {
        for (const { word, logProbability, penalized } of this.#preferred(beam, step, row + k))
          add(word, logProbability, penalized);
        continue;
      }
      for (let i = (row + k) * step.count; i < (row + k + 1) * step.count; i++) {
        const word = step.words[i] as number;
        const logProbability = step.logProbabilities[i] as number;
        // the next ones are less probable
        if (best.length === places && !(beam.penalized + logProbability > (best[places - 1]?.penalized ?? 0))) break;
        if (isAllowed(word, this.#length, this.#options)) add(word, logProbability, logProbability);
      }
    }
    const least = pruning === 0 ? Number.NEGATIVE_INFINITY : (best[0]?.penalized ?? 0) - pruning;
    return best.filter(({ penalized }, rank) => rank < nbest || penalized >= least);
  }

  /** The K best of all words after a beam, by its preferences. */
  #preferred(beam: Beam, step: StepResult, row: number): Offer[] {
    const all = allWords(step, row);
    const preferred = preferences(all, wordsOf(beam), this.#options);
    return topIndices(preferred, this.#options.beam).map((word) => ({
      ...{ word, logProbability: all[word] as number, penalized: preferred[word] as number },
    }));
  }

  /** Each hypothesis with one more word, sampled. */
  #draws(step: StepResult, row: number): Beam[] {
    const { nbest, seed } = this.#options;
    const beams = this.#length === 1 ? Array.from({ length: nbest }, (_, draw) => ({ ...bos, draw })) : this.#beams;
    return beams.map((beam, k) => {
      const own = this.#length === 1 ? row : row + k;
      const all = allWords(step, own);
      const preferred = preferences(all, wordsOf(beam), this.#options);
      const key = [seed, 'translation', this.#source.join(' '), beam.draw as number, this.#length];
      const word = drawWord(preferred, this.#options, key);
      return {
        ...{ word, draw: beam.draw as number, before: { ...growth(step, own), beam } },
        logProbability: beam.logProbability + (all[word] as number),
        penalized: beam.penalized + (preferred[word] as number),
      };
    });
  }

  #end(beam: Beam, finished: boolean): void {
    const attention: Record<string, Float32Array[]> = {};
    for (let { before } = beam; before !== undefined; { before } = before.beam) {
      const from = before.row * before.width;
      for (const [name, weights] of Object.entries(before.attention)) {
        attention[name] ??= [];
        attention[name].push(weights.slice(from, from + this.#source.length + 1));
      }
    }
    for (const rows of Object.values(attention)) rows.reverse();
    const { lengthPenalty: alpha, coveragePenalty: beta, nbest } = this.#options;
    const { logProbability, penalized } = beam;
    const score = penalized / lengthPenalty(this.#length, alpha) + coveragePenalty(attention.attention ?? [], beta);
    this.#endedCount++;
    this.#ended = [...this.#ended, { ids: wordsOf(beam), logProbability, score, finished, attention }]
      .sort((a, b) => Number(b.finished) - Number(a.finished) || b.score - a.score)
      .slice(0, nbest);
  }
}

const bos: Beam = { word: BOS, logProbability: 0, penalized: 0 };

/** The words of a beam, without bos and eos. */
function wordsOf(beam: Beam): number[] {
  const words: number[] = [];
  for (let { word, before } = beam; before !== undefined; { word, before } = before.beam) words.push(word);
  if (words[0] === EOS) words.shift();
  return words.reverse();
}

/** Does not keep the step itself, so that the probabilities of all words can be freed. */
function growth({ attention, width }: StepResult, row: number): Growth {
  return { attention, width, row };
}

function allWords({ logProbabilities, count }: StepResult, row: number): Float32Array {
  return logProbabilities.subarray(row * count, (row + 1) * count);
}

/** The maximum number of words in a hypothesis, eos included. @param sourceLength S, eos included */
export function lengthLimit(
  sourceLength: number,
  { maxOutputLength, minOutputLength, prefix }: SearchSettings,
): number {
  return maxOutputLength ?? Math.max(2 * sourceLength + (prefix?.ids.length ?? 0), minOutputLength) + 10;
}
