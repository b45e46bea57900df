import type { Hypothesis } from './hypothesis.ts';
import type { SearchOptions } from './search-options.ts';

/** One sentence and its translations. */
export interface Translation {
  readonly source: string;
  /** What the model read: the source's pieces and `</s>`. */
  readonly pieces: readonly string[];
  /** Whether the sentence was longer than the model can read, so that only its start was translated. */
  readonly truncated: boolean;
  /** Best first, at least one: `nbest` of them, or as many as the search found. */
  readonly hypotheses: readonly [TranslatedHypothesis, ...TranslatedHypothesis[]];
}

/** A hypothesis as text. */
export interface TranslatedHypothesis extends Hypothesis {
  readonly text: string;
  /** What the model wrote: its pieces and, if it finished, `</s>`: one for each row of attention. */
  readonly pieces: readonly string[];
}

/** How sentences are translated. */
export interface TranslateOptions extends Omit<SearchOptions, 'unknownWords' | 'prefix'> {
  /** A text with which every translation starts; a space at its end ends its last word. */
  readonly prefix?: string | undefined;
  /**
   * With vocabularies of words and attention: unknown words may be generated, and are replaced by the source word with
   * the most attention. Default true.
   */
  readonly copyUnknown?: boolean;
}
