import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSplitFolder, readSplitFile } from '../../src/corpus/split-folder.ts';
import { normaliseSentence } from '../../src/corpus/text.ts';
import { attn, filesIn, inventedPairs, rowsOf, temporaryFolder } from './helpers.ts';

const parts = ['train', 'dev', 'test'] as const;
const rowsIn = (folder: string) => parts.map((part) => rowsOf(join(folder, `${part}.tsv`)));

/** Each pair in three different spellings, to create leaks. */
const variants = inventedPairs(300).flatMap(({ it, en }) => [
  `${en}\t${it}`,
  `${en.toUpperCase()}\t${it} (proprio così)`,
  `${en} (just so)\t${it.replace('.', '!')}`,
]);
const text = variants.map((line) => `${line}\n`).join('');

test('a split is the whole corpus in order, shares no sentence between its parts, and is the same for the same seed', async (t) => {
  const folder = temporaryFolder(t);
  const split = async (seed: number) => {
    const out = join(folder, String(Math.random()).slice(2));
    const words = [
      'data',
      'split',
      '--corpus',
      '-',
      '--dev-size',
      '30',
      '--test-size',
      '45',
      '--seed',
      `${seed}`,
      '--out',
      out,
    ];
    const { code, stderr } = await attn(words, text);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /no sentence of dev or test is in train/);
    assert.match(stderr, /next: attn vocab --train .*train\.tsv/);
    return rowsIn(out);
  };
  const rows = await split(1);
  assert.deepEqual(
    rows.map((part) => part.length),
    [825, 30, 45],
  );
  const order = new Map(variants.map((line, i) => [line.split('\t').reverse().join('\t'), i]));
  const places = rows.map((part) => part.map((row) => order.get(row.join('\t'))!));
  for (const part of places)
    assert.deepEqual(
      part,
      part.toSorted((a, b) => a - b),
    );
  assert.deepEqual(
    places.flat().sort((a, b) => a - b),
    variants.map((_, i) => i),
  );
  for (const side of [0, 1]) {
    const sentences = rows.map((part) => new Set(part.map((row) => normaliseSentence(row[side]!))));
    const together = new Set(sentences.flatMap((part) => [...part]));
    assert.equal(
      together.size,
      sentences.reduce((sum, part) => sum + part.size, 0),
    );
  }
  assert.deepEqual(await split(1), rows);
  assert.notDeepEqual(await split(2), rows);
});

test('split.json records method, seed, languages, counts, checksums, and nothing else is written', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'corpus.tsv');
  writeFileSync(path, `${text}malformed\n`);
  const out = join(folder, 'out');
  const { code, stdout, stderr } = await attn(['data', 'split', '--corpus', path, '--out', out, '--json']);
  assert.equal(code, 0, stderr);
  assert.ok(
    stderr.includes(`1 of 901 lines is malformed (0.11 %)\n  ${path}:901: no tab: two columns expected`),
    stderr,
  );
  assert.deepEqual(filesIn(out), ['dev.tsv', 'split.json', 'test.tsv', 'train.tsv']);
  const split = readSplitFile(out)!;
  assert.deepEqual(JSON.parse(stdout), split);
  assert.deepEqual(split, {
    format: 'attn-split',
    version: 1,
    method: 'component',
    leaks: false,
    seed: 1,
    languages: { source: 'it', target: 'en' },
    inputs: [{ file: path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') }],
    pairs: { train: 720, dev: 90, test: 90 },
    malformed: 1,
    components: { count: 300, largest: 3 },
    sharedWithTrain: { dev: { source: 0, target: 0 }, test: { source: 0, target: 0 } },
  });
  assert.deepEqual(openSplitFolder(out)[0]!.corpus.languages, split.languages);
});

test('a split by rows is 80 to 20, and the output and split.json say that it leaks', async (t) => {
  const out = temporaryFolder(t);
  const { stderr } = await attn(['data', 'split', '--corpus', '-', '--method', 'row', '--out', out], text);
  assert.match(stderr, /THIS SPLIT LEAKS: of the test sentences, \d\d % of the it and \d\d % of the en/);
  const split = readSplitFile(out)!;
  assert.deepEqual([split.method, split.leaks, split.pairs], ['row', true, { train: 720, dev: 90, test: 90 }]);
  const [train, , test] = rowsIn(out);
  for (const [side, name] of (['source', 'target'] as const).entries()) {
    const known = new Set(train!.map((row) => normaliseSentence(row[side]!)));
    const shared = test!.filter((row) => known.has(normaliseSentence(row[side]!))).length;
    assert.equal(split.sharedWithTrain.test[name], shared);
    assert.ok(shared > 0);
  }
});

test('files of line numbers select the pairs that are held out', async (t) => {
  const folder = temporaryFolder(t);
  const [dev, test] = [join(folder, 'dev.lines'), join(folder, 'test.lines')];
  const words = ['data', 'split', '--corpus', '-', '--columns', 'en,it', '--dev-lines', dev, '--test-lines', test];
  writeFileSync(dev, '7\n8\n9\n');
  writeFileSync(test, '900\r\n1');
  const out = join(folder, 'out');
  const good = await attn([...words, '--out', out], text);
  assert.equal(good.code, 0, good.stderr);
  const rows = rowsIn(out);
  const line = (number: number) => variants[number - 1]!.split('\t').reverse();
  assert.deepEqual(rows[1], [line(7), line(8), line(9)]);
  assert.deepEqual(rows[2], [line(1), line(900)]);
  assert.equal(rows[0]!.length, 895);
  assert.equal(readSplitFile(out)!.sharedWithTrain.test.source, 2);
  for (const [lines, message] of [
    ['901\n', /standard input:901: is in a file of line numbers, but holds no pair/],
    ['1\nzwei\n', /test\.lines:2: "zwei" is not a line number/],
    ['0\n', /test\.lines:1: "0" is not a line number/],
    ['8\n', /line 8 is in both dev and test/],
  ] as const) {
    writeFileSync(test, lines);
    const bad = await attn([...words, '--out', join(folder, 'bad')], text);
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, message);
  }
  assert.deepEqual(filesIn(folder), [
    'dev.lines',
    'out/dev.tsv',
    'out/split.json',
    'out/test.tsv',
    'out/train.tsv',
    'test.lines',
  ]);
});

test('impossible splits are rejected: too little data, one component, conflicting options', async (t) => {
  const out = join(temporaryFolder(t), 'out');
  const refusal = async (words: string[], input: string) => {
    const { code, stderr } = await attn(
      ['data', 'split', '--corpus', '-', '--columns', 'en,it', '--out', out, ...words],
      input,
    );
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(await refusal(['--dev-size', '600', '--test-size', '300'], text), /leave none of its 900 to train on/);
  const one = inventedPairs(40).map(({ it }) => `Yes, I know.\t${it}\n`);
  assert.match(await refusal([], one.join('')), /no dev set without leaks: .* only 1 component\n {2}.*--method row/);
  assert.match(await refusal(['--dev-lines', 'a'], text), /--dev-lines and --test-lines go together/);
  assert.match(await refusal(['--dev-lines', 'a', '--test-lines', 'b', '--method', 'row'], text), /already say/);
  assert.match(await refusal(['--dev-lines', '/none', '--test-lines', '/none'], text), /\/none: no such file/);
});

test('an invalid split.json is rejected', (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'a'));
  assert.equal(readSplitFile(join(folder, 'a')), undefined);
  for (const content of ['{', '{"format": "attn-split"}', '[]']) {
    writeFileSync(join(folder, 'split.json'), content);
    assert.throws(() => readSplitFile(folder), /was not written by `attn data split/);
  }
});

test('any text on standard input is split or rejected, never an internal error', async (t) => {
  const out = join(temporaryFolder(t), 'out');
  const line = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...variants.slice(0, 60)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
    { weight: 1, arbitrary: fc.constantFrom('\t', '\ta', 'a\t', '\r', '\ufeff', '?\t!', 'a\tb\tc') },
  );
  const inputs = fc.oneof(
    fc.array(line, { maxLength: 30 }).map((lines) => Buffer.from(lines.join('\n'))),
    fc.uint8Array(),
  );
  await fc.assert(
    fc.asyncProperty(inputs, fc.constantFrom('0', '.3', '1'), async (input, share) => {
      const words = [
        'data',
        'split',
        '--corpus',
        '-',
        '--columns',
        'en,it',
        '--max-malformed',
        share,
        '--json',
        '--out',
        out,
      ];
      const { code, stdout, stderr } = await attn(words, input);
      assert.ok(code === 0 || (code === 2 && stdout === ''), stderr);
      if (code === 0) {
        const { pairs } = JSON.parse(stdout);
        assert.deepEqual(
          rowsIn(out).map((rows) => rows.length),
          [pairs.train, pairs.dev, pairs.test],
        );
      }
    }),
    { numRuns: 60 },
  );
});
