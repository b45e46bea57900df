import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { type IdBytes, PairFile } from '../../src/dataset/pair-file.ts';
import { PairWriter } from '../../src/dataset/pair-writer.ts';
import { InputError } from '../../src/support/errors.ts';
import { AtomicFile } from '../../src/support/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-pairs-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'train');

interface Written {
  readonly source: number[];
  readonly target: number[];
  readonly text?: { readonly source: string; readonly target: string } | undefined;
}

function write(pairs: readonly Written[], idBytes: IdBytes = 2): { size: number; pairsBytes: number } {
  const files: AtomicFile[] = [];
  const open = (name: string): AtomicFile => {
    const file = new AtomicFile(join(folder, name));
    files.push(file);
    return file;
  };
  const writer = new PairWriter(open, 'train', idBytes);
  for (const { source, target, text } of pairs) writer.append(source, target, text);
  const { size, pairs: file } = writer.finish();
  for (const f of files) f.commit();
  return { size, pairsBytes: file.bytes };
}

function readAll(file: PairFile): Written[] {
  return Array.from({ length: file.size }, (_, i) => {
    const { source, target } = file.pair(i);
    return { source: [...source], target: [...target], text: file.text(i) };
  });
}

const sentence = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\t\n]/g, ' '));
const pairsOf = (largest: number): fc.Arbitrary<Written[]> => {
  const ids = fc.array(fc.nat(largest), { maxLength: 30 });
  const text = fc.option(fc.record({ source: sentence, target: sentence }, { noNullPrototype: true }), {
    nil: undefined,
  });
  return fc.array(fc.record({ source: ids, target: ids, text }, { noNullPrototype: true }), { maxLength: 20 });
};

test('written pairs are read back: ids of two and of four bytes, with or without sentences, empty sides', () => {
  fc.assert(
    fc.property(fc.constantFrom<IdBytes>(2, 4), fc.gen(), (idBytes, generate) => {
      const pairs = generate(pairsOf, idBytes === 2 ? 65535 : 2 ** 31 - 1);
      const { size, pairsBytes } = write(pairs, idBytes);
      const file = new PairFile(path, idBytes, size, pairsBytes);
      try {
        assert.deepEqual(readAll(file), pairs);
        for (const [i, { source, target }] of pairs.entries()) {
          assert.deepEqual(file.lengths(i), { source: source.length, target: target.length });
        }
        const counted = file.histogram().cells();
        assert.equal(
          counted.reduce((sum, cell) => sum + cell.count, 0),
          pairs.length,
        );
        assert.equal(
          counted.reduce((sum, cell) => sum + cell.count * cell.target, 0),
          pairs.reduce((sum, pair) => sum + pair.target.length + 1, 0),
        );
      } finally {
        file.close();
      }
    }),
    { numRuns: 60 },
  );
});

test('records larger than the writer’s buffer are written completely', () => {
  const text = { source: 'à'.repeat(700_000), target: 'b'.repeat(700_000) };
  const pairs = [
    { source: [1], target: [2] },
    { source: [3, 4], target: [5], text },
    { source: [6], target: [] },
  ];
  const { size, pairsBytes } = write(pairs);
  const file = new PairFile(path, 2, size, pairsBytes);
  assert.deepEqual(
    readAll(file),
    pairs.map((pair) => ({ text: undefined, ...pair })),
  );
  file.close();
});

test('no damaged byte goes unnoticed: what is read is what was written, or an InputError', () => {
  const pairs = Array.from({ length: 12 }, (_, i) => ({
    source: Array.from({ length: 1 + (i % 5) }, (_, k) => (i * 977 + k * 131) % 4000),
    target: Array.from({ length: 1 + (i % 4) }, (_, k) => (i * 641 + k * 17) % 4000),
    text: i % 2 === 0 ? { source: `frase ${i}`, target: `sentence ${i}` } : undefined,
  }));
  const { size, pairsBytes } = write(pairs);
  let noticed = 0;
  for (const ending of ['pairs', 'index']) {
    const whole = readFileSync(`${path}.${ending}`);
    for (let at = 0; at < whole.length; at++) {
      const broken = Buffer.from(whole);
      broken[at]! ^= 1 << (at % 8);
      writeFileSync(`${path}.${ending}`, broken);
      try {
        const file = new PairFile(path, 2, size, pairsBytes);
        try {
          assert.deepEqual(readAll(file), pairs, `byte ${at} of ${ending}`);
        } finally {
          file.close();
        }
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        assert.match(error.describe(), /damaged.*\n.*attn prepare/);
        noticed++;
      }
    }
    writeFileSync(`${path}.${ending}`, whole);
    // All but the lengths in the entry that ends the index, which are never read.
    assert.equal(noticed, ending === 'pairs' ? whole.length : whole.length - 4);
    noticed = 0;
  }
});

test('a truncated, longer, swapped or missing file is rejected when it is opened', () => {
  const { size, pairsBytes } = write([{ source: [1, 2], target: [3] }]);
  const refused = (change: () => void, pattern: RegExp): void => {
    write([{ source: [1, 2], target: [3] }]);
    change();
    assert.throws(
      () => new PairFile(path, 2, size, pairsBytes),
      (error) => error instanceof InputError && error.exitCode === 2 && pattern.test(error.describe()),
    );
  };
  refused(() => truncateSync(`${path}.pairs`, 20), /train\.pairs: .*20 bytes instead of 26/);
  refused(() => appendFileSync(`${path}.index`, 'x'), /train\.index: .*37 bytes instead of 36/);
  refused(() => rmSync(`${path}.pairs`), /train\.pairs: .*missing/);
  refused(() => writeFileSync(`${path}.index`, readFileSync(`${path}.pairs`)), /train\.index/);
  refused(() => write([{ source: [1, 2], target: [3] }], 4), /train\.pairs/);
});
