import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { splitNames } from '../../src/corpus/splits.ts';
import { openDataset, verifyDataset } from '../../src/dataset/dataset.ts';
import type { Origin } from '../../src/dataset/manifest.ts';
import { checkOrigin, describeOrigin } from '../../src/dataset/origin.ts';
import { PairWriter } from '../../src/dataset/pair-writer.ts';
import { type PrepareOptions, prepareDataset } from '../../src/dataset/prepare.ts';
import { AttnError, InputError } from '../../src/support/errors.ts';
import { writeFailure } from '../../src/support/file-failures.ts';
import { AtomicFile } from '../../src/support/files.ts';
import { commitTogether } from '../../src/support/replace-together.ts';
import { toyIds, toyLines, toyPair, writeToyCorpus, writeToyVocabulary } from './toy-corpus.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A folder with a toy corpus and its vocabularies. */
function corpusFolder(train?: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'attn-prepare-'));
  folders.push(folder);
  writeToyCorpus(folder, train);
  return folder;
}

function optionsFor(folder: string, changes: Partial<PrepareOptions> = {}): PrepareOptions {
  return {
    corpus: { train: join(folder, 'train.tsv'), dev: join(folder, 'dev.tsv'), test: join(folder, 'test.tsv') },
    vocabulary: join(folder, 'vocabulary'),
    out: join(folder, 'prepared'),
    maxLength: 100,
    ...changes,
  };
}

const whole = corpusFolder();
await prepareDataset(optionsFor(whole));
const prepared = join(whole, 'prepared');

/** A copy of the whole folder, corpus and prepared data, to damage. */
function copyOfWhole(): { folder: string; prepared: string } {
  const folder = mkdtempSync(join(tmpdir(), 'attn-prepare-'));
  folders.push(folder);
  cpSync(whole, folder, { recursive: true, preserveTimestamps: true });
  return { folder, prepared: join(folder, 'prepared') };
}

test('train and dev contain the ids of their sentences in order, dev and test the text', () => {
  const dataset = openDataset(prepared);
  for (const [name, first, size] of [
    ['train', 0, 300],
    ['dev', 1000, 20],
    ['test', 2000, 30],
  ] as const) {
    const split = dataset.split(name);
    assert.equal(split.size, size);
    for (let i = 0; i < size; i++) {
      const { source, target } = toyPair(first + i);
      const ids = split.pair(i);
      assert.deepEqual([...ids.source], name === 'test' ? [] : toyIds('source', source));
      assert.deepEqual([...ids.target], name === 'test' ? [] : toyIds('target', target));
      assert.deepEqual(split.text(i), name === 'train' ? undefined : { source, target });
    }
  }
  const { train } = dataset.manifest.splits;
  const lengths = Array.from({ length: 300 }, (_, i) => toyPair(i).source.split(' ').length + 1);
  assert.equal(
    train.tokens.source,
    lengths.reduce((a, b) => a + b),
  );
  assert.deepEqual(train.longest, { source: 15, target: 15 });
  dataset.close();
});

test('a folder of version 0.1, whose test split has ids, is still readable', () => {
  const { prepared } = copyOfWhole();
  const files: AtomicFile[] = [];
  const open = (name: string): AtomicFile => {
    files.push(new AtomicFile(join(prepared, name)));
    return files.at(-1)!;
  };
  const writer = new PairWriter(open, 'test', 2);
  const pairs = Array.from({ length: 30 }, (_, i) => toyPair(2000 + i));
  for (const pair of pairs) writer.append(toyIds('source', pair.source), toyIds('target', pair.target), pair);
  const { size: _, ...written } = writer.finish();
  commitTogether(files);
  const path = join(prepared, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.splits.test.files = written;
  writeFileSync(path, JSON.stringify(manifest));
  verifyDataset(prepared);
  const dataset = openDataset(prepared);
  const old = dataset.split('test');
  for (const [i, { source, target }] of pairs.entries()) {
    assert.deepEqual([...old.pair(i).source], toyIds('source', source));
    assert.deepEqual(old.text(i), { source, target });
  }
  dataset.close();
});

test('the same corpus gives the same data, compressed or not; another vocabulary gives different data', async () => {
  const { fingerprint } = openDataset(prepared);
  const folder = corpusFolder();
  const corpus = { ...optionsFor(folder).corpus, train: join(folder, 'train.tsv.gz') };
  await prepareDataset(optionsFor(folder, { corpus }));
  assert.equal(openDataset(join(folder, 'prepared')).fingerprint, fingerprint);
  writeToyVocabulary(folder, 'target', ['the', 'is']);
  await prepareDataset(optionsFor(folder));
  const changed = openDataset(join(folder, 'prepared'));
  assert.notEqual(changed.fingerprint, fingerprint);
  assert.ok(changed.manifest.splits.train.unknown.target > 300);
});

test('a corpus of several megabytes, encoded on several threads, keeps its order', async () => {
  const folder = corpusFolder(toyLines(0, 30_000));
  const seen: number[] = [];
  await prepareDataset(optionsFor(folder, { onProgress: (name, pairs) => name === 'train' && seen.push(pairs) }));
  assert.ok(seen.length > 1, `${seen.length} tasks`);
  assert.equal(seen.at(-1), 30_000);
  const train = openDataset(join(folder, 'prepared')).split('train');
  for (let i = 0; i < train.size; i += 97) {
    assert.deepEqual([...train.pair(i).target], toyIds('target', toyPair(i).target));
  }
});

test('long sentences are left out of train and cut in dev, and counted; test stays complete', async () => {
  const folder = corpusFolder();
  await prepareDataset(optionsFor(folder, { maxLength: 9 }));
  const dataset = openDataset(join(folder, 'prepared'));
  const { train, dev, test } = dataset.manifest.splits;
  assert.deepEqual([test.pairs, test.truncated, test.longest.source], [30, 0, 15]);
  assert.deepEqual([train.pairs, train.tooLong, train.truncated], [200, 100, 0]);
  assert.deepEqual([dev.pairs, dev.tooLong, dev.truncated], [20, 0, 14]);
  const longest = Array.from({ length: 20 }, (_, i) => dataset.split('dev').pair(i).source.length);
  assert.equal(Math.max(...longest), 9);
  const cut = longest.indexOf(9);
  assert.equal(dataset.split('dev').text(cut)?.source, toyPair(1000 + cut).source);
});

test('links stay with the pairs that are kept, but not if the vocabulary reads other words', async () => {
  const lines = toyLines(0, 300);
  // two words for a reader, one for a vocabulary without normalisation
  lines[4] = lines[4]?.replace(' ', '\u00a0') ?? '';
  const folder = corpusFolder(lines);
  const links = lines.map((line, i) =>
    i % 10 === 0 ? '' : `0-0 ${(line.split('\t')[0]?.split(' ').length ?? 0) - 1}?1`,
  );
  const guidedAlignment = join(folder, 'train.align');
  writeFileSync(guidedAlignment, `${links.join('\n')}\n`);
  const { splits } = await prepareDataset(optionsFor(folder, { maxLength: 9, guidedAlignment }));
  const kept = lines.flatMap((line, i) => (i % 3 === 2 ? [] : [{ line, i }]));
  assert.equal(splits.train.alignment?.unmatched, 1);
  assert.equal(splits.train.alignment?.linked, kept.filter(({ i }) => i % 10 !== 0 && i !== 4).length);
  const dataset = openDataset(join(folder, 'prepared'));
  const train = dataset.split('train');
  assert.equal(train.size, kept.length);
  for (const [at, { line, i }] of kept.entries()) {
    const [source = '', target = ''] = line.split('\t');
    assert.deepEqual([...train.pair(at).target], toyIds('target', target));
    const expected = i % 10 === 0 || i === 4 ? [] : [0, 0, source.split(' ').length - 1, 1];
    assert.deepEqual(Array.from(train.pair(at).links ?? [-1]), expected);
    assert.equal(train.text(at), undefined);
  }
  assert.equal(dataset.split('dev').pair(0).links, undefined);
  dataset.close();
  verifyDataset(join(folder, 'prepared'));
  // other links make different data; without links the data are the same as before
  const { fingerprint } = dataset;
  writeFileSync(guidedAlignment, `${links.map((line, i) => (i === 1 ? '0-0' : line)).join('\n')}\n`);
  assert.throws(() => openDataset(join(folder, 'prepared')), /train\.align: has changed since/);
  await prepareDataset(optionsFor(folder, { maxLength: 9, guidedAlignment }));
  assert.notEqual(openDataset(join(folder, 'prepared')).fingerprint, fingerprint);
});

test('alignments that do not fit the corpus leave the prepared folder unchanged', async () => {
  const { folder, prepared } = copyOfWhole();
  const before = readFileSync(join(prepared, 'train.pairs'));
  const guidedAlignment = join(folder, 'train.align');
  writeFileSync(guidedAlignment, '0-0\n'.repeat(299));
  await assert.rejects(
    prepareDataset(optionsFor(folder, { guidedAlignment })),
    /train\.align:300: ends after 299 lines/,
  );
  writeFileSync(guidedAlignment, '0-0\n'.repeat(301));
  await assert.rejects(prepareDataset(optionsFor(folder, { guidedAlignment })), /train\.align:301: is longer than/);
  rmSync(guidedAlignment);
  await assert.rejects(prepareDataset(optionsFor(folder, { guidedAlignment })), /train\.align/);
  assert.deepEqual(readFileSync(join(prepared, 'train.pairs')), before);
  assert.deepEqual(
    readdirSync(prepared).filter((name) => name.includes('tmp')),
    [],
  );
});

test('a changed corpus or vocabulary is noticed; one that was only touched, or no longer exists, does no harm', () => {
  for (const [name, change] of [
    ['dev.tsv', (path: string) => appendFileSync(path, 'la mela è nera\tthe apple is black\n')],
    ['train.tsv', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('rossa', 'verde'))],
    ['vocabulary/target.model', (path: string) => appendFileSync(path, Buffer.from([0x0a, 0]))],
  ] as const) {
    const { folder, prepared } = copyOfWhole();
    change(join(folder, name));
    assert.throws(
      () => openDataset(prepared),
      (error) => error instanceof InputError && error.describe().includes(name) && /has changed/.test(error.message),
    );
  }
  const { folder, prepared } = copyOfWhole();
  utimesSync(join(folder, 'train.tsv'), 1, 1);
  rmSync(join(folder, 'test.tsv'));
  rmSync(join(folder, 'vocabulary'), { recursive: true });
  openDataset(prepared).close();
});

const noUsers = process.getuid === undefined ? 'Windows has no such permissions' : false;
test('prepared data are usable without permission to read the corpus', { skip: noUsers }, () => {
  const { folder, prepared } = copyOfWhole();
  const corpus = join(folder, 'train.tsv');
  chmodSync(folder, 0o755); // the only obstacle is the folder closed below
  const origin: Origin = { ...describeOrigin(corpus, prepared, ''), modified: 0 };
  for (const closed of [corpus, folder]) {
    chmodSync(closed, 0);
    try {
      asNobody(() => checkOrigin(origin, prepared));
    } finally {
      chmodSync(closed, 0o755);
    }
  }
});

/** Does something without root's rights, if the tests run as root. */
function asNobody(action: () => void): void {
  const root = process.getuid?.() === 0;
  if (root) process.seteuid?.(65534);
  try {
    action();
  } finally {
    if (root) process.seteuid?.(0);
  }
}

test('an origin whose path leads nowhere counts as absent; a folder in its place is a change', () => {
  const { folder, prepared } = copyOfWhole();
  const origin = describeOrigin(join(folder, 'train.tsv'), prepared, '');
  for (const path of ['x'.repeat(5000), '../train.tsv/x', 'a\0b']) checkOrigin({ ...origin, path }, prepared);
  assert.throws(() => checkOrigin({ ...origin, path: '..', bytes: statSync(folder).size }, prepared), /has changed/);
});

test('damage not seen on opening is found by verifying, and when the pair is read', () => {
  const { prepared } = copyOfWhole();
  verifyDataset(prepared);
  const path = join(prepared, 'train.pairs');
  const bytes = readFileSync(path);
  bytes[bytes.length - 9]! ^= 4;
  writeFileSync(path, bytes);
  const train = openDataset(prepared).split('train');
  assert.equal(train.pair(0).source.length, 4);
  assert.throws(() => train.pair(299), /damaged \(pair 299\)/);
  assert.throws(
    () => verifyDataset(prepared),
    (error) => error instanceof InputError && error.where === path,
  );
});

test('any other damage is an InputError: files missing or swapped, a manifest with any byte changed', () => {
  for (const name of readdirSync(prepared)) {
    const copy = copyOfWhole().prepared;
    rmSync(join(copy, name));
    assert.throws(() => openDataset(copy), InputError, `without ${name}`);
  }
  const swapped = copyOfWhole().prepared;
  cpSync(join(swapped, 'source.model'), join(swapped, 'target.model'));
  assert.throws(() => openDataset(swapped), InputError);
  assert.throws(() => openDataset(whole), /no prepared data/);
  const path = join(copyOfWhole().prepared, 'manifest.json');
  const manifest = readFileSync(path);
  fc.assert(
    fc.property(fc.nat(manifest.length - 1), fc.nat(255), (at, byte) => {
      const broken = Buffer.from(manifest);
      broken[at] = byte;
      writeFileSync(path, broken);
      try {
        openDataset(join(path, '..')).close();
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }),
    { numRuns: 300 },
  );
});

test('a full disk is a failed run that leaves nothing new behind and the old data unchanged', async () => {
  const full = (budget: number) => {
    let left = budget;
    return (path: string): AtomicFile => {
      const file = new AtomicFile(path);
      const write = file.write.bind(file);
      file.write = (data) => {
        left -= data.length;
        if (left >= 0) return write(data);
        file.abort();
        throw writeFailure(path, Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
      };
      return file;
    };
  };
  const bytes = readdirSync(prepared).reduce((sum, name) => sum + readFileSync(join(prepared, name)).length, 0);
  for (const budget of [bytes / 2, bytes - 100]) {
    const folder = corpusFolder();
    const before = readdirSync(folder);
    const failed = (out: string) =>
      assert.rejects(
        prepareDataset(optionsFor(folder, { out, openFile: full(budget) })),
        (error) => error instanceof AttnError && error.exitCode === 1 && /disk is full/.test(error.message),
      );
    await failed(join(folder, 'new'));
    assert.deepEqual(readdirSync(folder), before);
    const old = copyOfWhole().prepared;
    const files = readdirSync(old);
    await failed(old);
    assert.deepEqual(readdirSync(old), files);
    verifyDataset(old);
  }
});

test('a failure while the files are renamed leaves no folder that looks complete', async () => {
  const folder = corpusFolder();
  let opened = 0;
  const openFile = (path: string): AtomicFile => {
    const file = new AtomicFile(path);
    if (++opened === 4) {
      file.commit = () => {
        throw writeFailure(path, Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
      };
    }
    return file;
  };
  await assert.rejects(prepareDataset(optionsFor(folder, { openFile })), /disk is full/);
  assert.ok(!existsSync(join(folder, 'prepared')));
});

test('errors for bad input tell where it is, and nothing is left behind', async () => {
  for (const [file, content, pattern] of [
    ['train.tsv', 'la mela\tthe apple\nla mela\n', /train\.tsv:2: no tab/],
    ['dev.tsv', 'la mela\t \n', /dev\.tsv:1: the target side is empty/],
    ['test.tsv', Buffer.from([1, 0, 2, 0]), /test\.tsv: is a binary file/],
    ['train.tsv', '', /train\.tsv: has no pairs\n {2}train needs at least one/],
    ['dev.tsv', '', /dev\.tsv: has no pairs/],
    ['test.tsv', '', /test\.tsv: has no pairs/],
    ['train.tsv', `${'la mela '.repeat(60)}\tthe apple\n`, /train\.tsv: has no pairs of 1 to 100 ids per side/],
    ['train.tsv', undefined, /train\.tsv: no such file/],
    ['vocabulary/source.model', undefined, /source\.model: no such file/],
    ['vocabulary/source.model', 'la mela', /source\.model/],
  ] as const) {
    const folder = corpusFolder();
    if (content === undefined) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), content);
    await assert.rejects(prepareDataset(optionsFor(folder)), (error) => {
      return error instanceof InputError && pattern.test(error.describe());
    });
    assert.ok(!existsSync(join(folder, 'prepared')), file);
  }
});

test('an interrupted run leaves nothing behind', async () => {
  const folder = corpusFolder(toyLines(0, 30_000));
  const interrupt = new AbortController();
  const onProgress = () => interrupt.abort();
  await assert.rejects(prepareDataset(optionsFor(folder, { signal: interrupt.signal, onProgress })), {
    name: 'AbortError',
  });
  assert.ok(!existsSync(join(folder, 'prepared')));
});

test("vocabularies built in the data's own folder are used in place", async () => {
  const folder = corpusFolder();
  await prepareDataset(optionsFor(folder, { out: join(folder, 'vocabulary') }));
  const dataset = openDataset(join(folder, 'vocabulary'));
  for (const name of splitNames) assert.ok(dataset.split(name).size > 0);
  verifyDataset(dataset.directory);
});
