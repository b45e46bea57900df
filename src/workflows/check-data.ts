import { totalmem } from 'node:os';
import type { Run } from '../config/run.ts';
import type { Manifest } from '../dataset/manifest.ts';
import { learnedPlaces } from '../models/places.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { InputError } from '../support/errors.ts';

/**
 * Checks that a model has a place for every position of its data, where its parameters are made for so many: the scores
 * of `location` (source), learned positions (both sides).
 * @param where the folder of the data
 * @throws InputError where a sentence of train or dev is longer
 */
export function checkLengths(run: Run, { train, dev }: Manifest['splits'], where: string): void {
  const source = Math.max(train.longest.source, dev.longest.source);
  const target = Math.max(train.longest.target, dev.longest.target);
  const places = learnedPlaces(run);
  const longest = Math.max(places.source ? source : 0, places.target ? target : 0);
  if (longest <= run.maxPositions) return;
  const what = run.arch === 'transformer' ? 'learned positions' : 'location scores';
  throw new InputError(`has a sentence of ${longest} positions, but ${what} are made for ${run.maxPositions}`, {
    where,
    remedy: `--max-positions ${longest}, or prepare the data without longer ones: attn prepare --max-length ${run.maxPositions - 1}`,
  });
}

/**
 * Checks that a training goes on with the data it was begun on: on others the place in its epoch, its best score and its
 * learning curve would mean something else.
 * @param begun `Dataset.fingerprint` of the checkpoint's data
 * @param where the checkpoint
 * @throws InputError where they are others
 */
export function checkSameData(
  begun: string,
  now: { readonly fingerprint: string; readonly directory: string },
  where: string,
): void {
  if (begun === now.fingerprint) return;
  throw new InputError(`this training was started on other data than ${now.directory} holds`, {
    where,
    remedy: 'name the data it was started on (--data), or train into another folder (--out)',
  });
}

/** Bytes of a parameter while it is trained: its value, its gradient, and the two moments of Adam. */
const TRAINING_BYTES = 16;

/** @throws InputError for a model that the memory of this machine cannot hold, before any of it is taken */
export function checkSize(model: Seq2Seq): void {
  const parameters = Object.values(model.parameters).reduce(
    (sum, { shape }) => sum + shape.reduce((n, m) => n * m, 1),
    0,
  );
  if (parameters * TRAINING_BYTES <= totalmem()) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toPrecision(3);
  throw new InputError(
    `training ${parameters.toPrecision(3)} parameters takes ${gigabytes(parameters * TRAINING_BYTES)} GB or more, but this machine has ${gigabytes(totalmem())}`,
    { remedy: 'make it smaller: --hidden, --embedding, --layers, or the vocabularies' },
  );
}
