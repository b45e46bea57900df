import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { attends, loadTranslator, type Translation, type Translator } from '../decoding/translator.ts';
import { InputError } from '../support/errors.ts';
import { hasTensorFlow } from '../tensor/backend.ts';
import type { HypothesisAnswer } from './api.ts';
import type { EngineAnswer, EngineCall, EngineSettings, TranslatedSentence } from './engine.ts';

// The thread that computes: each message contains sentences for one model, each answer their translations.
const port = parentPort;
const { maxLoaded, ...settings } = workerData as EngineSettings;

// a server is asked again and again: what takes longer to start is faster from then on
const backend = settings.backend ?? (hasTensorFlow() ? 'tensorflow' : 'wasm');

/** The models in memory, least recently used first. */
const loaded = new Map<string, Translator>();

async function translatorOf(path: string): Promise<Translator> {
  const found = loaded.get(path);
  const translator = found ?? (await load(path));
  loaded.delete(path);
  loaded.set(path, translator);
  return translator;
}

async function load(path: string): Promise<Translator> {
  for (const [other, translator] of loaded) {
    if (loaded.size < maxLoaded) break;
    loaded.delete(other);
    await translator.close();
  }
  return loadTranslator(path, { ...settings, backend });
}

async function answer({ id, path, sentences, search }: EngineCall): Promise<EngineAnswer> {
  let translator: Translator;
  try {
    translator = await translatorOf(path);
  } catch (error) {
    const text = error instanceof InputError ? error.describe() : String(error);
    return { id, failure: 'load', text, loaded: [...loaded.keys()] };
  }
  const { attention, ...options } = search;
  const withAttention = attention && translator.runs.some(attends);
  try {
    const translations = await translator.translate(sentences, {
      ...options,
      attention: withAttention ? 'mean' : 'none',
    });
    const translated = translations.map((translation) => asAnswer(translation, withAttention));
    return { id, translated, loaded: [...loaded.keys()] };
  } catch (error) {
    return {
      ...{ id, failure: error instanceof InputError ? 'input' : 'run', loaded: [...loaded.keys()] },
      text: error instanceof InputError ? error.message : String(error),
    };
  }
}

function asAnswer({ pieces, truncated, hypotheses }: Translation, withAttention: boolean): TranslatedSentence {
  return {
    sourcePieces: pieces,
    truncated,
    hypotheses: hypotheses.map(({ text, score, logProbability, pieces, finished, attention }): HypothesisAnswer => {
      const rows = (attention.attention ?? []).map((row) =>
        Array.from(row, (weight) => Math.round(weight * 1e5) / 1e5),
      );
      return { text, score, logProbability, pieces, finished, ...(withAttention && { attention: rows }) };
    }),
  };
}

/** The last call: the next one waits for it, or two could load the same model, or more than are allowed. */
let last: Promise<void> = Promise.resolve();

port?.on('message', (call: EngineCall | 'close') => {
  last = last.then(() => (call === 'close' ? close(port) : answer(call).then((told) => port.postMessage(told))));
});

async function close(port: MessagePort): Promise<void> {
  for (const translator of loaded.values()) await translator.close();
  port.close();
}
