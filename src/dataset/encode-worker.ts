import { parentPort, workerData } from 'node:worker_threads';
import { loadVocabulary } from '../vocabulary/load.ts';
import { encodePairs } from './encode.ts';
import type { EncoderPaths } from './encoder.ts';

// The thread of an `Encoder`: each message is some pairs as TSV, each answer their ids, in the same order.
const port = parentPort;
const paths = workerData as EncoderPaths;
const vocabularies = { source: await loadVocabulary(paths.source), target: await loadVocabulary(paths.target) };
port?.on('message', (tsv: string) => {
  const encoded = encodePairs(tsv, vocabularies);
  port.postMessage(encoded, [encoded.ids.buffer, encoded.lengths.buffer]);
});
