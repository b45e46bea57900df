import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { main } from '../../src/cli/main.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-vocab-'));
after(() => rmSync(folder, { recursive: true }));
const train = fileURLToPath(new URL('../fixtures/sentences.tsv', import.meta.url));

async function attn(words: readonly string[], input: string | Uint8Array = '') {
  let out = '';
  let err = '';
  const sink = (add: (text: string) => void) =>
    new Writable({
      write(chunk, _, done) {
        add(String(chunk));
        done();
      },
    });
  const stdin = Readable.from([Buffer.from(input)]);
  const code = await main(words, {
    ...{ stdin, stdout: sink((text) => (out += text)), stderr: sink((text) => (err += text)) },
  });
  return { code, out, err };
}

test('vocab writes both models, and encode and decode are inverse, also for pieces', async () => {
  for (const type of ['bpe', 'unigram']) {
    const out = join(folder, type);
    const built = await attn(['vocab', '--train', train, '--type', type, '--size', '300', '--out', out, '--json']);
    assert.equal(built.code, 0, built.err);
    const report = JSON.parse(built.out);
    assert.equal(report.pairs, 80);
    assert.deepEqual([report.source.path, report.target.path], [join(out, 'source.model'), join(out, 'target.model')]);
    assert.deepEqual([report.source.type, report.source.size], [type, 300]);
    assert.notEqual(report.source.sha256, report.target.sha256);
    assert.match(built.err, /next: attn prepare/);

    const sentences = 'Il gatto dorme.\n\n  due  spazi\n';
    const model = ['--model', report.source.path];
    const ids = await attn(['vocab', 'encode', ...model], sentences);
    assert.match(ids.out, /^[\d ]+\n\n[\d ]+\n$/);
    assert.equal((await attn(['vocab', 'decode', ...model], ids.out)).out, 'Il gatto dorme.\n\ndue spazi\n');
    const pieces = await attn(['vocab', 'encode', ...model, '--pieces'], sentences);
    assert.match(pieces.out, /^▁/);
    assert.equal(
      (await attn(['vocab', 'decode', ...model, '--pieces'], pieces.out)).out,
      'Il gatto dorme.\n\ndue spazi\n',
    );
  }
});

test('extend adds symbols after the pieces there are, and touches no file that is not a model', async () => {
  const out = join(folder, 'extend');
  assert.equal((await attn(['vocab', '--train', train, '--type', 'char', '--out', out])).code, 0);
  const [model, more] = [join(out, 'source.model'), join(out, 'more.model')];
  const words = ['vocab', 'extend', '--model', model, '--user-symbols', '<it>,<de>', '--out'];
  const extended = await attn([...words, more, '--json']);
  assert.equal(extended.code, 0, extended.err);
  const { size, added } = JSON.parse(extended.out);
  assert.deepEqual(added, [size - 2, size - 1]);
  const encode = async (path: string, text: string) => (await attn(['vocab', 'encode', '--model', path], text)).out;
  assert.equal(await encode(more, 'Ho fame.\n'), await encode(model, 'Ho fame.\n'));
  assert.match(await encode(more, '<it> Ho\n'), new RegExp(`^\\d+ ${size - 2} `));
  const text = join(out, 'notes.txt');
  writeFileSync(text, 'mine');
  for (const [flags, problem] of [
    [[text], /holds notes\.txt, which attn did not write/],
    [[more, '--user-symbols', 'a b'], /--user-symbols: "a b" cannot be a symbol/],
    [[more, '--model', text], /is not a SentencePiece model file/],
    [[more, '--model', join(out, 'none.model')], /none\.model/],
  ] as const) {
    const { code, err } = await attn([...words, ...flags]);
    assert.equal(code, 2, err);
    assert.match(err, problem);
  }
  assert.equal(readFileSync(text, 'utf8'), 'mine');
});

test('--shared writes the same vocabulary twice; gzip and standard input are read', async () => {
  const out = join(folder, 'shared');
  const packed = join(folder, 'train.tsv.gz');
  writeFileSync(packed, gzipSync(readFileSync(train)));
  assert.equal((await attn(['vocab', '--train', packed, '--size', '300', '--shared', '--out', out])).code, 0);
  const source = readFileSync(join(out, 'source.model'));
  assert.deepEqual(readFileSync(join(out, 'target.model')), source);
  const again = join(folder, 'stdin');
  const words = ['vocab', '--train', '-', '--size', '300', '--shared', '--out', again];
  assert.equal((await attn(words, readFileSync(train))).code, 0);
  assert.deepEqual(readFileSync(join(again, 'source.model')), source);
});

test('without --out the vocabularies are beside the corpus', async () => {
  const copy = join(folder, 'corpus.tsv');
  writeFileSync(copy, readFileSync(train));
  assert.equal((await attn(['vocab', '--train', copy, '--type', 'words'])).code, 0);
  assert.ok(existsSync(join(folder, 'vocabulary', 'source.model')));
});

const refused: readonly (readonly [string, readonly string[], string | Uint8Array, RegExp])[] = [
  ['an empty corpus', ['--train', '-'], '', /standard input: has no pairs/],
  ['a corpus without a word', ['--train', '-'], '\u0001\t\u0002\n', /no words/],
  ['a line without a tab', ['--train', '-'], 'a\tb\nnothing here\n', /standard input:2: .*tab/],
  ['a missing corpus', ['--train', join(folder, 'none.tsv')], '', /none\.tsv: no such file/],
  [
    'a size too large',
    ['--train', train, '--size', '9999'],
    '',
    /--size: 9999 pieces are more.*\n.*--size \d+ or less/,
  ],
  ['a size too small', ['--train', train, '--size', '30'], '', /--size: 30 pieces are too few/],
  ['an unknown type', ['--train', train, '--type', 'syllables'], '', /bpe, unigram, char, words/],
  [
    'digits split in words',
    ['--train', train, '--type', 'words', '--split-digits'],
    '',
    /--split-digits: words stay whole/,
  ],
  [
    'a coverage of characters for words',
    ['--train', train, '--type', 'words', '--character-coverage', '1'],
    '',
    /--character-coverage: words stay whole/,
  ],
];
for (const [what, words, input, problem] of refused) {
  test(`vocab with ${what} exits with 2, says why and writes nothing`, async () => {
    const out = join(folder, 'refused');
    const { code, err } = await attn(['vocab', ...words, '--out', out], input);
    assert.equal(code, 2);
    assert.match(err, problem);
    assert.ok(!existsSync(out));
  });
}

test('for a size that one side cannot have, the error names one that both can have', async () => {
  const out = join(folder, 'sizes');
  // the sides differ in how much they can have and need
  const corpus = join(folder, 'uneven.tsv');
  const words = ['uno', 'due', 'tre', 'quattro', 'cinque', 'sei', 'sette', 'otto', 'nove', 'dieci', 'undici'];
  writeFileSync(
    corpus,
    words.map((word, i) => `${word} ${words[i - 1] ?? ''}\t${word.replace(/[aeio]/g, 'u')}\n`).join(''),
  );
  for (const type of ['bpe', 'unigram']) {
    const vocab = (size: string) => attn(['vocab', '--train', corpus, '--type', type, '--size', size, '--out', out]);
    for (const [size, limit] of [
      ['900', 'supports'],
      ['5', 'needs'],
    ] as const) {
      const { code, err } = await vocab(size);
      assert.equal(code, 2);
      const said = new RegExp(`the source ${limit} (\\d+), the target ${limit} (\\d+)\\n {2}use --size (\\d+) or`);
      const [, source, target, advice] = said.exec(err) ?? assert.fail(err);
      assert.notEqual(source, target);
      assert.equal((await vocab(String(advice))).code, 0, `${type} ${size}: ${advice}`);
    }
  }
});

test('if no size suits both sides, the error says so', async () => {
  const corpus = join(folder, 'impossible.tsv');
  writeFileSync(corpus, 'abcdefghijklmnopqrstuvwxyz\ta\n');
  const { code, err } = await attn(['vocab', '--train', corpus, '--size', '20', '--out', join(folder, 'none')]);
  assert.equal(code, 2);
  assert.match(err, /the source needs \d+, the target supports \d+\n {2}no size suits both: use --shared/);
});

test('encode ignores a NUL byte in a line', async () => {
  const out = join(folder, 'nul');
  for (const type of ['bpe', 'words']) {
    await attn(['vocab', '--train', train, '--size', '300', '--type', type, '--out', out]);
    const model = ['--model', join(out, 'source.model')];
    const { code, out: ids } = await attn(['vocab', 'encode', ...model], 'il ga\0tto\0\nil gatto\n\0\n');
    assert.equal(code, 0);
    const [first, second, third] = ids.split('\n');
    assert.equal(first, second);
    assert.equal(third, '');
  }
});

test('encode and decode name the line of invalid input', async () => {
  const out = join(folder, 'lines');
  await attn(['vocab', '--train', train, '--size', '300', '--out', out]);
  const model = ['--model', join(out, 'source.model')];
  for (const [words, input, problem] of [
    [['encode', ...model], Buffer.from([0x61, 0x0a, 0xff, 0x0a]), /standard input:2: not valid UTF-8/],
    [['decode', ...model], '5 6\n7 300\n', /standard input:2: "300" is not an id.*\n.*0 to 299/],
    [['decode', ...model], 'x\n', /standard input:1: "x" is not an id.*\n.*--pieces/],
    [['decode', ...model, '--pieces'], '▁nonsense\n', /standard input:1: "▁nonsense" is not a piece/],
    [['encode', '--model', train], 'a\n', /sentences\.tsv: is not a SentencePiece model file/],
    [['encode'], 'a\n', /--model: is required/],
  ] as const) {
    const { code, err } = await attn(['vocab', ...words], input);
    assert.equal(code, 2);
    assert.match(err, problem);
  }
});
