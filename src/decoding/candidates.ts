/**
 * The best continuations of a sentence's hypotheses, best first, of equal ones the first; in arrays that every step of
 * a search reuses, because it is offered words by the million.
 */
export class Candidates {
  count = 0;
  /** Each one's word, and the number of the hypothesis that it continues. */
  readonly words: Int32Array;
  readonly beams: Int32Array;
  /** Of all its words, in nats; and after the penalty for repetitions, the ranking criterion. */
  readonly logProbabilities: Float64Array;
  readonly penalized: Float64Array;
  #places = 0;

  /** @param most the maximum number of places */
  constructor(most: number) {
    this.words = new Int32Array(most);
    this.beams = new Int32Array(most);
    this.logProbabilities = new Float64Array(most);
    this.penalized = new Float64Array(most);
  }

  /** Starts again with this many places. */
  clear(places: number): void {
    this.count = 0;
    this.#places = places;
  }

  /** Whether a candidate with this criterion would get a place. */
  takes(penalized: number): boolean {
    return this.count < this.#places || penalized > (this.penalized[this.count - 1] as number);
  }

  /** Inserts a candidate if there is a place for it. */
  offer(word: number, beam: number, logProbability: number, penalized: number): void {
    if (!this.takes(penalized)) return;
    const { words, beams, logProbabilities, penalized: all } = this;
    let at = this.count < this.#places ? this.count++ : this.count - 1;
    for (; at > 0 && penalized > (all[at - 1] as number); at--) {
      words[at] = words[at - 1] as number;
      beams[at] = beams[at - 1] as number;
      logProbabilities[at] = logProbabilities[at - 1] as number;
      all[at] = all[at - 1] as number;
    }
    words[at] = word;
    beams[at] = beam;
    logProbabilities[at] = logProbability;
    all[at] = penalized;
  }
}
