import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type CorpusChoice, openCorpus, readCorpus } from '../../src/corpus/corpus.ts';
import { MalformedLines } from '../../src/corpus/malformed.ts';
import { InputError } from '../../src/support/errors.ts';
import { collect, inventedPairs, temporaryFolder } from './helpers.ts';

const pairs = inventedPairs(60);
const englishFirst = pairs.map(({ it, en }) => `${en}\t${it}\n`).join('');
const italianFirst = pairs.map(({ it, en }) => `${it}\t${en}\tCC-BY by the author\n`).join('');
const asRead = pairs.map(({ it, en }) => [it, en]);

/** The content of a corpus, and what was reported while it was opened. */
async function read(choice: CorpusChoice, stdin = ''): Promise<{ rows: string[][]; said: string; lines: number[] }> {
  let said = '';
  const corpus = await openCorpus(choice, {
    stdin: Readable.from([Buffer.from(stdin)]),
    say: (text) => {
      said += text;
    },
  });
  try {
    const found = (await collect(readCorpus(corpus, new MalformedLines(0)))).flat();
    return { rows: found.map((p) => [p.source, p.target]), said, lines: found.map((p) => p.line) };
  } finally {
    corpus.close();
  }
}

async function refusal(choice: CorpusChoice): Promise<string> {
  try {
    await read(choice);
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.describe();
  }
  return assert.fail('nothing was refused');
}

test('the order of the columns is recognised from the text and reported', async (t) => {
  const folder = temporaryFolder(t);
  for (const [name, text, said] of [
    ['a.tsv', englishFirst, 'column 2 is it, column 1 is en'],
    ['b.tsv', italianFirst, 'column 1 is it, column 2 is en'],
  ] as const) {
    const path = join(folder, name);
    writeFileSync(path, text);
    const corpus = await read({ corpus: [path] });
    assert.deepEqual(corpus.rows, asRead);
    assert.ok(corpus.said.includes(said), corpus.said);
  }
});

test('named columns are accepted silently, and --source reverses the direction', async (t) => {
  const path = join(temporaryFolder(t), 'corpus.tsv.gz');
  writeFileSync(path, gzipSync(englishFirst));
  assert.deepEqual(await read({ corpus: [path], columns: ['en', 'it'] }).then(({ rows, said }) => ({ rows, said })), {
    rows: asRead,
    said: '',
  });
  const turned = await read({ corpus: [path], source: 'en' });
  assert.deepEqual(
    turned.rows,
    pairs.map(({ it, en }) => [en, it]),
  );
  const other = await read({ corpus: [path], columns: ['left', 'right'] });
  assert.deepEqual(
    other.rows,
    pairs.map(({ it, en }) => [en, it]),
  );
});

test('columns without sentences are skipped', async (t) => {
  const path = join(temporaryFolder(t), 'numbered.tsv');
  writeFileSync(path, pairs.map(({ it, en }, i) => `${i}\t${en}\t${i + 7}\t${it}\n`).join(''));
  assert.deepEqual((await read({ corpus: [path] })).rows, asRead);
  assert.deepEqual((await read({ corpus: [path], columns: ['-', 'en', '-', 'it'] })).rows, asRead);
});

test('two files are read side by side: as two paths in either order, or by their common prefix before the language', async (t) => {
  const folder = temporaryFolder(t);
  const [it, en] = [join(folder, 'train.it'), join(folder, 'train.en.gz')];
  writeFileSync(it, `\ufeff${pairs.map((p) => `${p.it}\r\n`).join('')}`);
  writeFileSync(en, gzipSync(pairs.map((p) => `${p.en}\n`).join('')));
  for (const choice of [
    { corpus: [it, en] },
    { corpus: [en, it] },
    { corpus: [join(folder, 'train')] },
    { corpus: [join(folder, 'train')], columns: ['en', 'it'] },
  ]) {
    const { rows, lines } = await read(choice);
    assert.deepEqual(rows, asRead);
    assert.deepEqual(
      lines,
      pairs.map((_, i) => i + 1),
    );
  }
});

test('two files without languages in their names are told apart by their text', async (t) => {
  const folder = temporaryFolder(t);
  const [a, b] = [join(folder, 'a.txt'), join(folder, 'b.txt')];
  writeFileSync(a, pairs.map((p) => `${p.en}\n`).join(''));
  writeFileSync(b, pairs.map((p) => `${p.it.replace(' ', '\t')}\n`).join(''));
  assert.deepEqual((await read({ corpus: [a, b] })).rows, asRead);
});

test('standard input can be read, and its temporary copy is removed', async () => {
  assert.deepEqual((await read({ corpus: ['-'] }, englishFirst)).rows, asRead);
  const corpus = await openCorpus({ corpus: ['-'] }, { stdin: Readable.from([Buffer.from(englishFirst)]) });
  const kept = corpus.files[0]!.path;
  assert.ok(existsSync(kept));
  const listeners = process.listenerCount('exit');
  corpus.close();
  assert.ok(!existsSync(kept));
  assert.equal(process.listenerCount('exit'), listeners - 1);
});

test('a process that ends before it closes a corpus leaves no copy of a pipe behind', (t) => {
  const folder = temporaryFolder(t);
  const program = `
    import { existsSync } from 'node:fs';
    import { openCorpus } from ${JSON.stringify(new URL('../../src/corpus/corpus.ts', import.meta.url).href)};
    const corpus = await openCorpus({ corpus: ['-'] });
    process.stdout.write(String(existsSync(corpus.files[0].path)), () => process.exit(0));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', program],
    // tsx keeps compiled files in a temporary folder too
    { input: englishFirst, encoding: 'utf8', env: { ...process.env, TMPDIR: folder, TSX_DISABLE_CACHE: '1' } },
  );
  assert.equal(stdout, 'true', stderr);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('attn-')),
    [],
  );
});

test('column names in the wrong order, or for columns that do not exist, are rejected', async (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'corpus.tsv');
  writeFileSync(path, englishFirst);
  assert.match(
    await refusal({ corpus: [path], columns: ['it', 'en'] }),
    /says it,en, but column 1 is in en and column 2 in it\n {2}--columns en,it/,
  );
  assert.match(await refusal({ corpus: [path], columns: ['en', 'it', 'fr'] }), /names 3 columns .* but there are 2/);
  assert.match(await refusal({ corpus: [path], source: 'fr' }), /no column is in fr \(columns: en,it\)/);
  assert.match(await refusal({ corpus: [path], source: 'it', target: 'ita' }), /source and target are both it/);
  writeFileSync(path, pairs.map(({ en }) => `${en}\n`).join(''));
  assert.match(await refusal({ corpus: [path], columns: ['en', 'it'] }), /names 2 columns .* there is only one/);
  writeFileSync(path, 'qui\tquo\nqua\tque\n');
  assert.match(await refusal({ corpus: [path] }), /cannot detect the languages .*\n {2}.*--columns it,en/);
});

test('paths that lead nowhere, folders and too many files are rejected', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, 'sub'));
  assert.match(await refusal({ corpus: [join(folder, 'none')] }), /none: no such file/);
  assert.match(await refusal({ corpus: [join(folder, 'sub')] }), /is a folder/);
  assert.match(await refusal({ corpus: ['a', 'b', 'c'] }), /3 files/);
  assert.match(await refusal({ corpus: ['-', '-'] }), /standard input can be one file/);
});
