import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attn, filesIn, inventedPairs, temporaryFolder } from './helpers.ts';

const plain = inventedPairs(120).map(({ it, en }) => `${en}\t${it}`);
const dirty = [
  ...plain,
  'Where’s the train?\tDov’è il treno?',
  'The  sun\u00ad is high.\tIl sole è alto.',
  'Good evening, everybody, and welcome!\tCiao!',
  'Roma\tRoma',
  'Это дом.\tQuesta è una casa.',
  plain[0],
].join('\n');

test('every filter is counted, and the remaining pairs are written', async (t) => {
  const folder = temporaryFolder(t);
  const out = join(folder, 'clean.tsv');
  const { code, stdout, stderr } = await attn(['data', 'clean', '--corpus', '-', '--out', out, '--json'], dirty);
  assert.equal(code, 0, stderr);
  const report = JSON.parse(stdout);
  assert.deepEqual([report.read, report.kept, report.malformed], [126, 122, 0]);
  const counts = Object.fromEntries(report.filters.map((f: { name: string; pairs: number }) => [f.name, f.pairs]));
  assert.deepEqual(counts, {
    ...{ quotes: 1, nfkc: 0, controls: 1, spaces: 1, words: 0 },
    ...{ empty: 0, length: 0, ratio: 1, identical: 1, script: 1, duplicates: 1 },
  });
  const lines = readFileSync(out, 'utf8').split('\n');
  assert.equal(lines.length, 123);
  assert.equal(lines[120], "Dov'è il treno?\tWhere's the train?");
  assert.equal(lines[121], 'Il sole è alto.\tThe sun is high.');
  assert.match(stderr, /122 of 126 pairs kept/);
  assert.match(stderr, /next: attn data split --corpus .* --columns it,en/);
});

test('a filter that is switched off, by flag or config file, does nothing', async (t) => {
  const folder = temporaryFolder(t);
  const config = join(folder, 'clean.yaml');
  writeFileSync(config, 'quotes: false\nmaxRatio: 50\n');
  const words = ['data', 'clean', config, '--corpus', '-', '--no-duplicates', '--json'];
  const report = JSON.parse((await attn(words, dirty)).stdout);
  const off = report.filters.filter((f: { on: boolean }) => !f.on);
  assert.deepEqual(
    off.map((f: { name: string; pairs: number }) => [f.name, f.pairs]),
    [
      ['quotes', 0],
      ['words', 0],
      ['duplicates', 0],
    ],
  );
  assert.equal(report.kept, 124);
});

test('with --words a corpus is lowercase and without punctuation, and lengths are counted after that', async () => {
  const corpus =
    "L'amico, che è qui, sta bene!\tThe friend who's here - is well.\nUno, due, tre, quattro, cinque, sei.\tOne, two, three, four, five, six.\n";
  const words = ['data', 'clean', '--corpus', '-', '--columns', 'it,en', '--words', '--max-tokens', '6'];
  const { stdout } = await attn(words, corpus);
  assert.equal(
    stdout,
    'lamico che è qui sta bene\tthe friend whos here is well\nuno due tre quattro cinque sei\tone two three four five six\n',
  );
});

test('without --out the pairs go to standard output; with --report there is a table instead, and nothing is written', async (t) => {
  const folder = temporaryFolder(t);
  const pairs = await attn(['data', 'clean', '--corpus', '-', '--columns', 'en,it'], dirty);
  assert.equal(pairs.stdout.split('\n').length, 123);
  const table = await attn(['data', 'clean', '--corpus', '-', '--report'], dirty);
  assert.match(table.stdout, /^duplicates +1 +dropped +126 /m);
  assert.match(table.stdout, /^nfkc +0 +edited/m);
  assert.deepEqual(filesIn(folder), []);
});
