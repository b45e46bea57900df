import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CorpusStatistics } from '../../src/corpus/statistics.ts';
import { attn, inventedPairs, temporaryFolder } from './helpers.ts';

async function statistics(words: string[], stdin = ''): Promise<CorpusStatistics> {
  const { code, stdout, stderr } = await attn(['data', 'stats', '--json', ...words], stdin);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}

const few = [
  'Dov’è Tom?\tWhere is Tom?',
  "Dov'è Tom?\tWhere's Tom?",
  'Tom è\u00a0qui.\tTom is here.',
  'Eccolo.\tTom is here!',
  'Il pane\u200b e l\u00adacqua.\tBread and water.',
].join('\n');

test('lengths, types, coverage and stray characters match a count by hand', async () => {
  const counted = await statistics(['--corpus', '-', '--columns', 'it,en'], few);
  assert.equal(counted.pairs, 5);
  const [part] = counted.parts;
  // dov ’ è tom ? | dov ' è tom ? | tom è qui . | eccolo . | il pane (zero width) e l (soft hyphen) acqua .
  assert.equal(part!.source.tokens, 5 + 5 + 4 + 2 + 8);
  assert.equal(part!.source.meanTokens, 24 / 5);
  assert.equal(part!.source.longest, 8);
  assert.deepEqual(part!.source.lengthPercentiles, { 50: 5, 75: 5, 90: 8, 95: 8, 99: 8 });
  assert.equal(part!.source.atLeast20Tokens, 0);
  // where is tom ? ' s here . ! bread and water
  assert.equal(part!.target.types, 12);
  assert.deepEqual(part!.target.coverage[0], { types: 1000, share: 1 });
  assert.deepEqual(part!.target.frequentWords.slice(0, 2), [
    { word: 'tom', share: 0.8 },
    { word: 'is', share: 0.6 },
  ]);
  assert.deepEqual(part!.strayCharacters, { noBreakSpace: 1, curlyApostrophe: 1, zeroWidthSpace: 1, softHyphen: 1 });
});

test('unique sentences and components are counted as written and normalised', async () => {
  const { uniqueSentences, components } = await statistics(['--corpus', '-', '--columns', 'it,en'], few);
  assert.deepEqual(uniqueSentences, { source: { exact: 5, normalised: 4 }, target: { exact: 5, normalised: 4 } });
  assert.deepEqual(components, { exact: 5, normalised: 3, largest: 2 });
});

test('each split in a folder is counted, and so is what they share', async (t) => {
  const folder = temporaryFolder(t);
  const lines = inventedPairs(30).map(({ it, en }) => `${it}\t${en}\n`);
  writeFileSync(join(folder, 'train.tsv'), lines.slice(0, 20).join(''));
  writeFileSync(join(folder, 'dev.tsv'), lines.slice(20).join(''));
  writeFileSync(join(folder, 'test.tsv'), [...lines.slice(0, 2), `${lines[2]!.split('\t')[0]}!\tJust so.\n`].join(''));
  const counted = await statistics(['--corpus', folder]);
  assert.deepEqual(
    counted.parts.map(({ name, pairs }) => [name, pairs]),
    [
      ['train', 20],
      ['dev', 10],
      ['test', 3],
    ],
  );
  assert.deepEqual(counted.overlaps, [
    { part: 'dev', within: 'train', source: 0, target: 0 },
    { part: 'test', within: 'train', source: 3, target: 2 },
    { part: 'test', within: 'dev', source: 0, target: 0 },
  ]);
  const table = await attn(['data', 'stats', '--corpus', folder]);
  assert.match(table.stdout, /^test +source +3 /m);
  assert.match(table.stdout, /test pairs whose sentence is also in train: 3 by source, 2 by target/);
});

test('random rows leak completely if every sentence occurs twice, and not at all if none does', async () => {
  const once = inventedPairs(200).map(({ it, en }) => `${it}\t${en}\n`);
  const alone = await statistics(['--corpus', '-'], once.join(''));
  assert.deepEqual(alone.randomRowLeak, { testPairs: 20, source: 0, target: 0 });
  const many = await statistics(['--corpus', '-'], Array.from({ length: 9 }, () => once.join('')).join(''));
  assert.deepEqual(many.randomRowLeak, { testPairs: 180, source: 1, target: 1 });
});
