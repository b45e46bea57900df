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
 * A sentence as vocabularies of words have it: lowercase, dashes a space, all other punctuation and symbols dropped
 * (`L'amico, sì!` is `lamico sì`).
 */
export function plainWords(sentence: string): string {
  return sentence
    .toLowerCase()
    .replace(/\p{Pd}/gu, ' ')
    .replace(/[\p{P}\p{S}]/gu, '');
}
