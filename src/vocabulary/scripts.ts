/** The scripts that are told apart, the most common first; all others count as one. */
const NAMES = [
  ...['Latin', 'Common', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Hangul', 'Devanagari', 'Thai', 'Armenian'],
  ...['Georgian', 'Bengali', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Gujarati', 'Gurmukhi', 'Sinhala', 'Khmer'],
  ...['Lao', 'Myanmar', 'Tibetan', 'Ethiopic', 'Mongolian', 'Syriac', 'Cherokee'],
] as const;
const PATTERNS = NAMES.map((name) => new RegExp(`^\\p{Script=${name}}`, 'u'));
const EAST_ASIAN = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u;
const INHERITED = /^\p{Script=Inherited}/u;

/** For combining marks, which combine with every script. */
export const ANY_SCRIPT = 0;
/** Chinese characters and both Japanese syllabaries, which Japanese mixes within a word. */
const EAST_ASIAN_SCRIPT = 1;
const OTHER_SCRIPT = 2;

/**
 * The script of a character, as a number. All characters of a piece belong to one script, so that punctuation and
 * digits (`Common`) do not merge with letters, as in SentencePiece (split_by_unicode_script).
 */
export function scriptOf(character: string): number {
  if (INHERITED.test(character)) return ANY_SCRIPT;
  if (EAST_ASIAN.test(character)) return EAST_ASIAN_SCRIPT;
  const index = PATTERNS.findIndex((pattern) => pattern.test(character));
  return index < 0 ? OTHER_SCRIPT : OTHER_SCRIPT + 1 + index;
}
