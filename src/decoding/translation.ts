import type { Hypothesis } from './hypothesis.ts';

/** One sentence and its translations. */
export interface Translation {
  readonly source: string;
  /** What the model read: the source's pieces and `</s>`. Nothing for a line without words. */
  readonly pieces: readonly string[];
  /** Whether the sentence was longer than the model can read: its beginning was translated. */
  readonly truncated: boolean;
  /** Best first: as many as `nbest` says, or as the search found. At least one. */
  readonly hypotheses: readonly TranslatedHypothesis[];
}

/** A hypothesis as text. */
export interface TranslatedHypothesis extends Hypothesis {
  readonly text: string;
  /** What the model wrote: its pieces and, where it ended by itself, `</s>`: one for each row of attention. */
  readonly pieces: readonly string[];
}
