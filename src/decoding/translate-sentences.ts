import { EOS, UNKNOWN, type Vocabulary } from '../vocabulary/vocabulary.ts';
import type { Hypothesis } from './hypothesis.ts';
import { prefixOf } from './prefix.ts';
import type { Search } from './search.ts';
import { atLeast, type SearchOptions, withDefaults } from './search-options.ts';
import type { SourceSentence } from './source-reader.ts';
import type { TranslatedHypothesis, TranslateOptions, Translation } from './translation.ts';

/** The parts of a translator: models in an engine, Node's or a browser's, with their vocabularies. */
export interface TranslatingParts {
  readonly read: (sentence: string) => SourceSentence;
  readonly target: Vocabulary;
  /** Whether unknown words can be copied: both vocabularies are of words, and a model has attention. */
  readonly canCopy: boolean;
  /** The search for this many sentences. */
  readonly searchFor: (sentences: number) => Promise<Search>;
}

/** Translates sentences together. A line without words stays empty. */
export async function translateSentences(
  { read, target, canCopy, searchFor }: TranslatingParts,
  sentences: readonly string[],
  { copyUnknown = true, prefix, ...options }: TranslateOptions,
): Promise<Translation[]> {
  const copies = copyUnknown && canCopy;
  const sources = sentences.map(read);
  // skip lines without words
  const worded = sources.filter(({ ids }) => ids.length > 0);
  const ids = worded.map((source) => source.ids);
  const search = withDefaults(options);
  const settings: SearchOptions = {
    ...search,
    ...(prefix !== undefined && { prefix: prefixOf(prefix, target) }),
    unknownWords: copies,
    attention: atLeast(search.attention, copies ? 'mean' : 'none'),
  };
  const found = ids.length === 0 ? [] : await (await searchFor(ids.length))(ids, settings);
  const hypotheses = new Map(worded.map((source, i) => [source, found[i] ?? []]));
  return sources.map((source, i) => {
    const own = hypotheses.get(source)?.map((hypothesis) => asText(hypothesis, source, target, copies)) ?? [];
    const [best = nothing, ...others] = own;
    const { pieces, truncated } = source;
    return { source: sentences[i] as string, pieces, truncated, hypotheses: [best, ...others] };
  });
}

/** The translation of an empty line. */
const nothing: TranslatedHypothesis = {
  ...{ ids: [], logProbability: 0, score: 0, finished: true, attention: {} },
  ...{ text: '', pieces: [] },
};

function asText(
  hypothesis: Hypothesis,
  source: SourceSentence,
  target: Vocabulary,
  copies: boolean,
): TranslatedHypothesis {
  const { ids, finished } = hypothesis;
  return {
    ...hypothesis,
    text: copies ? copyUnknownWords(hypothesis, source, target) : target.decode(ids),
    pieces: (finished ? [...ids, EOS] : ids).map((id) => target.piece(id)),
  };
}

/**
 * A text of words, each unknown one replaced by the source word with the most attention (Luong et al. 2015, D15-1166).
 */
function copyUnknownWords(
  { ids, attention }: Hypothesis,
  { pieces }: SourceSentence,
  target: Pick<Vocabulary, 'decode'>,
): string {
  const words = pieces.slice(0, -1);
  const copied = ids.map((id, t) => {
    const weights = attention.attention?.[t]?.subarray(0, words.length);
    if (id !== UNKNOWN || weights === undefined) return target.decode([id]);
    return words[weights.indexOf(Math.max(...weights))] as string;
  });
  return copied.join(' ');
}
