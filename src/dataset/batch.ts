import { BOS, EOS, PAD } from '../vocabulary/vocabulary.ts';
import { fillAlignment, type WordStarts } from './guide.ts';
import type { EncodedPair } from './pair-file.ts';

/** The sizes of a batch: B rows of S source and T target positions. */
export interface BatchShape {
  readonly batch: number;
  readonly sourceLength: number;
  readonly targetLength: number;
}

/**
 * Sentences as a training step receives them: row-major ids, padded with `PAD`. Rows beyond `sentences` are all
 * padding.
 */
export interface Batch {
  readonly shape: BatchShape;
  /** [B, S]: ids and eos. */
  readonly source: Int32Array;
  /** [B, T]: bos and ids. */
  readonly targetInput: Int32Array;
  /** [B, T]: ids and eos. */
  readonly targetOutput: Int32Array;
  /**
   * [B, T, S], for a batch with alignments: how much of its attention each target piece should give to each source
   * piece.
   */
  readonly alignment?: Float32Array;
  /** The number of each row's sentence in its split. */
  readonly sentences: Int32Array;
  /** The number of positions without padding, eos included. */
  readonly sourceTokens: number;
  readonly targetTokens: number;
}

/** Fills a batch with pairs. Every side with its eos must fit the shape. @param starts for a batch with alignments */
export function makeBatch(
  shape: BatchShape,
  sentences: Int32Array,
  pair: (index: number) => EncodedPair,
  starts?: WordStarts,
): Batch {
  const { batch, sourceLength, targetLength } = shape;
  const source = new Int32Array(batch * sourceLength).fill(PAD);
  const targetInput = new Int32Array(batch * targetLength).fill(PAD);
  const targetOutput = new Int32Array(batch * targetLength).fill(PAD);
  const alignment = starts && new Float32Array(batch * targetLength * sourceLength);
  let sourceTokens = 0;
  let targetTokens = 0;
  sentences.forEach((index, row) => {
    const ids = pair(index);
    if (ids.source.length >= sourceLength || ids.target.length >= targetLength) {
      throw new RangeError(`pair ${index} does not fit ${sourceLength} x ${targetLength}`);
    }
    source.set(ids.source, row * sourceLength);
    source[row * sourceLength + ids.source.length] = EOS;
    targetInput[row * targetLength] = BOS;
    targetInput.set(ids.target, row * targetLength + 1);
    targetOutput.set(ids.target, row * targetLength);
    targetOutput[row * targetLength + ids.target.length] = EOS;
    if (starts && alignment) fillAlignment(alignment, row, shape, ids, starts);
    sourceTokens += ids.source.length + 1;
    targetTokens += ids.target.length + 1;
  });
  const sides = { source, targetInput, targetOutput, ...(alignment && { alignment }) };
  return { shape, ...sides, sentences, sourceTokens, targetTokens };
}

/** A batch in which no position counts, so that all its gradients are zero. @param guided whether it has alignments */
export function emptyBatch(shape: BatchShape, guided: boolean): Batch {
  const { batch, sourceLength, targetLength } = shape;
  return {
    ...{ shape, sentences: new Int32Array(0), sourceTokens: 0, targetTokens: 0 },
    source: new Int32Array(batch * sourceLength).fill(EOS),
    targetInput: new Int32Array(batch * targetLength).fill(BOS),
    targetOutput: new Int32Array(batch * targetLength).fill(PAD),
    ...(guided && { alignment: new Float32Array(batch * targetLength * sourceLength) }),
  };
}

/**
 * The tensors of a batch: `source` [B, S], `targetInput` and `targetOutput` [B, T], and `alignment` [B, T, S] if it has
 * alignments.
 */
export type BatchTensors = Record<
  'source' | 'targetInput' | 'targetOutput',
  { readonly shape: readonly number[]; readonly data: Int32Array }
> & { readonly alignment?: { readonly shape: readonly number[]; readonly data: Float32Array } };

/** A batch's tensors. */
export function batchTensors(batch: Batch): BatchTensors {
  const { batch: rows, sourceLength, targetLength } = batch.shape;
  return {
    source: { shape: [rows, sourceLength], data: batch.source },
    targetInput: { shape: [rows, targetLength], data: batch.targetInput },
    targetOutput: { shape: [rows, targetLength], data: batch.targetOutput },
    ...(batch.alignment && { alignment: { shape: [rows, targetLength, sourceLength], data: batch.alignment } }),
  };
}
