import { englishPlural } from '../english/words.ts';
import { italianPlural } from '../italian/nouns.ts';
import type { Gender, Noun } from '../syntax.ts';
import { lines } from './tables.ts';

/**
 * Reads a table of nouns of one kind, a line each: `libro m = book`. `m` or `f` is the gender, `mp` or `fp` a noun that
 * is only plural. A plural that no rule gives follows a comma: `uovo m, uova f = egg`, `uomo m, uomini = man, men`.
 * @throws Error for a line that is not of this form: a mistake in the lexicon, found by its test.
 */
export function readNouns(kind: string, table: string, mass: 'mass' | 'counted' = 'counted'): Noun[] {
  return lines(table).map((line) => {
    const match = /^(.+?) (mp?|fp?)(?:, (.+?)(?: ([mf]))?)? = ([^,]+)(?:, (.+))?$/.exec(line);
    if (!match) throw new Error(`not a noun: ${line}`);
    const [, word, code, plural, pluralCode, english, englishMany] = match as unknown as [
      string,
      string,
      string,
      ...(string | undefined)[],
    ];
    const gender: Gender = code.startsWith('m') ? 'masculine' : 'feminine';
    const pluralOnly = code.endsWith('p');
    const many = englishMany ?? (pluralOnly ? (english as string) : englishPlural(english as string));
    return {
      kind,
      gender,
      pluralGender: pluralCode === undefined ? gender : pluralCode === 'm' ? 'masculine' : 'feminine',
      italian: { singular: word, plural: plural ?? (pluralOnly ? word : italianPlural(word, gender)) },
      english: { singular: english as string, plural: many },
      mass: mass === 'mass',
      pluralOnly,
    };
  });
}
