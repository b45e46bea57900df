import { InputError } from '../support/errors.ts';
import { readWhole } from '../support/file-failures.ts';
import { Random } from '../support/random.ts';
import type { Components } from './sentence-graph.ts';
import { DEV, TEST, TRAIN } from './splits.ts';

/** How many pairs to hold out. */
export interface HeldOut {
  readonly dev: number;
  readonly test: number;
}

/**
 * Components of more pairs than this are held out only when smaller ones do not suffice: a test set full of one
 * sentence's variants measures only that sentence.
 */
const SMALL_COMPONENT = 3;

/**
 * Draws whole components for dev and test, so that no sentence is in two splits. Returns as many pairs as requested, or
 * fewer when no remaining component fits.
 * @returns the split number of each pair
 */
export function assignComponents({ ofPair, sizes }: Components, heldOut: HeldOut, seed: number): Uint8Array {
  const shuffled = new Random(seed, 'split').shuffle(Int32Array.from(sizes, (_, component) => component));
  const splitOf = new Uint8Array(sizes.length);
  const wanting = { [DEV]: heldOut.dev, [TEST]: heldOut.test };
  const take = (components: Int32Array): void => {
    for (const component of components) {
      const size = sizes[component]!;
      const split = size <= wanting[DEV]! ? DEV : size <= wanting[TEST]! ? TEST : TRAIN;
      if (split === TRAIN) continue;
      splitOf[component] = split;
      wanting[split] = wanting[split]! - size;
    }
  };
  take(shuffled.filter((component) => sizes[component]! <= SMALL_COMPONENT));
  if (wanting[DEV]! + wanting[TEST]! > 0) {
    const large = shuffled.filter((component) => sizes[component]! > SMALL_COMPONENT);
    take(large.sort((a, b) => sizes[a]! - sizes[b]!));
  }
  return Uint8Array.from(ofPair, (component) => splitOf[component]!);
}

/** Draws single pairs, as many as requested: sentences with several translations end up in several splits. */
export function assignRows(pairs: number, heldOut: HeldOut, seed: number): Uint8Array {
  const random = new Random(seed, 'split');
  const splitOfPair = new Uint8Array(pairs);
  let { dev, test } = heldOut;
  for (let pair = 0; pair < pairs; pair++) {
    // Selection sampling (Knuth, TAOCP 2, 3.4.2, algorithm S), for two samples at once.
    const draw = random.uniform() * (pairs - pair);
    if (draw < dev) {
      splitOfPair[pair] = DEV;
      dev--;
    } else if (draw < dev + test) {
      splitOfPair[pair] = TEST;
      test--;
    }
  }
  return splitOfPair;
}

/** The splits of given lines: 1-based line numbers, one per line of each file. */
export function readLineNumbers(devPath: string, testPath: string): Map<number, number> {
  const splitOfLine = new Map<number, number>();
  for (const [split, path] of [
    [DEV, devPath],
    [TEST, testPath],
  ] as const) {
    for (const [i, text] of readWhole(path).toString('utf8').split(/\r?\n/).entries()) {
      if (text.trim() === '') continue;
      const line = Number(text);
      const where = `${path}:${i + 1}`;
      if (!Number.isSafeInteger(line) || line < 1) {
        throw new InputError(`${JSON.stringify(text.slice(0, 40))} is not a line number`, {
          where,
          remedy: 'a file of line numbers has one per line; the first line of a corpus is 1',
        });
      }
      if ((splitOfLine.get(line) ?? split) !== split) {
        throw new InputError(`line ${line} is in both dev and test`, { where });
      }
      splitOfLine.set(line, split);
    }
  }
  return splitOfLine;
}
