import { invisible, plainWords, spaces } from '../corpus/text.ts';

/**
 * The normalisations attn trains with, as replacements for a model file's charsmap.
 *
 * `nfkc` is close to what the C++ trainer calls nmt_nfkc: Unicode NFKC, every kind of space one space, control and
 * format characters dropped, by the same rules for each character as `attn data clean`. It replaces each character and
 * each sequence that composes into one. Unchanged: Korean jamo (never written separately in modern text) and combining
 * marks in a non-canonical order.
 *
 * `nfkc_cf` also folds case, like SentencePiece's `nfkc_cf` (Unicode's simple case folding): `PERCHÉ` becomes `perché`.
 * `identity` replaces nothing: runs of spaces still count as one. `words` adds the seed notebook's normalisation
 * (`plainWords`) to `nfkc`.
 */
export type NormalizationName = 'nfkc' | 'nfkc_cf' | 'identity' | 'words';

/** Code points to examine: the planes with assigned characters, without the large scripts that NFKC does not change. */
const RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x0001, 0x33ff],
  [0xa000, 0xabff],
  [0xf900, 0x11fff],
  [0x16e40, 0x16edf],
  [0x1b000, 0x1ffff],
  [0x2f800, 0x2fa1f],
  [0xe0001, 0xe007f],
];

/** The replacements of a normalisation, for `compileCharsmap`. */
export function normalizationRules(name: NormalizationName): Map<string, string> {
  const rules = new Map<string, string>();
  if (name === 'identity') return rules;
  const finish = { nfkc: (text: string) => text, nfkc_cf: foldCase, words: plainWords }[name];
  const add = (key: string, replacement: string) => {
    if (key !== replacement) rules.set(key, replacement);
  };
  for (const [first, last] of RANGES) {
    for (let codePoint = first; codePoint <= last; codePoint++) {
      const character = String.fromCodePoint(codePoint);
      add(character, finish(normalizedCharacter(character)));
      for (const sequence of decomposedForms(character)) add(sequence, finish(sequence.normalize('NFKC')));
    }
  }
  return rules;
}

/** Letters that fold to upper case: Cherokee, whose upper case is older. */
const FOLDED_UP = /[\u13f8-\u13fd\uab70-\uabbf]/u;
/** Letters without case folding for which JavaScript has another case: upper-case Cherokee, and the dotless i. */
const UNFOLDED = /[\u13a0-\u13f5\u0131]/u;

/**
 * Unicode's simple case folding, letter by letter, as in SentencePiece: a letter stays if its other case has several
 * letters (`ß`, `İ`).
 */
function foldCase(text: string): string {
  const folded = Array.from(text, (character) => {
    if (UNFOLDED.test(character)) return character;
    if (FOLDED_UP.test(character)) return character.toUpperCase();
    const one = (cased: string) => ([...cased].length === 1 ? cased : character);
    return one(one(character.toUpperCase()).toLowerCase());
  });
  return folded.join('');
}

function normalizedCharacter(character: string): string {
  return character.replace(spaces, ' ').replace(invisible, '').normalize('NFKC');
}

/**
 * The ways to write a composed character in parts: fully decomposed, and with the first parts composed (`ê` and a hook
 * for `ể`).
 */
function decomposedForms(character: string): string[] {
  const parts = [...character.normalize('NFKD')];
  if (parts.length === 1 || parts.join('').normalize('NFKC') === parts.join('')) return [];
  return parts.slice(1).map(
    (_, i) =>
      parts
        .slice(0, i + 1)
        .join('')
        .normalize('NFKC') + parts.slice(i + 1).join(''),
  );
}
