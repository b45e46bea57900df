import { Random } from '../support/random.ts';
import { type Corpus, readCorpus } from './corpus.ts';
import { MalformedLines } from './malformed.ts';
import { countOverlap, type Overlap, SentenceGraph } from './sentence-graph.ts';
import { SideCounter, type SideCounts } from './side-counter.ts';
import { normaliseSentence } from './text.ts';

/** Counts for one file of pairs. */
export interface SplitStatistics {
  readonly name: string;
  readonly pairs: number;
  readonly malformed: number;
  readonly source: SideCounts;
  readonly target: SideCounts;
  readonly strayCharacters: Readonly<Record<StrayName, number>>;
}

/** Counts for all splits together. */
export interface CorpusStatistics {
  readonly languages: { readonly source: string; readonly target: string };
  readonly pairs: number;
  readonly parts: readonly SplitStatistics[];
  /** Different sentences, as written and normalised. */
  readonly uniqueSentences: { readonly source: Unique; readonly target: Unique };
  /**
   * Components of the graph in which pairs that share a sentence are connected, as written and normalised, and the
   * largest normalised one.
   */
  readonly components: Unique & { readonly largest: number };
  /** How much of a test set of random rows would also be in train (normalised; shares of the test set). */
  readonly randomRowLeak: { readonly testPairs: number; readonly source: number; readonly target: number };
  /** For each two splits: how many pairs of `part` have a sentence that `within` also has (normalised). */
  readonly overlaps: readonly (Overlap & { readonly part: string; readonly within: string })[];
}

/** A count of different items as written, and after normalisation. */
export interface Unique {
  readonly exact: number;
  readonly normalised: number;
}

/** Names of characters that are seldom intended: they look like others, or are invisible. */
export type StrayName = 'noBreakSpace' | 'curlyApostrophe' | 'zeroWidthSpace' | 'softHyphen';

const strayPatterns: Readonly<Record<StrayName, RegExp>> = {
  noBreakSpace: /[\u00a0\u202f]/g,
  curlyApostrophe: /[\u2018\u2019]/g,
  zeroWidthSpace: /\u200b/g,
  softHyphen: /\u00ad/g,
};
const anyStray = /[\u00a0\u202f\u2018\u2019\u200b\u00ad]/;

/** How many rows `randomRowLeak` draws for its test set, or a tenth of a small corpus. */
const RANDOM_ROWS = 5000;

/**
 * Counts everything `attn data stats` shows, in one pass over each split.
 * @param parts one corpus, or the splits of a split one, whose overlap is counted too
 * @param say called with each split's count of malformed lines and the first of them
 * @throws InputError like `readCorpus`
 */
export async function countCorpus(
  parts: readonly { readonly name: string; readonly corpus: Corpus }[],
  maximumMalformed: number,
  say: (text: string) => void = () => {},
): Promise<CorpusStatistics> {
  const exact = new SentenceGraph();
  const normalised = new SentenceGraph();
  const counted: SplitStatistics[] = [];
  for (const { name, corpus } of parts) {
    const malformed = new MalformedLines(maximumMalformed);
    const [source, target] = [new SideCounter(), new SideCounter()];
    const stray = { noBreakSpace: 0, curlyApostrophe: 0, zeroWidthSpace: 0, softHyphen: 0 };
    const before = exact.pairs;
    for await (const batch of readCorpus(corpus, malformed)) {
      for (const pair of batch) {
        source.add(pair.source);
        target.add(pair.target);
        exact.add(pair.source, pair.target);
        normalised.add(normaliseSentence(pair.source), normaliseSentence(pair.target));
        for (const text of [pair.source, pair.target]) if (anyStray.test(text)) countStray(text, stray);
      }
    }
    const pairs = exact.pairs - before;
    if (malformed.count > 0) say(`${corpus.name}: ${malformed.describe(pairs + malformed.count)}`);
    counted.push({
      name,
      pairs,
      malformed: malformed.count,
      source: source.counts(),
      target: target.counts(),
      strayCharacters: stray,
    });
  }
  const components = normalised.components().sizes;
  return {
    languages: parts[0]!.corpus.languages,
    pairs: exact.pairs,
    parts: counted,
    uniqueSentences: {
      source: { exact: exact.uniqueSources, normalised: normalised.uniqueSources },
      target: { exact: exact.uniqueTargets, normalised: normalised.uniqueTargets },
    },
    components: {
      exact: exact.components().sizes.length,
      normalised: components.length,
      largest: components.reduce((most, size) => Math.max(most, size), 0),
    },
    randomRowLeak: measureRandomRowLeak(normalised),
    overlaps: countOverlaps(normalised, counted),
  };
}

function countStray(text: string, counts: Record<StrayName, number>): void {
  for (const [name, pattern] of Object.entries(strayPatterns)) {
    counts[name as StrayName] += text.match(pattern)?.length ?? 0;
  }
}

function measureRandomRowLeak(graph: SentenceGraph): CorpusStatistics['randomRowLeak'] {
  const testPairs = Math.min(RANDOM_ROWS, Math.floor(graph.pairs / 10));
  if (testPairs === 0) return { testPairs, source: 0, target: 0 };
  const random = new Random('random-row-leak');
  const partOfPair = new Uint8Array(graph.pairs);
  for (let drawn = 0; drawn < testPairs; ) {
    const pair = random.integer(graph.pairs);
    if (partOfPair[pair] === 0) drawn++;
    partOfPair[pair] = 1;
  }
  const { source, target } = countOverlap(graph, partOfPair, 1, 0);
  return { testPairs, source: source / testPairs, target: target / testPairs };
}

function countOverlaps(graph: SentenceGraph, parts: readonly SplitStatistics[]): CorpusStatistics['overlaps'] {
  const partOfPair = new Uint8Array(graph.pairs);
  let end = 0;
  parts.forEach((part, number) => {
    partOfPair.fill(number, end, end + part.pairs);
    end += part.pairs;
  });
  return parts.flatMap((part, of) =>
    parts.slice(0, of).map((other, within) => ({
      part: part.name,
      within: other.name,
      ...countOverlap(graph, partOfPair, of, within),
    })),
  );
}
