import { InputError } from '../support/errors.ts';
import { EOS, UNKNOWN, type Vocabulary } from '../vocabulary/vocabulary.ts';

/** How translations must start. */
export interface Prefix {
  /** The first words or pieces. */
  readonly ids: readonly number[];
  /** Whether a word may follow them; by default any. */
  readonly goesOn?: (word: number) => boolean;
}

/**
 * A text as the start of translations. A space at its end ends its last word: what follows starts another.
 * @throws InputError for a text with words or characters that the vocabulary lacks
 */
export function prefixOf(text: string, target: Vocabulary): Prefix {
  const ids = target.encode(text);
  if (ids.includes(UNKNOWN)) {
    throw new InputError(
      `the vocabulary of the model cannot write all of '${text}', so no translation can start with it`,
      {
        where: '--prefix',
        remedy: `it turns the text into: ${target.decode(ids)}`,
      },
    );
  }
  if (target.type === 'words' || ids.length === 0 || !/\s$/u.test(text)) return { ids };
  return { ids, goesOn: (word) => word === EOS || target.piece(word).startsWith('▁') };
}
