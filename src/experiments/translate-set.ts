import type { TrainedRun } from '../checkpoints/trained-run.ts';
import type { Hypothesis } from '../decoding/hypothesis.ts';
import { createSearch } from '../decoding/search.ts';
import type { SearchOptions } from '../decoding/search-options.ts';
import { openRuntime } from '../tensor/runtime.ts';
import { EOS } from '../vocabulary/vocabulary.ts';

/** A translated sentence: what the encoder read, and the best hypothesis with its text. */
export interface Translated {
  /** The source's pieces, `</s>` among them. */
  readonly pieces: readonly string[];
  readonly text: string;
  readonly hypothesis: Hypothesis;
}

/** A model's translations of a test set, and what they took. */
export interface TranslatedSet {
  readonly sentences: readonly Translated[];
  /** Compiling counts. */
  readonly seconds: number;
  /** Words or pieces that were written, each sentence's end among them. */
  readonly targetTokens: number;
}

/** Sentences of a portion: after each it says how far it is, and looks whether it is to stop. */
const PORTION = 4096;

/** How a test set is translated. */
export interface TranslateSetOptions {
  readonly search: SearchOptions;
  readonly signal: AbortSignal;
  /** Told how many sentences are done, between two portions. */
  readonly onProgress?: (sentences: number) => void;
}

/** Translates sentences with a run's model. @returns undefined when it was interrupted */
export async function translateSet(
  { model, checkpoint, vocabularies }: TrainedRun,
  sentences: readonly string[],
  { search: options, signal, onProgress }: TranslateSetOptions,
): Promise<TranslatedSet | undefined> {
  const runtime = await openRuntime();
  try {
    const variables = await runtime.variables(checkpoint.parameters);
    const begun = performance.now();
    const search = createSearch(runtime, [{ model, prefix: '' }], variables);
    const translated: Translated[] = [];
    for (let from = 0; from < sentences.length; from += PORTION) {
      const ids = sentences.slice(from, from + PORTION).map((sentence) => vocabularies.source.encode(sentence));
      const found = await search(ids, options);
      for (const [i, [hypothesis]] of found.entries()) {
        if (hypothesis === undefined) throw new Error(`the search found nothing for sentence ${from + i + 1}`);
        translated.push({
          pieces: [...(ids[i] ?? []), EOS].map((id) => vocabularies.source.piece(id)),
          text: vocabularies.target.decode(hypothesis.ids),
          hypothesis,
        });
      }
      if (translated.length < sentences.length) onProgress?.(translated.length);
      if (signal.aborted) return undefined;
    }
    return {
      sentences: translated,
      seconds: (performance.now() - begun) / 1000,
      targetTokens: translated.reduce((sum, { hypothesis }) => sum + hypothesis.ids.length + 1, 0),
    };
  } finally {
    runtime.close();
  }
}
