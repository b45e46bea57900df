import { InputError } from '../support/errors.ts';
import type { TokenCounts } from './counts.ts';
import { trainVocabulary, type VocabularyOptions, VocabularySizeError } from './train.ts';

type SideCounts = Readonly<Record<'source' | 'target', TokenCounts>>;

/**
 * Trains a vocabulary for each side, of the same size.
 * @throws VocabularySizeError if both sides cannot have this size; it names one that they can
 */
export function trainBothSides(
  counts: SideCounts,
  options: VocabularyOptions,
): [source: Uint8Array, target: Uint8Array] {
  const source = trainedOr(counts.source, options);
  const target = trainedOr(counts.target, options);
  if (source instanceof Uint8Array && target instanceof Uint8Array) return [source, target];
  const errors = { source, target };
  const sides = (['source', 'target'] as const).flatMap((side) => {
    const error = errors[side];
    return error instanceof VocabularySizeError ? [{ side, error }] : [];
  });
  const [first] = sides;
  if (first === undefined) throw new RangeError('unreachable');
  const limits = sides.map(({ error }) => numberOf(error));
  const kinds = new Set(sides.map(({ error }) => 'atMost' in error.limit));
  const each = sides.map(
    ({ side, error }) => `the ${side} ${'atMost' in error.limit ? 'supports' : 'needs'} ${numberOf(error)}`,
  );
  const message = `${first.error.problem.replace(/:.*/, '')}: ${each.join(', ')}`;
  const impossible = () =>
    new InputError(message, { where: '--size', remedy: 'no size suits both: use --shared or a larger corpus' });
  if (kinds.size > 1) throw impossible();
  if (!('atMost' in first.error.limit)) {
    const atLeast = Math.max(...limits);
    const remedy = `use --size ${atLeast} or more, or a smaller --character-coverage`;
    throw new VocabularySizeError(message, { atLeast }, remedy);
  }
  const atMost = greatestFor(counts, options, Math.min(...limits));
  if (atMost === undefined) throw impossible();
  throw new VocabularySizeError(message, { atMost }, `use --size ${atMost} or less, or a larger corpus`);
}

function trainedOr(counts: TokenCounts, options: VocabularyOptions): Uint8Array | VocabularySizeError {
  try {
    return trainVocabulary(counts, options);
  } catch (error) {
    if (error instanceof VocabularySizeError) return error;
    throw error;
  }
}

function numberOf({ limit }: VocabularySizeError): number {
  return 'atMost' in limit ? limit.atMost : limit.atLeast;
}

/**
 * The largest size that both sides can have, if any: the number of pieces in a unigram vocabulary depends on the number
 * requested.
 */
function greatestFor(counts: SideCounts, options: VocabularyOptions, size: number): number | undefined {
  const tries = [counts.source, counts.target].map((side) => trainedOr(side, { ...options, size }));
  const limits = tries.flatMap((tried) => (tried instanceof VocabularySizeError ? [tried.limit] : []));
  if (limits.length === 0) return size;
  const smaller = limits.flatMap((limit) => ('atMost' in limit ? [limit.atMost] : []));
  return smaller.length < limits.length ? undefined : greatestFor(counts, options, Math.min(...smaller));
}
