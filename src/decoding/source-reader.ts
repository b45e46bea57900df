import type { TrainedRun } from '../checkpoints/trained-run.ts';
import { longestSource } from '../models/places.ts';
import { referenceForm } from '../vocabulary/reference-form.ts';
import { EOS } from '../vocabulary/vocabulary.ts';

/** A sentence as a model reads it. */
export interface SourceSentence {
  /** Without eos. */
  readonly ids: readonly number[];
  /** Its pieces and `</s>`; a word that a vocabulary of words does not have stands as it was written. */
  readonly pieces: readonly string[];
  /** Whether it was longer than the models can read, and this is its beginning. */
  readonly truncated: boolean;
}

/** Makes a function from sentences to what models that translate together read of them. */
export function sourceReader(runs: readonly [TrainedRun, ...TrainedRun[]]): (sentence: string) => SourceSentence {
  const [{ vocabularies, folder }] = runs;
  const { source } = vocabularies;
  const longest = Math.min(...runs.map(({ model }) => longestSource(model.options)));
  const words = source.type === 'words' ? referenceForm(source, folder.sourceVocabulary) : undefined;
  return (sentence) => {
    const all = source.encode(sentence);
    const ids = all.slice(0, longest);
    const written = words?.(sentence).split(' ') ?? [];
    const pieces = [...ids.map((id, i) => written[i] ?? source.piece(id)), source.piece(EOS)];
    return { ids, pieces, truncated: all.length > longest };
  };
}
