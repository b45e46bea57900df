import { createHash } from 'node:crypto';
import { parseMix } from '../config/fine-tuning.ts';
import type { Run } from '../config/run.ts';
import type { BatchShape } from '../dataset/batch.ts';
import { type Dataset, openDataset } from '../dataset/dataset.ts';
import type { WordStarts } from '../dataset/guide.ts';
import type { LengthCount } from '../dataset/lengths.ts';
import { MixedSampler } from '../dataset/mixed-sampler.ts';
import { type BatchSource, Sampler, type SamplerPosition } from '../dataset/sampler.ts';
import { InputError } from '../support/errors.ts';
import { checkAlignment, checkLengths } from './check-data.ts';

/** The data of a run: its own, and those that are mixed in. */
export interface TrainingData {
  /** Its own data, from `--data`. */
  readonly dataset: Dataset;
  /** Identifies exactly all of the data. */
  readonly fingerprint: string;
  /** The mixed-in data, for people. */
  readonly notes: readonly string[];
  lengthCounts(): LengthCount[];
  /** @param starts for batches with alignments; mixed-in data without alignments are not guided */
  sampler(
    shapes: readonly BatchShape[],
    seed: number,
    position: SamplerPosition,
    starts: WordStarts | undefined,
    workers: number,
  ): BatchSource;
  close(): void;
}

/**
 * Opens the data of a run.
 * @throws InputError for data that are missing or damaged, are too long for the model, or that cannot be mixed because
 *   their vocabularies differ
 */
export function openTrainingData(run: Run & { readonly data: string }): TrainingData {
  const opened: Dataset[] = [];
  const close = () => {
    for (const dataset of opened) dataset.close();
  };
  const open = (directory: string): Dataset => {
    const dataset = openDataset(directory);
    opened.push(dataset);
    checkLengths(run, dataset.manifest.splits, directory);
    return dataset;
  };
  try {
    const dataset = open(run.data);
    checkAlignment(run, dataset.manifest.splits, run.data);
    const mixed = (run.mix ?? []).flatMap((text) => {
      const mix = parseMix(text);
      return mix === undefined ? [] : [{ share: mix.share, dataset: open(mix.data) }];
    });
    for (const other of mixed) checkSameVocabularies(dataset, other.dataset);
    const all = opened.map((one) => one.split('train'));
    return {
      dataset,
      fingerprint: fingerprintOf(opened),
      notes: mixed.map(
        ({ share, dataset: { directory, manifest } }) =>
          `mixed in: ${Number((100 * share).toPrecision(3))} % of the batches from ${directory} (${manifest.splits.train.pairs.toLocaleString('en-US')} sentence pairs)`,
      ),
      lengthCounts: () => all.flatMap((split) => split.lengthCounts()),
      sampler: (shapes, seed, position, starts, workers) => {
        const samplers = all.map((split) => (at: SamplerPosition) => new Sampler(split, shapes, seed, at, starts));
        const [own, ...others] = samplers as [
          (at: SamplerPosition) => Sampler,
          ...((at: SamplerPosition) => Sampler)[],
        ];
        if (others.length === 0) return new Sampler(dataset.split('train'), shapes, seed, position, starts, workers);
        const shares = others.map((samplerAt, i) => ({ samplerAt, share: mixed[i]?.share ?? 0 }));
        return new MixedSampler(own, shares, position);
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function checkSameVocabularies(own: Dataset, mixed: Dataset): void {
  const side = (['source', 'target'] as const).find(
    (one) => own.manifest.vocabularies[one].from.sha256 !== mixed.manifest.vocabularies[one].from.sha256,
  );
  if (side === undefined) return;
  throw new InputError(`its ${side} vocabulary differs from that of ${own.directory}`, {
    where: mixed.directory,
    remedy: `prepare it with the same vocabularies: attn prepare --vocabulary ${own.directory}`,
  });
}

function fingerprintOf([own, ...mixed]: readonly Dataset[]): string {
  if (own === undefined) return '';
  if (mixed.length === 0) return own.fingerprint;
  const hash = createHash('sha256');
  for (const { fingerprint } of [own, ...mixed]) hash.update(fingerprint);
  return hash.digest('hex');
}
