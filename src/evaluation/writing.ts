/** A language, or some of one script, whose sentences `split(' ')` does not cut into words. */
export type Unspaced = 'Chinese' | 'Japanese' | 'Korean' | 'Thai, Lao, Khmer, Burmese or Tibetan';

/** The most sentences that are looked at. */
const SAMPLE = 2000;

/** A word takes several letters and one or two of these characters, so this share of them is the most of a text's words. */
const LEAST_SHARE = 0.25;

/** Japanese has Chinese characters among its own; so large a share of its own says that it is no Chinese. */
const LEAST_KANA = 0.05;

const letters = /\p{L}/gu;
const han = /\p{Script=Han}/gu;
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;
const hangul = /\p{Script=Hangul}/gu;
const southEast = /[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/gu;

/**
 * Which language some sentences are in, of those whose words BLEU's usual tokenizer does not find: they have no spaces
 * between words, or between a word and what is joined to it (Korean). Told by their letters; undefined for all others.
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

/** Whether a language has no spaces between its words. Korean has some, between words with what is joined to them. */
export function hasNoSpaces(language: Unspaced | undefined): boolean {
  return language !== undefined && language !== 'Korean';
}
