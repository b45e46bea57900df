import { totalmem } from 'node:os';
import type { Run } from '../config/run.ts';
import type { Manifest } from '../dataset/manifest.ts';
import { learnedPlaces } from '../models/places.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { InputError } from '../support/errors.ts';

/**
 * Checks that a model has a position for all of its data, if its parameters limit that: the scores of `location`
 * (source), learned positions (both sides).
 * @param where the folder of the data
 * @throws InputError if a sentence of train or dev is longer
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
 * Checks that training resumes on the data it was started with: on different data the position in its epoch, its best
 * score and its learning curve would mean something else.
 * @param begun `Dataset.fingerprint` of the checkpoint's data
 * @param where the checkpoint
 * @throws InputError if the data differ
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

/**
 * @throws InputError for guided training on data that were prepared without alignments, or with none that can be used
 */
export function checkAlignment({ guidedWeight }: Run, { train }: Manifest['splits'], where: string): void {
  if (guidedWeight === 0 || (train.alignment?.linked ?? 0) > 0) return;
  throw new InputError(
    train.alignment === undefined
      ? 'was prepared without alignments'
      : 'has alignments without a link that can be used',
    { where, remedy: 'prepare it with attn prepare --guided-alignment FILE, or leave out --guided-weight' },
  );
}

/** Bytes per parameter during training: its value, its gradient, and Adam's two moments. */
const TRAINING_BYTES = 16;

/** @throws InputError for a model that does not fit in this machine's memory, before any is allocated */
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
