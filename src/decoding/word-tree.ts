import { BOS, EOS } from '../vocabulary/vocabulary.ts';

/** What the rows of a step attended to. */
export interface Looks {
  /** Attention by name: [R, width]. */
  readonly attention: Readonly<Record<string, Float32Array>>;
  readonly width: number;
}

/** The node of bos, from which every hypothesis grows. */
export const ROOT = 0;

/**
 * The words of all hypotheses of a sentence: a tree, each node with its word and the node before it. In arrays, because
 * a search adds a node for every word of every hypothesis and reads only those of the few that it returns.
 */
export class WordTree {
  readonly #words: number[] = [BOS];
  readonly #before: number[] = [ROOT];
  /** The row of a step that offered the word. */
  readonly #rows: number[] = [0];
  readonly #logProbabilities: number[] = [0];
  readonly #penalized: number[] = [0];
  /** What the steps attended to: nothing if no attention is kept. */
  readonly #looks: Looks[] = [];

  /** Keeps a step's attention, but not the step itself, so that the probabilities of all words can be freed. */
  keepLooks({ attention, width }: Looks): void {
    this.#looks.push({ attention, width });
  }

  /** Adds a word after a node. @param row of the step that offered it @returns its node */
  add(word: number, before: number, row: number, logProbability: number, penalized: number): number {
    this.#before.push(before);
    this.#rows.push(row);
    this.#logProbabilities.push(logProbability);
    this.#penalized.push(penalized);
    return this.#words.push(word) - 1;
  }

  word(node: number): number {
    return this.#words[node] as number;
  }

  row(node: number): number {
    return this.#rows[node] as number;
  }

  /** Of all words up to a node, in nats. */
  logProbability(node: number): number {
    return this.#logProbabilities[node] as number;
  }

  /** The same after the penalty for repetitions: the ranking criterion of hypotheses that grow. */
  penalized(node: number): number {
    return this.#penalized[node] as number;
  }

  /** The words up to a node, without bos and eos. */
  wordsTo(node: number): number[] {
    const words: number[] = [];
    for (let at = node; at !== ROOT; at = this.#before[at] as number) words.push(this.word(at));
    if (words[0] === EOS) words.shift();
    return words.reverse();
  }

  /** Attention by name for each word up to a node: the first S weights of its row. */
  attentionTo(node: number, S: number): Record<string, Float32Array[]> {
    const attention: Record<string, Float32Array[]> = {};
    if (this.#looks.length === 0) return attention;
    const path: number[] = [];
    for (let at = node; at !== ROOT; at = this.#before[at] as number) path.push(at);
    for (const [t, at] of path.reverse().entries()) {
      const { attention: all, width } = this.#looks[t] as Looks;
      const from = this.row(at) * width;
      for (const [name, weights] of Object.entries(all)) {
        attention[name] ??= [];
        attention[name].push(weights.slice(from, from + S));
      }
    }
    return attention;
  }
}
