/** A language, or several of one script, whose sentences `split(' ')` does not split into words. */
export type Unspaced = 'Chinese' | 'Japanese' | 'Korean' | 'Thai, Lao, Khmer, Burmese or Tibetan';

/** The maximum number of sentences to examine. */
const SAMPLE = 2000;

/**
 * A word takes several letters but only one or two of these characters, so at this share most of a text's words are in
 * them.
 */
const LEAST_SHARE = 0.25;

/** Japanese also uses Chinese characters; this share of its own characters rules out Chinese. */
const LEAST_KANA = 0.05;

const letters = /\p{L}/gu;
const han = /\p{Script=Han}/gu;
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const hangul = /\p{Script=Hangul}/gu;
const southEast = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/gu;

/**
 * The language of some sentences, if it is one whose words BLEU's usual tokenizer does not find: it has no spaces
 * between words, or (Korean) between a word and its particles. Recognised by the letters; undefined for all other
 * languages.
 */
export function unspacedLanguage(sentences: readonly string[]): Unspaced | undefined {
  const text = sentences.slice(0, SAMPLE).join('\n');
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const all = Math.max(1, count(letters));
  const [chinese, japanese] = [count(han), count(kana)];
  if (count(hangul) / all >= LEAST_SHARE) return 'Korean';
  if (count(southEast) / all >= LEAST_SHARE) return 'Thai, Lao, Khmer, Burmese or Tibetan';
  if ((chinese + japanese) / all < LEAST_SHARE) return undefined;
  return japanese / (chinese + japanese) >= LEAST_KANA ? 'Japanese' : 'Chinese';
}

/** Whether a language has no spaces between words. Korean has some, between words with their particles. */
export function hasNoSpaces(language: Unspaced | undefined): boolean {
  return language !== undefined && language !== 'Korean';
}
