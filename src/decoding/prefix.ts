import { InputError } from '../support/errors.ts';
import { EOS, UNKNOWN, type Vocabulary } from '../vocabulary/vocabulary.ts';

/** How translations have to begin. */
export interface Prefix {
  /** The words or pieces that come first. */
  readonly ids: readonly number[];
  /** Whether a word may be the first one after them; without it, any. */
  readonly goesOn?: (word: number) => boolean;
}

/**
 * A text as the beginning of translations. A space at its end ends its last word: what follows begins another one.
 * @throws InputError for a text with words or characters that the vocabulary does not have
 */
export function prefixOf(text: string, target: Vocabulary): Prefix {
  const ids = target.encode(text);
  if (ids.includes(UNKNOWN)) {
    throw new InputError(`the model has never written all of '${text}', so no translation can begin with it`, {
      where: '--prefix',
      remedy: `what its vocabulary makes of it is: ${target.decode(ids)}`,
    });
  }
  if (target.type === 'words' || ids.length === 0 || !/\s$/u.test(text)) return { ids };
  return { ids, goesOn: (word) => word === EOS || target.piece(word).startsWith('▁') };
}
