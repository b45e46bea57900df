import { Heap } from '../support/heap.ts';
import { type Counted, spell } from './counts.ts';
import { ANY_SCRIPT, scriptOf } from './scripts.ts';

/** The maximum number of characters in a piece, `▁` included (SentencePiece's max_sentencepiece_length). */
export const LONGEST_PIECE = 16;

/** Two neighbouring symbols that could be merged. */
interface Pair {
  readonly left: number;
  readonly right: number;
  readonly text: string;
  readonly length: number;
  count: number;
  /** Positions of `left`; a position counts only while both symbols are still there. */
  readonly places: number[];
}

/**
 * The pieces of a byte-pair encoding (Sennrich et al. 2016), in merge order: the most frequent pair of neighbours is
 * merged into one symbol, again and again. Ties go to the shorter pair, then to the text that sorts first, as in
 * sentencepiece's bpe_model_trainer.cc; a text already made from other parts is skipped.
 *
 * Counts are updated at the positions a merge changes. The queue may hold a pair whose count has since become smaller
 * (never larger: a pair only gains in the step that creates one of its symbols); it is put back when it comes up.
 *
 * @param words the words of the corpus with their counts
 * @param characters the initial symbols; pairs do not extend across any other character
 * @param wanted how many pieces; fewer are returned when nothing is left to merge
 */
export function trainBpe(words: readonly Counted[], characters: readonly Counted[], wanted: number): string[] {
  const texts = characters.map(({ text }) => text);
  const lengths = characters.map(() => 1);
  const scripts = characters.map(({ text }) => (text === '▁' ? ANY_SCRIPT : scriptOf(text)));
  const { symbols, first } = spell(words, characters);
  const next = new Int32Array(symbols.length).fill(-1);
  const previous = new Int32Array(symbols.length).fill(-1);
  const weights = new Float64Array(symbols.length);

  const pairs = new Map<number, Pair | null>();
  const queue = new Heap<{ readonly pair: Pair; readonly count: number }>((a, b) => {
    if (a.count !== b.count) return a.count > b.count;
    return a.pair.length !== b.pair.length ? a.pair.length < b.pair.length : a.pair.text < b.pair.text;
  });
  let created: Pair[] = [];

  const createPair = (left: number, right: number): Pair | null => {
    const length = lengths[left]! + lengths[right]!;
    const oneScript = scripts[left] === scripts[right] || scripts[left] === ANY_SCRIPT || scripts[right] === ANY_SCRIPT;
    if (length > LONGEST_PIECE || !oneScript) return null;
    return { left, right, text: texts[left]! + texts[right]!, length, count: 0, places: [] };
  };
  const gain = (place: number): void => {
    const left = symbols[place]!;
    const right = symbols[next[place]!]!;
    const key = keyOf(left, right);
    let pair = pairs.get(key);
    if (pair === undefined) {
      pair = createPair(left, right);
      pairs.set(key, pair);
      if (pair) created.push(pair);
    }
    if (pair === null) return;
    pair.count += weights[place]!;
    pair.places.push(place);
  };
  const lose = (left: number, right: number, weight: number): void => {
    const pair = pairs.get(keyOf(left, right));
    if (pair) pair.count -= weight;
  };
  const queueCreated = (): void => {
    for (const pair of created) if (pair.count > 0) queue.push({ pair, count: pair.count });
    created = [];
  };
  const mostFrequent = (): Pair | undefined => {
    for (let top = queue.pop(); top !== undefined; top = queue.pop()) {
      if (top.count === top.pair.count) return top.pair;
      if (top.pair.count > 0) queue.push({ pair: top.pair, count: top.pair.count });
    }
    return undefined;
  };

  for (let word = 0; word < words.length; word++) {
    for (let place = first[word]!; place < first[word + 1]!; place++) {
      weights[place] = words[word]!.count;
      if (place === first[word] || symbols[place] === -1 || symbols[place - 1] === -1) continue;
      next[place - 1] = place;
      previous[place] = place - 1;
      gain(place - 1);
    }
  }
  queueCreated();

  const pieces = new Set<string>();
  while (pieces.size < wanted) {
    const best = mostFrequent();
    if (best === undefined) break;
    pairs.delete(keyOf(best.left, best.right));
    if (pieces.has(best.text)) continue;
    pieces.add(best.text);
    const merged = texts.push(best.text) - 1;
    lengths.push(best.length);
    scripts.push(scripts[best.left] === ANY_SCRIPT ? scripts[best.right]! : scripts[best.left]!);
    for (const place of best.places) {
      const right = next[place]!;
      if (symbols[place] !== best.left || right < 0 || symbols[right] !== best.right) continue;
      const before = previous[place]!;
      const after = next[right]!;
      if (before >= 0) lose(symbols[before]!, best.left, weights[place]!);
      if (after >= 0) lose(best.right, symbols[after]!, weights[place]!);
      symbols[place] = merged;
      symbols[right] = -1;
      next[place] = after;
      if (after >= 0) previous[after] = place;
      if (before >= 0) gain(before);
      if (after >= 0) gain(place);
    }
    queueCreated();
  }
  return [...pieces];
}

function keyOf(left: number, right: number): number {
  return left * 0x1000000 + right;
}
