import { BOS, EOS } from '../vocabulary/vocabulary.ts';
import { Candidates } from './candidates.ts';
import type { Hypothesis } from './hypothesis.ts';
import { drawWord, isAllowed, preferences, topIndices } from './next-words.ts';
import { coveragePenalty, lengthPenalty } from './penalties.ts';
import type { SearchSettings } from './search-options.ts';
import { type Looks, ROOT, WordTree } from './word-tree.ts';

/** What one step computed for all rows of a search. */
export interface StepResult extends Looks {
  /**
   * The most probable next words of every row, best first: [R, count]. If absent, all words are offered, in order of
   * their ids.
   */
  readonly words?: Int32Array;
  /** [R, count] */
  readonly logProbabilities: Float32Array;
  readonly count: number;
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
 *
 * With sampling, each beam is one of the `nbest` hypotheses from its first word on. Its random numbers belong to (seed,
 * source, number of the sample, length): a sentence gets the same ones whatever is translated with it.
 */
export class SentenceSearch {
  readonly #options: SearchSettings;
  readonly #source: readonly number[];
  readonly #maxLength: number;
  /** The length penalty at the maximum length: the most that a log probability is divided by. */
  readonly #mostGain: number;
  /** Best first, at most `nbest`: the others only keep their places in the beam. */
  #ended: Hypothesis[] = [];
  #endedCount = 0;
  /** Only while it searches: thousands of sentences may wait. */
  #growing: { readonly tree: WordTree; readonly candidates: Candidates } | undefined;
  /** The last node of every beam. */
  #beams: readonly number[] = [ROOT];
  /** The number of every beam among sampled hypotheses. */
  #draws: readonly number[] = [];
  #length = 0;

  /** @param source ids without eos */
  constructor(source: readonly number[], options: SearchSettings) {
    this.#options = options;
    this.#source = source;
    this.#maxLength = lengthLimit(source.length + 1, options);
    this.#mostGain = lengthPenalty(this.#maxLength, options.lengthPenalty);
  }

  /** Starts again from the beginning. */
  restart(): void {
    this.#ended = [];
    this.#endedCount = 0;
    this.#growing = undefined;
    this.#beams = [ROOT];
    this.#draws = [];
    this.#length = 0;
  }

  /** The number of words in each beam. */
  get length(): number {
    return this.#length;
  }

  /** The number of beams that continue, at most K; none once the search is done. */
  get count(): number {
    return this.#beams.length;
  }

  /** The last word of a beam; bos at first. */
  lastWord(beam: number): number {
    return this.#growing?.tree.word(this.#beams[beam] as number) ?? BOS;
  }

  /** The row of the previous step from which a beam continues. */
  origin(beam: number): number {
    return this.#growing?.tree.row(this.#beams[beam] as number) ?? 0;
  }

  /** The words of a beam, without bos. */
  words(beam: number): readonly number[] {
    return this.#growing?.tree.wordsTo(this.#beams[beam] as number) ?? [];
  }

  /** The hypotheses, best first, at most `nbest`. Unfinished ones come last. */
  get hypotheses(): readonly Hypothesis[] {
    return this.#ended;
  }

  /** Takes one step: `row` is the first of this sentence's rows in `step`, one for each beam. */
  advance(step: StepResult, row: number): void {
    const { beam, nbest, sample } = this.#options;
    this.#growing ??= { tree: new WordTree(), candidates: new Candidates(beam) };
    const { tree, candidates } = this.#growing;
    if (step.width > 0) tree.keepLooks(step);
    this.#length++;
    if (sample) {
      this.#draw(tree, step, row);
    } else {
      this.#rank(tree, candidates, step, row);
      this.#grow(tree, candidates, row);
    }
    const toBeat = this.#ended[nbest - 1]?.score ?? Number.NEGATIVE_INFINITY;
    if (this.#length === this.#maxLength) {
      for (const node of this.#beams) this.#end(tree, node, false);
      this.#beams = [];
    } else {
      // a criterion that is not a number beats nothing: the search ends
      this.#keep(this.#beams.map((node) => tree.penalized(node) / this.#mostGain > toBeat));
    }
    if (this.#beams.length === 0) this.#growing = undefined;
  }

  /** The best continuations of all beams, as many as there are places. */
  #rank(tree: WordTree, candidates: Candidates, step: StepResult, row: number): void {
    const { words, logProbabilities, count } = step;
    candidates.clear(this.#options.beam - this.#endedCount);
    for (let k = 0; k < this.#beams.length; k++) {
      const node = this.#beams[k] as number;
      const [before, penalized] = [tree.logProbability(node), tree.penalized(node)];
      if (words === undefined) {
        const all = allWords(step, row + k);
        const preferred = preferences(all, tree.wordsTo(node), this.#options);
        for (const word of topIndices(preferred, this.#options.beam)) {
          candidates.offer(word, k, before + (all[word] as number), penalized + (preferred[word] as number));
        }
        continue;
      }
      for (let i = (row + k) * count; i < (row + k + 1) * count; i++) {
        const [word, logProbability] = [words[i] as number, logProbabilities[i] as number];
        // the next ones are less probable
        if (!candidates.takes(penalized + logProbability)) break;
        if (isAllowed(word, this.#length, this.#options))
          candidates.offer(word, k, before + logProbability, penalized + logProbability);
      }
    }
  }

  /** Continues with the candidates, without those that are far less probable than the best; eos ends a hypothesis. */
  #grow(tree: WordTree, { count, words, beams, logProbabilities, penalized }: Candidates, row: number): void {
    const { nbest, pruning } = this.#options;
    const least = pruning === 0 ? Number.NEGATIVE_INFINITY : (penalized[0] as number) - pruning;
    const next: number[] = [];
    for (let i = 0; i < count; i++) {
      const criterion = penalized[i] as number;
      if (i >= nbest && !(criterion >= least)) continue;
      const [word, beam] = [words[i] as number, beams[i] as number];
      const node = tree.add(word, this.#beams[beam] as number, row + beam, logProbabilities[i] as number, criterion);
      if (word === EOS) this.#end(tree, node, true);
      else next.push(node);
    }
    this.#beams = next;
  }

  /** Each hypothesis with one more word, sampled. */
  #draw(tree: WordTree, step: StepResult, row: number): void {
    const { nbest, seed } = this.#options;
    const isFirst = this.#length === 1;
    const draws = isFirst ? Array.from({ length: nbest }, (_, draw) => draw) : this.#draws;
    const nodes = draws.map((draw, k) => {
      const [node, own] = isFirst ? [ROOT, row] : [this.#beams[k] as number, row + k];
      const all = allWords(step, own);
      const preferred = preferences(all, tree.wordsTo(node), this.#options);
      const key = [seed, 'translation', this.#source.join(' '), draw, this.#length];
      const word = drawWord(preferred, this.#options, key);
      const logProbability = tree.logProbability(node) + (all[word] as number);
      return tree.add(word, node, own, logProbability, tree.penalized(node) + (preferred[word] as number));
    });
    const isEnd = nodes.map((node) => tree.word(node) === EOS);
    for (const [k, node] of nodes.entries()) if (isEnd[k]) this.#end(tree, node, true);
    this.#beams = nodes;
    this.#draws = draws;
    this.#keep(isEnd.map((ends) => !ends));
  }

  /** Continues with only some beams. */
  #keep(kept: readonly boolean[]): void {
    this.#beams = this.#beams.filter((_, k) => kept[k]);
    this.#draws = this.#draws.filter((_, k) => kept[k]);
  }

  #end(tree: WordTree, node: number, finished: boolean): void {
    const { lengthPenalty: alpha, coveragePenalty: beta, nbest } = this.#options;
    this.#endedCount++;
    const S = this.#source.length + 1;
    let score = tree.penalized(node) / lengthPenalty(this.#length, alpha);
    if (beta > 0) score += coveragePenalty(tree.attentionTo(node, S).attention ?? [], beta);
    let at = this.#ended.length;
    while (at > 0 && isBetter({ score, finished }, this.#ended[at - 1] as Hypothesis)) at--;
    if (at === nbest) return;
    const found = { ids: tree.wordsTo(node), logProbability: tree.logProbability(node), score, finished };
    this.#ended.splice(at, 0, { ...found, attention: tree.attentionTo(node, S) });
    if (this.#ended.length > nbest) this.#ended.pop();
  }
}

type Ranked = Pick<Hypothesis, 'score' | 'finished'>;

function isBetter(a: Ranked, b: Ranked): boolean {
  return a.finished === b.finished ? a.score > b.score : a.finished;
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
