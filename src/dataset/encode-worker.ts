import { parentPort, workerData } from 'node:worker_threads';
import { loadVocabulary } from '../vocabulary/load.ts';
import { encodeSides } from './encode.ts';
import type { EncoderPaths } from './encoder.ts';

// The thread of an `Encoder`: each message contains the sides of some pairs, each answer their ids.
const port = parentPort;
const paths = workerData as EncoderPaths;
const vocabularies = { source: await loadVocabulary(paths.source), target: await loadVocabulary(paths.target) };
port?.on('message', (sides: readonly string[]) => {
  const encoded = encodeSides(sides, vocabularies);
  port.postMessage(encoded, [encoded.ids.buffer, encoded.lengths.buffer]);
});
