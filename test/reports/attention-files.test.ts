import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { PNG } from 'pngjs';
import {
  attentionFormats,
  attentionPath,
  writeAttention,
  writeAttentionFile,
} from '../../src/reports/attention-files.ts';
import { InputError } from '../../src/support/errors.ts';
import { hungry } from './example.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attn-attention-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a sentence of a report is written in every format under its number', () => {
  const paths = writeAttention(join(folder, 'concat'), 42, hungry(), attentionFormats, { title: 'concat' });
  assert.deepEqual(
    readdirSync(join(folder, 'concat')).sort(),
    attentionFormats.map((format) => `0042.${format}`).sort(),
  );
  assert.equal(paths.length, attentionFormats.length);
  assert.equal(JSON.parse(readFileSync(join(folder, 'concat/0042.json'), 'utf8')).target[3], '▁hung');
  assert.ok(PNG.sync.read(readFileSync(join(folder, 'concat/0042.png'))).width > 100);
  assert.equal(readFileSync(join(folder, 'concat/0042.align'), 'utf8'), '0-0 0-1 1-2 2-3\n');
});

test('pieces are written in addition to words', () => {
  writeAttention(folder, 7, hungry(), ['tsv'], { level: 'pieces' });
  writeAttention(folder, 7, hungry(), ['tsv']);
  assert.match(readFileSync(join(folder, '0007.pieces.tsv'), 'utf8'), /^\t▁Ho\t▁mol\tta/);
  assert.match(readFileSync(join(folder, '0007.tsv'), 'utf8'), /^\tHo\tmolta\t/);
});

test('the name of a file determines its format and whether it shows pieces', () => {
  assert.deepEqual(attentionPath('out/a.b.SVG'), { path: 'out/a.b.SVG', format: 'svg', level: 'words' });
  assert.deepEqual(attentionPath('x.pieces.npy'), { path: 'x.pieces.npy', format: 'npy', level: 'pieces' });
});

test('another extension is rejected with the list of valid ones', () => {
  for (const path of ['a.gif', 'a', 'a.b/c', '']) {
    assert.throws(
      () => attentionPath(path),
      (error) => error instanceof InputError && error.where === path && /\.json .*\.html/.test(error.remedy ?? ''),
    );
  }
});

test('one sentence goes to the named file', () => {
  const path = join(folder, 'new/folder/a.pieces.align');
  assert.deepEqual(writeAttentionFile(path, [[hungry()]], 'dot'), [path]);
  assert.equal(readFileSync(path, 'utf8'), '0-0 0-1 1-2 3-3 3-4 4-5\n');
});

test('several sentences make numbered pictures, but one page and one list of alignments', () => {
  const two = [[hungry()], [hungry()]];
  const names = (path: string) =>
    writeAttentionFile(join(folder, path), two, 'dot').map((one) => one.slice(folder.length + 1));
  assert.deepEqual(names('a.svg'), ['a.0001.svg', 'a.0002.svg']);
  assert.deepEqual(names('a.pieces.png'), ['a.0001.pieces.png', 'a.0002.pieces.png']);
  assert.deepEqual(names('a.html'), ['a.html']);
  assert.deepEqual(names('a.align'), ['a.align']);
  assert.equal(readFileSync(join(folder, 'a.align'), 'utf8'), '0-0 0-1 1-2 2-3\n'.repeat(2));
  assert.equal(names('a.txt').length, 1);
});

test('a sentence without words keeps its place: an empty line, or a skipped number', () => {
  const gap = [[hungry()], [], [hungry()]];
  const write = (path: string) => writeAttentionFile(join(folder, path), gap, 'dot');
  assert.deepEqual(
    write('gap.svg').map((one) => one.slice(folder.length + 1)),
    ['gap.0001.svg', 'gap.0003.svg'],
  );
  write('gap.align');
  assert.equal(readFileSync(join(folder, 'gap.align'), 'utf8'), '0-0 0-1 1-2 2-3\n\n0-0 0-1 1-2 2-3\n');
});

test('each of several translations has its own: numbered files, one page, a list of alignments like an n-best list', () => {
  const names = (path: string, attentions: Parameters<typeof writeAttentionFile>[1]) =>
    writeAttentionFile(join(folder, path), attentions, 'dot').map((one) => one.slice(folder.length + 1));
  const one = [[hungry(), hungry()]];
  assert.deepEqual(names('nb.pieces.json', one), ['nb.1.pieces.json', 'nb.2.pieces.json']);
  const three = [[hungry(), hungry()], [], [hungry()]];
  assert.deepEqual(names('nb.svg', three), ['nb.0001.1.svg', 'nb.0001.2.svg', 'nb.0003.1.svg']);
  assert.deepEqual(names('nb.align', three), ['nb.align']);
  const links = '0-0 0-1 1-2 2-3';
  assert.equal(readFileSync(join(folder, 'nb.align'), 'utf8'), `0 ||| ${links}\n0 ||| ${links}\n2 ||| ${links}\n`);
  assert.deepEqual(names('nb.html', three), ['nb.html']);
  const page = readFileSync(join(folder, 'nb.html'), 'utf8');
  const data = JSON.parse(/<script id="viewer-data" type="application\/json">([^<]*)<\/script>/.exec(page)?.[1] ?? '');
  assert.deepEqual([data.models, data.choose], [['1', '2'], 'translation']);
  assert.deepEqual(
    data.sentences.map(({ matrices }: { matrices: unknown[] }) => matrices.map((matrix) => matrix !== null)),
    [
      [true, true],
      [true, false],
    ],
  );
  assert.match(page, /<h1>2 sentences<\/h1>/);
});

test('a place that is not writable is an input error', () => {
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => writeAttention(join(folder, 'file'), 1, hungry(), ['svg']), InputError);
});
