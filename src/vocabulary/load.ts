import { createHash } from 'node:crypto';
import { readWhole } from '../support/file-failures.ts';
import { vocabularyFromBytes } from './from-bytes.ts';
import { loadSentencePiece } from './sentencepiece.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Loads a model file from `attn vocab`, or from another trainer with the same special ids. Subwords are encoded and
 * decoded by sentencepiece-js, words by lookup.
 * @throws InputError for a file that is missing, damaged, or not such a model
 */
export async function loadVocabulary(path: string): Promise<Vocabulary> {
  const bytes = readWhole(path, 'build it with `attn vocab --train FILE.tsv --out DIR`');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return vocabularyFromBytes(bytes, path, sha256, loadSentencePiece);
}
