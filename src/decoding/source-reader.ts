import { EOS, type Vocabulary } from '../vocabulary/vocabulary.ts';

/** A sentence as a model reads it. */
export interface SourceSentence {
  /** Without eos. */
  readonly ids: readonly number[];
  /** Its pieces and `</s>`; a word missing from a vocabulary of words appears as written. */
  readonly pieces: readonly string[];
  /** Whether it was longer than the models can read, and this is only its start. */
  readonly truncated: boolean;
}

/**
 * Makes a function from sentences to what a group of models reads from them.
 * @param longest the maximum number of ids that all of them can read
 * @param words the normalised words of a sentence, for a vocabulary of words (`wordForm`)
 */
export function sourceReader(
  source: Vocabulary,
  { longest, words }: { readonly longest: number; readonly words?: (sentence: string) => string },
): (sentence: string) => SourceSentence {
  return (sentence) => {
    const all = source.encode(sentence);
    const ids = all.slice(0, longest);
    const written = words?.(sentence).split(' ') ?? [];
    const pieces = [...ids.map((id, i) => written[i] ?? source.piece(id)), source.piece(EOS)];
    return { ids, pieces, truncated: all.length > longest };
  };
}
