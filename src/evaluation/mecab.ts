import type { MecabDictionary, WordEntry } from './mecab-dictionary.ts';

/** A candidate word at a position of the sentence. */
interface Node {
  readonly entry: WordEntry;
  /** Byte offsets: start and end of the word, and start of the space before it. */
  readonly from: number;
  readonly begin: number;
  readonly end: number;
  /** The lowest cost up to here, and the previous word on that path. */
  cost: number;
  before: Node | undefined;
}

/** Longer runs of one kind of character are not an unknown word as a whole. */
const LONGEST_GROUP = 24;

const edge: WordEntry = { left: 0, right: 0, partOfSpeech: 0, cost: 0 };

/**
 * The words of a sentence by MeCab's analysis (Kudo, Yamamoto and Matsumoto 2004, W04-3230): of all ways to split it
 * into dictionary and unknown words, the one with the lowest total cost of words and connections; ties are broken like
 * MeCab 0.996. The spaces before a word belong to no word.
 */
export function cutWords(dictionary: MecabDictionary, sentence: string): string[] {
  const bytes = Buffer.from(sentence, 'utf8');
  /** By byte: the words that end there, in the order they were found. */
  const ending = new Map<number, Node[]>();
  ending.set(0, [{ entry: edge, from: 0, begin: 0, end: 0, cost: 0, before: undefined }]);
  for (let at = 0; at < bytes.length; at++) {
    const left = ending.get(at);
    if (left === undefined) continue;
    for (const node of wordsAt(dictionary, bytes, at).reverse()) {
      connect(dictionary, left, node);
      const same = ending.get(node.end);
      if (same === undefined) ending.set(node.end, [node]);
      else same.push(node);
    }
    ending.delete(at - 1);
  }
  let last = bytes.length;
  while (!ending.has(last)) last--;
  const end: Node = { entry: edge, from: last, begin: last, end: last, cost: 0, before: undefined };
  connect(dictionary, ending.get(last) as Node[], end);
  const words: string[] = [];
  for (let node = end.before; node?.before !== undefined; node = node.before) {
    words.push(bytes.toString('utf8', node.begin, node.end));
  }
  return words.reverse();
}

/** Finds the cheapest previous word. Ties go to the last one found, because MeCab's lists are read from their end. */
function connect(dictionary: MecabDictionary, left: readonly Node[], node: Node): void {
  const { entry, from, begin } = node;
  const own = entry.cost + (begin > from ? dictionary.spacePenalty(entry.partOfSpeech) : 0);
  node.cost = Number.POSITIVE_INFINITY;
  for (let i = left.length - 1; i >= 0; i--) {
    const before = left[i] as Node;
    const cost = before.cost + dictionary.connectionCost(before.entry.right, entry.left) + own;
    if (cost >= node.cost) continue;
    node.cost = cost;
    node.before = before;
  }
}

/** The words that may start at a byte, after the space there: dictionary words, and unknown ones. */
function wordsAt(dictionary: MecabDictionary, bytes: Buffer, from: number): Node[] {
  let begin = from;
  let kind = dictionary.space;
  let size = 0;
  for (let seen = kind; begin < bytes.length; begin += size, seen = kind) {
    [kind, size] = dictionary.characterAt(bytes, begin);
    if (!seen.isLike(kind)) break;
  }
  const found: Node[] = [];
  const add = (end: number, entries: readonly WordEntry[]) => {
    for (const entry of entries) found.push({ entry, from, begin, end, cost: 0, before: undefined });
  };
  // only space: no word ends with the sentence
  if (begin >= bytes.length) return found;
  for (const { end, entries } of dictionary.prefixes(bytes, begin)) add(end, entries);
  if (found.length > 0 && !kind.alwaysUnknown) return found;

  const unknown = dictionary.unknownWords(kind);
  const second = begin + size;
  let group: number | undefined;
  if (kind.grouped) {
    let end = second;
    let characters = 0;
    for (let seen = kind; end < bytes.length; characters++) {
      const [next, length] = dictionary.characterAt(bytes, end);
      if (!seen.isLike(next)) break;
      seen = next;
      end += length;
    }
    if (characters <= LONGEST_GROUP) add(end, unknown);
    group = end;
  }
  let end = second;
  for (let characters = 1; characters <= kind.unknownLength && end <= bytes.length; characters++) {
    if (end === group) continue;
    add(end, unknown);
    if (end === bytes.length) break;
    const [next, length] = dictionary.characterAt(bytes, end);
    if (!kind.isLike(next)) break;
    end += length;
  }
  if (found.length === 0) add(second, unknown);
  return found;
}
