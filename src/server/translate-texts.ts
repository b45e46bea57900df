import type { SentenceTranslation } from './api.ts';
import type { KnownModel } from './catalogue.ts';
import type { Search } from './engine.ts';
import type { TranslationQueue } from './queue.ts';
import { sentenceSplitter, wholeText } from './sentences.ts';

/** Texts to translate, for any of the protocols. */
export interface TextRequest {
  readonly model: KnownModel;
  readonly texts: readonly string[];
  /** Whether texts are split into sentences. */
  readonly split: boolean;
  readonly search: Search;
  readonly signal: AbortSignal;
}

/**
 * Translates texts sentence by sentence: results come in order, each as soon as it is ready.
 * @throws Refusal if the queue has no room: at once, before any result
 */
export function translateTexts(
  queue: TranslationQueue,
  { model, texts, split, search, signal }: TextRequest,
): AsyncGenerator<SentenceTranslation, void> {
  const cut = split ? sentenceSplitter(model.sourceLanguage) : wholeText;
  // a lone half of a surrogate pair is not a character
  const sentences = texts.flatMap((text, input) =>
    cut(text.replace(/[\ud800-\udfff]/gu, '\ufffd')).map((sentence) => ({ input, ...sentence })),
  );
  const sources = sentences.map(({ source }) => source);
  const translated = queue.translate({ path: model.path, sentences: sources, search, signal });
  return (async function* () {
    for (const [i, sentence] of sentences.entries()) yield { ...sentence, ...(await translated[i]!) };
  })();
}

/**
 * Each text's translation, with its layout kept.
 * @param count of texts
 * @param rank of the hypotheses to join, 0 is the best; a sentence with fewer uses its last
 */
export function joinTexts(translations: readonly SentenceTranslation[], count: number, rank = 0): string[] {
  const texts: string[] = new Array(count).fill('');
  for (const { input, before, after, hypotheses } of translations) {
    const hypothesis = hypotheses[Math.min(rank, hypotheses.length - 1)];
    texts[input] += `${before}${hypothesis?.text ?? ''}${after}`;
  }
  return texts;
}
