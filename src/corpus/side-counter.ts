import { tokenise } from './text.ts';

/** Counts for one side (one language) of a corpus. Tokens are those of `tokenise`. */
export interface SideCounts {
  readonly tokens: number;
  readonly meanTokens: number;
  /** The length that this percentage of the sentences do not exceed. */
  readonly lengthPercentiles: Readonly<Record<'50' | '75' | '90' | '95' | '99', number>>;
  readonly longest: number;
  readonly atLeast20Tokens: number;
  /** Different tokens, lowercased. */
  readonly types: number;
  /** The share of all tokens that the most frequent types cover. */
  readonly coverage: readonly { readonly types: number; readonly share: number }[];
  /** The words (no punctuation) that occur in the most sentences, with the share of sentences that contain them. */
  readonly frequentWords: readonly { readonly word: string; readonly share: number }[];
}

const PERCENTILES = ['50', '75', '90', '95', '99'] as const;
const COVERAGE_SIZES = [1000, 2000, 4000, 8000, 16_000, 32_000];
const FREQUENT_WORDS = 10;

interface TypeCount {
  tokens: number;
  sentences: number;
  lastSentence: number;
}

/** Counts sentence by sentence; its memory grows with the types, not with the sentences. */
export class SideCounter {
  #sentences = 0;
  /** The number of sentences with n tokens, at index n. */
  readonly #lengths: number[] = [];
  readonly #types = new Map<string, TypeCount>();

  add(sentence: string): void {
    const tokens = tokenise(sentence.toLowerCase());
    const sentenceNumber = ++this.#sentences;
    this.#lengths[tokens.length] = (this.#lengths[tokens.length] ?? 0) + 1;
    for (const token of tokens) {
      let type = this.#types.get(token);
      if (type === undefined) {
        type = { tokens: 0, sentences: 0, lastSentence: 0 };
        this.#types.set(ownCopy(token), type);
      }
      type.tokens++;
      if (type.lastSentence !== sentenceNumber) {
        type.lastSentence = sentenceNumber;
        type.sentences++;
      }
    }
  }

  counts(): SideCounts {
    const lengths = Array.from(this.#lengths, (count) => count ?? 0);
    const tokens = lengths.reduce((sum, count, length) => sum + count * length, 0);
    const byFrequency = [...this.#types.values()].map((type) => type.tokens).sort((a, b) => b - a);
    return {
      tokens,
      meanTokens: this.#sentences === 0 ? 0 : tokens / this.#sentences,
      lengthPercentiles: Object.fromEntries(
        PERCENTILES.map((p) => [p, percentile(lengths, (Number(p) / 100) * this.#sentences)]),
      ) as SideCounts['lengthPercentiles'],
      longest: Math.max(0, lengths.length - 1),
      atLeast20Tokens: lengths.slice(20).reduce((sum, count) => sum + count, 0),
      types: byFrequency.length,
      coverage: COVERAGE_SIZES.map((types) => ({
        types,
        share: tokens === 0 ? 0 : byFrequency.slice(0, types).reduce((sum, count) => sum + count, 0) / tokens,
      })),
      frequentWords: [...this.#types]
        .filter(([word]) => /^\p{L}/u.test(word))
        .sort(([, a], [, b]) => b.sentences - a.sentences)
        .slice(0, FREQUENT_WORDS)
        .map(([word, type]) => ({ word, share: type.sentences / this.#sentences })),
    };
  }
}

function percentile(lengths: readonly number[], atLeast: number): number {
  let sentences = 0;
  for (const [length, count] of lengths.entries()) {
    sentences += count;
    if (sentences >= atLeast) return length;
  }
  return 0;
}

/** V8 keeps the text from which a substring was cut alive; a stored word must not keep a megabyte. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
