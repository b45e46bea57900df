import { loadTranslator, type TranslateOptions, type Translation } from '../decoding/translator.ts';
import { hasTensorFlow } from '../tensor/backend.ts';
import { openRuntime } from '../tensor/runtime.ts';

/** A model's translations of a test set, and their cost. */
export interface TranslatedSet {
  readonly sentences: readonly Translation[];
  /** From loading the model to the last sentence. */
  readonly seconds: number;
  /** The number of words or pieces written, including each sentence's end. */
  readonly targetTokens: number;
}

/** How a test set is translated. */
export interface TranslateSetOptions {
  readonly search: Omit<TranslateOptions, 'nbest'>;
  readonly signal: AbortSignal;
  /** Called between portions with the number of finished sentences. */
  readonly onProgress?: (sentences: number) => void;
}

/** Sentences per portion: after each it reports progress and checks whether to stop. */
const PORTION = 4096;

/** Translates sentences with the model of a run, as `attn translate` does. @returns undefined when it was interrupted */
export async function translateSet(
  path: string,
  sentences: readonly string[],
  { search, signal, onProgress }: TranslateSetOptions,
): Promise<TranslatedSet | undefined> {
  const backend = hasTensorFlow() ? 'tensorflow' : 'wasm';
  // the engine's own start, which only the first model would pay for, does not count
  (await openRuntime({ backend })).close();
  const begun = performance.now();
  const translator = await loadTranslator(path, { backend });
  try {
    const translated: Translation[] = [];
    for (let from = 0; from < sentences.length; from += PORTION) {
      translated.push(...(await translator.translate(sentences.slice(from, from + PORTION), search)));
      if (signal.aborted) return undefined;
      if (translated.length < sentences.length) onProgress?.(translated.length);
    }
    return {
      sentences: translated,
      seconds: (performance.now() - begun) / 1000,
      targetTokens: translated.reduce((sum, { hypotheses: [best] }) => sum + best.ids.length + 1, 0),
    };
  } finally {
    await translator.close();
  }
}
