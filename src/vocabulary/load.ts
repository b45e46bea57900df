import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InputError, systemCode } from '../support/errors.ts';
import { vocabularyFromBytes } from './from-bytes.ts';
import { loadSentencePiece } from './sentencepiece.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * Loads a model file from `attn vocab`, or from another trainer with the same special ids. Subwords are encoded and
 * decoded by sentencepiece-js, words by lookup.
 * @throws InputError for a file that is missing, damaged, or not such a model
 */
export async function loadVocabulary(path: string): Promise<Vocabulary> {
  const bytes = readModelBytes(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return vocabularyFromBytes(bytes, path, sha256, loadSentencePiece);
}

function readModelBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InputError(systemCode(error) === 'ENOENT' ? 'no such file' : 'cannot be read', {
      ...{ where: path, remedy: 'build it with `attn vocab --train FILE.tsv --out DIR`', cause: error },
    });
  }
}
