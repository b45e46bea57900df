import { openTrainedRun } from '../checkpoints/trained-run.ts';
import { InputError } from '../support/errors.ts';

/**
 * The pieces of a sentence and a run's source embeddings for them.
 * @throws InputError like `openTrainedRun`, and for a sentence without words
 */
export async function learnedVectors(
  path: string,
  sentence: string,
): Promise<{ readonly tokens: readonly string[]; readonly vectors: readonly (readonly number[])[] }> {
  const { checkpoint, vocabularies } = await openTrainedRun({ name: path, path });
  const table = checkpoint.parameters['encoder.embedding.weight'];
  const ids = vocabularies.source.encode(sentence);
  if (table === undefined || ids.length === 0) {
    throw new InputError('the vocabulary finds no words in this sentence', { where: path, remedy: 'try another one' });
  }
  const size = table.shape[1] as number;
  return {
    tokens: ids.map((id) => vocabularies.source.piece(id)),
    vectors: ids.map((id) => [...table.data.subarray(id * size, (id + 1) * size)]),
  };
}
