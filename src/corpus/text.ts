/** Text of these characters alone is its own NFKC form, and the short patterns below are enough for it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
const beyondAscii = /[^\x00-\x7f]/;

/**
 * The form in which two sentences count as the same: NFKC, lowercase, every run of characters that are neither letters,
 * digits nor `_` made one space. `Dov'è Tom?` and `dov’è tom` are the same sentence.
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
 * The tokens that lengths and types are counted in: runs of letters and digits, and every other sign by itself
 * (`dov'è?` is `dov`, `'`, `è`, `?`). Not what a model sees: that is its vocabulary's affair.
 */
export function tokenise(sentence: string): readonly string[] {
  const pattern = beyondAscii.test(sentence) ? /[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu : /\w+|[^\w\s]/g;
  return sentence.match(pattern) ?? [];
}

/**
 * What stands for a space, in vocabularies and in cleaning: Unicode's white space, the zero-width space at which a line may
 * break, the byte order mark, SentencePiece's own space symbol, and the mark of a character that was lost.
 */
const SPACE = String.raw`[\s\u0085\u200b\u2581\ufffd]`;

/**
 * Every run of what stands for a space.
 */
export const spaces: RegExp = new RegExp(`${SPACE}+`, 'gu');

/**
 * What is nothing at all, in vocabularies and in cleaning: control and format characters that stand for no space. Of these
 * the joiners U+200C and U+200D stay, which Persian, Hindi and emoji need, and the Arabic, Syriac, Kaithi and hieroglyphic
 * signs that are seen.
 */
export const invisible: RegExp = new RegExp(
  String.raw`(?!${SPACE})[\p{Cc}\p{Cf}](?<![\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\u{13430}-\u{1343f}])`,
  'gu',
);

/**
 * A sentence as vocabularies of words have it: lowercase, dashes a space, all other punctuation and symbols dropped
 * (`L'amico, sì!` is `lamico sì`).
 */
export function plainWords(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/\p{Pd}|[\u2581\ufffd]/gu, ' ')
    .replace(/[\p{P}\p{S}]/gu, '');
}
