import { setImmediate } from 'node:timers/promises';
import { splitPath } from '../corpus/split-folder.ts';
import { type SplitName, splitNames } from '../corpus/splits.ts';
import { normaliseSentence } from '../corpus/text.ts';
import { InputError } from '../support/errors.ts';
import { AtomicFile } from '../support/files.ts';
import { whileOwning } from '../support/folder-lock.ts';
import { refuseForeign } from '../support/foreign-files.ts';
import { distinctWithin, type GeneratedPair, generatePairs } from './generate.ts';

/** How many pairs of each part there are. */
export type PartSizes = Readonly<Record<SplitName, number>>;

/** Dev and test have one pair of so many each. */
const HELD_OUT_OF = 30;

/** A thirtieth of the pairs each for dev and test, at most 2,000: 28,000, 1,000 and 1,000 of 30,000. */
export function partSizes(pairs: number): PartSizes {
  const heldOut = Math.min(Math.floor(pairs / HELD_OUT_OF), 2000);
  return { train: pairs - 2 * heldOut, dev: heldOut, test: heldOut };
}

/**
 * Writes `train.tsv`, `dev.tsv` and `test.tsv` into a folder, Italian first, whole or not at all. Every dev and test
 * sentence holds a combination of words that is in no train sentence, and no sentence is in two parts.
 * @returns undefined when `signal` was aborted; nothing is left behind then.
 * @throws InputError for too few pairs, and as `AtomicFile`
 */
export function writeGeneratedCorpus(
  pairs: number,
  seed: number,
  folder: string,
  signal?: AbortSignal,
): Promise<PartSizes | undefined> {
  return whileOwning(folder, 'the writing of a corpus', () => write(pairs, seed, folder, signal));
}

async function write(
  pairs: number,
  seed: number,
  folder: string,
  signal?: AbortSignal,
): Promise<PartSizes | undefined> {
  refuseForeign(
    folder,
    splitNames.map((name) => `${name}.tsv`),
  );
  const sizes = partSizes(pairs);
  if (sizes.dev === 0) {
    throw new InputError(`${pairs} pairs leave none for dev and test`, {
      where: '--pairs',
      remedy: `--pairs ${HELD_OUT_OF} or more; without --out any number of them is printed`,
    });
  }
  const parts = new Map(splitNames.map((name) => [name, new PartFile(splitPath(folder, name), sizes[name])]));
  const heldOut = new Set<string>();
  let drawn = 0;
  try {
    for (const pair of generatePairs(Number.POSITIVE_INFINITY, seed)) {
      // lets an interrupt come through
      if (++drawn % 10_000 === 0) await setImmediate();
      if (signal?.aborted) return undefined;
      const part = parts.get(pair.part) as PartFile;
      if (part.full) continue;
      if (pair.part === 'train' && drawn > distinctWithin && isHeldOut(heldOut, pair)) continue;
      if (pair.part !== 'train') for (const side of [pair.source, pair.target]) heldOut.add(normaliseSentence(side));
      part.add(pair);
      if ([...parts.values()].every(({ full }) => full)) break;
    }
    for (const part of parts.values()) part.commit();
  } finally {
    for (const part of parts.values()) part.abort();
  }
  return sizes;
}

/** Beyond the generator's memory a sentence may come again: never one that dev or test has. */
function isHeldOut(heldOut: ReadonlySet<string>, { source, target }: GeneratedPair): boolean {
  return heldOut.has(normaliseSentence(source)) || heldOut.has(normaliseSentence(target));
}

/** A file of so many pairs, written a thousand lines at a time. */
class PartFile {
  readonly #file: AtomicFile;
  readonly #size: number;
  #count = 0;
  #lines: string[] = [];

  constructor(path: string, size: number) {
    this.#file = new AtomicFile(path);
    this.#size = size;
  }

  get full(): boolean {
    return this.#count >= this.#size;
  }

  add({ source, target }: GeneratedPair): void {
    this.#count++;
    if (this.#lines.push(`${source}\t${target}\n`) === 1000) this.#flush();
  }

  commit(): void {
    this.#flush();
    this.#file.commit();
  }

  abort(): void {
    this.#file.abort();
  }

  #flush(): void {
    this.#file.write(this.#lines.join(''));
    this.#lines = [];
  }
}
