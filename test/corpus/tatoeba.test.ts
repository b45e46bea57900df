import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CorpusStatistics } from '../../src/corpus/statistics.ts';
import { attn, rowsOf, temporaryFolder } from './helpers.ts';

const tatoeba = '../shared/corpora/tatoeba-ita-eng';
const corpus = `${tatoeba}/ita.txt.gz`;
const debian = '../shared/corpora/debian-ddtp/ddtp.en-it.tsv.gz';
const needs = (path: string) => (existsSync(path) ? {} : { skip: `needs ${path}` });

/**
 * The figures come from ../shared/corpora/README.md, and from Python's `re` and `unicodedata` where that is not exact.
 */
test('every known count of Tatoeba is reproduced', needs(corpus), async () => {
  const { code, stdout, stderr } = await attn(['data', 'stats', '--corpus', corpus, '--json']);
  assert.equal(code, 0, stderr);
  const counted: CorpusStatistics = JSON.parse(stdout);
  assert.equal(counted.pairs, 352_040);
  assert.deepEqual(counted.uniqueSentences, {
    source: { exact: 328_218, normalised: 325_741 },
    target: { exact: 151_089, normalised: 150_979 },
  });
  assert.deepEqual(counted.components, { exact: 138_335, normalised: 137_051, largest: 121 });
  const { source: italian, target: english, strayCharacters } = counted.parts[0]!;
  assert.deepEqual([italian.meanTokens.toFixed(1), english.meanTokens.toFixed(1)], ['6.6', '7.3']);
  assert.deepEqual([italian.types, english.types], [27_066, 13_513]);
  const covered = (side: typeof italian) => (100 * side.coverage.find(({ types }) => types === 8000)!.share).toFixed(1);
  assert.deepEqual([covered(italian), covered(english)], ['97.6', '99.6']);
  assert.deepEqual([italian.lengthPercentiles[95], italian.atLeast20Tokens], [11, 615]);
  assert.deepEqual(strayCharacters, { noBreakSpace: 55, curlyApostrophe: 43, zeroWidthSpace: 10, softHyphen: 1 });
  const tom = english.frequentWords.find(({ word }) => word === 'tom')!;
  assert.equal(tom.share.toFixed(2), '0.25');
  // 82 % and 13 % of 5,000 random rows: three standard deviations of such a draw are 1.6 and 1.4 points.
  const leak = counted.randomRowLeak;
  assert.equal(leak.testPairs, 5000);
  assert.ok(Math.abs(leak.target - 0.82) < 0.016 && Math.abs(leak.source - 0.13) < 0.014, JSON.stringify(leak));
});

/** Normalisation in the words of the Python reference: the oracle of the two tests below. */
const normalised = (sentence: string) =>
  sentence
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}_]/u)
    .filter((word) => word !== '')
    .join(' ');

function assertNoSharedSentence(folder: string): void {
  for (const side of [0, 1]) {
    const train = new Set(rowsOf(join(folder, 'train.tsv')).map((row) => normalised(row[side]!)));
    const dev = new Set(rowsOf(join(folder, 'dev.tsv')).map((row) => normalised(row[side]!)));
    const test = rowsOf(join(folder, 'test.tsv')).map((row) => normalised(row[side]!));
    assert.deepEqual(
      [...test, ...dev].filter((sentence) => train.has(sentence)),
      [],
    );
    assert.deepEqual(
      test.filter((sentence) => dev.has(sentence)),
      [],
    );
  }
}

for (const [path, columns] of [
  [corpus, 'en,it'],
  [debian, 'en,it'],
] as const) {
  test(`no sentence is shared between the splits of ${path.split('/').at(-2)}`, needs(path), async (t) => {
    const out = temporaryFolder(t);
    const words = [
      'data',
      'split',
      '--corpus',
      path,
      '--columns',
      columns,
      '--source',
      'it',
      '--target',
      'en',
      '--out',
      out,
    ];
    const { code, stderr } = await attn(words);
    assert.equal(code, 0, stderr);
    assert.equal(rowsOf(join(out, 'dev.tsv')).length, 2000);
    assert.equal(rowsOf(join(out, 'test.tsv')).length, 2000);
    assertNoSharedSentence(out);
  });
}

test('the line numbers that come with Tatoeba give their split, without leaks', needs(corpus), async (t) => {
  const out = temporaryFolder(t);
  const lines = ['--dev-lines', `${tatoeba}/dev.lines`, '--test-lines', `${tatoeba}/test.lines`];
  const { code, stdout, stderr } = await attn(['data', 'split', '--corpus', corpus, ...lines, '--out', out, '--json']);
  assert.equal(code, 0, stderr);
  const { pairs, leaks } = JSON.parse(stdout);
  assert.deepEqual([pairs, leaks], [{ train: 347_706, dev: 1995, test: 2339 }, false]);
  assertNoSharedSentence(out);
});
