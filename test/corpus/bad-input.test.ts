import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { smallDisk } from '../helpers/small-disk.ts';
import { attn, filesIn, inventedPairs, temporaryFolder } from './helpers.ts';

const pairs = inventedPairs(400);
const tsv = pairs.map(({ it, en }) => `${it}\t${en}\n`).join('');

/** Files of bad input, the words that name them, and the expected message. Each is given to all three commands. */
const cases: Record<string, { files: Record<string, string | Uint8Array>; words: string[]; says: RegExp }> = {
  'a binary file': {
    files: { 'a.tsv': Buffer.concat([Buffer.from('ELF'), Buffer.alloc(5), randomBytes(5000)]) },
    words: ['--corpus', 'a.tsv'],
    says: /a\.tsv: is a binary file \(a zero byte at offset 3\)\n {2}give UTF-8 text/,
  },
  'text in UTF-16': {
    files: { 'a.tsv': Buffer.from(`\ufeff${tsv}`, 'utf16le') },
    words: ['--corpus', 'a.tsv'],
    says: /a\.tsv: is UTF-16 text, not UTF-8 text\n {2}convert it: iconv/,
  },
  'text in Latin-1': {
    files: { 'a.tsv': Buffer.from(tsv.replaceAll('vede', 'vedrà'), 'latin1') },
    words: ['--corpus', 'a.tsv', '--columns', 'it,en'],
    says: /a\.tsv: 80 of 400 lines are malformed \(20 %\)\n {2}a\.tsv:1: not valid UTF-8\n[\s\S]*and 75 more\n[\s\S]*--max-malformed 0\.01/,
  },
  'UTF-16 text without a byte order mark': {
    files: { 'a.tsv': Buffer.from(tsv, 'utf16le') },
    words: ['--corpus', 'a.tsv'],
    says: /a\.tsv: is UTF-16 text without a byte order mark, not UTF-8 text\n {2}convert it: iconv -f UTF-16LE/,
  },
  'a file of which no line is UTF-8': {
    files: { 'a.tsv': Buffer.from('perch\xe9\twhy\n'.repeat(120), 'latin1') },
    words: ['--corpus', 'a.tsv'],
    says: /a\.tsv: 120 of 120 lines are malformed \(100 %\)\n {2}a\.tsv:1: not valid UTF-8\n[\s\S]*and 115 more\n[\s\S]*iconv -f CP1252 -t UTF-8 \S+ > NEW/,
  },
  'two files of which no line is UTF-8': {
    files: { 'a.it': Buffer.from('perch\xe9\n'.repeat(7), 'latin1'), 'a.en': 'why\n'.repeat(7) },
    words: ['--corpus', 'a.it', 'a.en'],
    says: /a\.it: 7 of 7 lines are malformed \(100 %\)\n {2}a\.it:1: not valid UTF-8\n[\s\S]*iconv -f CP1252/,
  },
  'a zip archive': {
    files: { 'a.zip': Buffer.from('PK\u0003\u0004 and so on') },
    words: ['--corpus', 'a.zip'],
    says: /a\.zip: is a zip archive/,
  },
  'columns that are not there': {
    files: { 'a.tsv': tsv },
    words: ['--corpus', 'a.tsv', '--columns', '-,it,en'],
    says: /a\.tsv: --columns names 3 columns \(-,it,en\), but there are 2/,
  },
  'columns the wrong way round': {
    files: { 'a.tsv': tsv },
    words: ['--corpus', 'a.tsv', '--columns', 'en,it'],
    says: /--columns says en,it, but column 1 is in it and column 2 in en\n {2}--columns it,en/,
  },
  'one side that is empty': {
    files: { 'a.tsv': pairs.map(({ it }) => `${it}\t\n`).join('') },
    words: ['--corpus', 'a.tsv', '--columns', 'it,en'],
    says: /a\.tsv: 400 of 400 lines are malformed \(100 %\)\n {2}a\.tsv:1: the target side is empty\n[\s\S]*no pair was found/,
  },
  'an empty file': {
    files: { 'a.tsv': '' },
    words: ['--corpus', 'a.tsv'],
    says: /a\.tsv: is empty/,
  },
  'an empty file beside a full one': {
    files: { 'a.it': pairs.map(({ it }) => `${it}\n`).join(''), 'a.en': '' },
    words: ['--corpus', 'a'],
    says: /a\.it: 400 lines, but .*a\.en has 0/,
  },
  'different line counts': {
    files: {
      'a.it': pairs.map(({ it }) => `${it}\n`).join(''),
      'a.en': pairs
        .slice(7)
        .map(({ en }) => `${en}\n`)
        .join(''),
    },
    words: ['--corpus', 'a.it', 'a.en'],
    says: /a\.it: 400 lines, but .*a\.en has 393\n {2}line n of one file/,
  },
  'gzip cut short': {
    files: { 'a.tsv.gz': gzipSync(tsv).subarray(0, 900) },
    words: ['--corpus', 'a.tsv.gz', '--columns', 'it,en'],
    says: /a\.tsv\.gz: the gzip data ends too early: the file is truncated\n {2}copy or download it again/,
  },
  'gzip cut within its first bytes': {
    files: { 'a.tsv.gz': gzipSync(tsv).subarray(0, 5) },
    words: ['--corpus', 'a.tsv.gz', '--columns', 'it,en'],
    says: /a\.tsv\.gz: the gzip data ends too early/,
  },
  'damaged gzip': {
    files: { 'a.tsv.gz': gzipSync(tsv).fill(0x55, 400, 500) },
    words: ['--corpus', 'a.tsv.gz', '--columns', 'it,en'],
    says: /a\.tsv\.gz: the gzip data (is damaged|ends too early)/,
  },
};

for (const [what, { files, words, says }] of Object.entries(cases)) {
  test(`${what} is rejected by split, clean and stats with code 2, and nothing is written`, async (t) => {
    const folder = temporaryFolder(t);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const inFolder = words.map((word) => (/^a(\.|$)/.test(word) ? join(folder, word) : word));
    for (const [command, out] of [
      ['split', ['--out', join(folder, 'out')]],
      ['clean', ['--out', join(folder, 'clean.tsv')]],
      ['stats', []],
    ] as const) {
      const { code, stdout, stderr } = await attn(['data', command, ...inFolder, ...out]);
      assert.equal(code, 2, stderr);
      assert.equal(stdout, '');
      assert.match(stderr.replaceAll(`${folder}/`, ''), says);
      assert.deepEqual(filesIn(folder), Object.keys(files).sort());
    }
  });
}

test('a NUL byte makes its line malformed, anywhere in a file', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.tsv');
  const many = tsv.repeat(4);
  assert.ok(many.length > 1 << 16);
  const hurt = 'Il gatto\0dorme.\tThe cat is sleeping.\n';
  for (const [text, line] of [
    [hurt + many, 1],
    [many + hurt, 1601],
  ] as const) {
    writeFileSync(path, text);
    const { code, stderr } = await attn(['data', 'stats', '--corpus', path, '--columns', 'it,en']);
    assert.equal(code, 0, stderr);
    assert.ok(stderr.includes(`1 of 1601 lines is malformed (0.062 %)\n  ${path}:${line}: a NUL byte\n`), stderr);
    const vocab = await attn(['vocab', '--train', path, '--out', join(folder, 'v')]);
    assert.equal(vocab.code, 2);
    assert.match(vocab.stderr, new RegExp(`a\\.tsv:${line}: a NUL byte`));
  }
});

test('paths that no file can have are rejected with code 2', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('round', join(folder, 'round'));
  for (const name of [join('file', 'below'), 'x'.repeat(300), 'round']) {
    const { code, stderr } = await attn(['vocab', '--train', join(folder, name), '--out', join(folder, 'out')]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /cannot be read \((ENOTDIR|ENAMETOOLONG|ELOOP)\)\n {2}check the path/);
  }
});

test('malformed lines up to the allowed share are skipped, counted and shown', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.tsv');
  writeFileSync(path, `${tsv}no tab\n\tnothing before\nnothing after\t\n\n`);
  const words = ['data', 'clean', '--corpus', path, '--columns', 'it,en', '--out', join(folder, 'b.tsv')];
  assert.equal((await attn([...words, '--max-malformed', '.009'])).code, 2);
  const { code, stderr } = await attn([...words, '--max-malformed', '.01']);
  assert.equal(code, 0, stderr);
  assert.ok(
    stderr.includes(
      [
        `${path}: 4 of 404 lines are malformed (0.99 %)`,
        `  ${path}:401: no tab: two columns expected`,
        `  ${path}:402: the source side is empty`,
        `  ${path}:403: the target side is empty`,
        `  ${path}:404: an empty line\n`,
      ].join('\n'),
    ),
    stderr,
  );
  const counted = await attn(['data', 'stats', '--corpus', path, '--columns', 'it,en']);
  assert.equal(counted.code, 0, counted.stderr);
  assert.equal(counted.stderr, stderr.slice(0, stderr.indexOf('400 of 400')));
});

test('an output folder that is not writable is rejected with code 2', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'a.tsv');
  writeFileSync(path, tsv);
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'taken.tsv'));
  for (const words of [
    ['split', '--out', join(folder, 'file')],
    ['split', '--out', join(folder, 'file', 'below')],
    ['clean', '--out', join(folder, 'file', 'clean.tsv')],
    ['clean', '--out', join(folder, 'taken.tsv')],
  ]) {
    const { code, stderr } = await attn(['data', ...words, '--corpus', path]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /cannot be written \(E[A-Z]+\)\n {2}name a folder that you can write to/);
    assert.deepEqual(filesIn(folder), ['a.tsv', 'file']);
  }
});

test('a full disk is a failed run with code 1, and no partial files stay', async (t) => {
  const disk = smallDisk(t, '64k');
  if (disk === undefined) return t.skip('needs Linux and the right to mount a small disk');
  const large = Array.from({ length: 5 }, (_, copy) => tsv.replaceAll('.', ` ${copy}.`)).join('');
  for (const words of [
    ['split', '--out', disk],
    ['split', '--out', join(disk, 'new')],
    ['clean', '--out', join(disk, 'clean.tsv')],
  ]) {
    const { code, stderr } = await attn(['data', ...words, '--corpus', '-', '--columns', 'it,en'], large);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /the disk is full; nothing was written\n {2}free some space/);
    assert.deepEqual(filesIn(disk), []);
  }
});
