/** Text of these characters alone is already NFKC, and the short patterns below suffice for it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
const beyondAscii = /[^\x00-\x7f]/;

/**
 * The form in which two sentences count as equal: NFKC, lowercase, with every run of characters other than letters,
 * digits and `_` replaced by one space. `Dov'è Tom?` and `dov’è tom` are the same sentence.
 */
export function normaliseSentence(sentence: string): string {
  if (!beyondAscii.test(sentence)) {
    return sentence
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, ' ')
      .trim();
  }
  return sentence
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_]+/gu, ' ')
    .trim();
}

/**
 * The tokens in which lengths and types are counted: runs of letters and digits, and every other character by itself
 * (`dov'è?` is `dov`, `'`, `è`, `?`). Not the pieces a model sees: those are the vocabulary's.
 */
export function tokenise(sentence: string): readonly string[] {
  const pattern = beyondAscii.test(sentence) ? /[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu : /\w+|[^\w\s]/g;
  return sentence.match(pattern) ?? [];
}

/**
 * Characters that stand for a space, in vocabularies and in cleaning: Unicode white space, the zero-width space at
 * which a line may break, the byte order mark, SentencePiece's space symbol, and the replacement character.
 */
const SPACE = String.raw`[\s\u0085\u200b\u2581\ufffd]`;

/** Every run of characters that stand for a space. */
export const spaces: RegExp = new RegExp(`${SPACE}+`, 'gu');

/**
 * Characters to remove, in vocabularies and in cleaning: control and format characters that do not stand for a space.
 * The joiners U+200C and U+200D stay, because Persian, Hindi and emoji need them, and so do the visible Arabic, Syriac,
 * Kaithi and hieroglyphic signs.
 */
export const invisible: RegExp = new RegExp(
  String.raw`(?!${SPACE})[\p{Cc}\p{Cf}](?<![\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\u{13430}-\u{1343f}])`,
  'gu',
);

/**
 * A sentence for vocabularies of words: lowercase, dashes as spaces, without other punctuation and symbols (`L'amico,
 * sì!` is `lamico sì`).
 */
export function plainWords(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/\p{Pd}|[\u2581\ufffd]/gu, ' ')
    .replace(/[\p{P}\p{S}]/gu, '');
}
