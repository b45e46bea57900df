import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { Split } from '../../src/dataset/dataset.ts';
import { PairFile } from '../../src/dataset/pair-file.ts';
import { PairWriter } from '../../src/dataset/pair-writer.ts';
import { AtomicFile } from '../../src/support/files.ts';
import { Random } from '../../src/support/random.ts';

/** A train split on disk, with pairs from `pairOf`; removed after the tests of the file. */
export function writeSplit(size: number, pairOf = randomPair): Split {
  const folder = mkdtempSync(join(tmpdir(), 'attn-split-'));
  const files: AtomicFile[] = [];
  const writer = new PairWriter(
    (name) => {
      const file = new AtomicFile(join(folder, name));
      files.push(file);
      return file;
    },
    'train',
    2,
  );
  for (let i = 0; i < size; i++) {
    const { source, target } = pairOf(i);
    writer.append(source, target);
  }
  const { pairs } = writer.finish();
  for (const file of files) file.commit();
  const file = new PairFile(join(folder, 'train'), 2, size, pairs.bytes);
  after(() => {
    file.close();
    rmSync(folder, { recursive: true });
  });
  return {
    name: 'train',
    size,
    lengths: (index) => file.lengths(index),
    lengthCounts: () => file.histogram().cells(),
    pair: (index) => file.pair(index),
    text: (index) => file.text(index),
  };
}

const random = new Random(1, 'test sentences');

/** Sides of similar lengths, 1 to 25 ids, which identify the pair's number. */
function randomPair(index: number): { source: number[]; target: number[] } {
  const length = 1 + random.integer(5) + random.integer(5) + random.integer(12);
  const other = Math.max(1, length + random.integer(5) - 2);
  const ids = (count: number, first: number): number[] =>
    Array.from({ length: count }, (_, i) => 4 + ((first + i) % 60000));
  return { source: ids(length, index), target: ids(other, index + 7) };
}
