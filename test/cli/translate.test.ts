import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { main } from '../../src/cli/main.ts';
import { toyPair } from '../dataset/toy-corpus.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';

const scratch = scratchFolder();
const home = process.cwd();
const dot = join(scratch, 'checkpoints', 'dot');
before(async () => {
  await writeToyRun(dot, { bleu: 20 });
  await writeToyRun(join(scratch, 'checkpoints', 'concat'), { bleu: 30, options: { score: 'concat' }, seed: 2 });
  await writeToyRun(join(scratch, 'plain'), { options: { score: 'none' } });
  process.chdir(scratch);
});
after(() => process.chdir(home));

const sentences = Array.from({ length: 5 }, (_, i) => toyPair(i).source);

/** Streams of a command: its output is read as text, and the test writes to standard input. */
function streams(isTTY = false) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const text = { out: '', err: '' };
  stdout.on('data', (chunk) => {
    text.out += chunk;
  });
  stderr.on('data', (chunk) => {
    text.err += chunk;
  });
  return { stdin: Object.assign(stdin, { isTTY }), stdout, stderr, text };
}

async function translate(words: readonly string[], input?: string | Buffer) {
  const { text, ...own } = streams();
  if (input !== undefined) own.stdin.end(input);
  const code = await main(['translate', ...words], own);
  return { code, ...text };
}

test('sentences given as arguments are translated one per line, with the newest run under checkpoints/', async () => {
  const { code, out, err } = await translate(sentences);
  assert.equal(code, 0);
  assert.equal(out.split('\n').length, sentences.length + 1);
  assert.match(err, /^using checkpoints\/concat: the newest model of /);
  const named = await translate(['--checkpoint', 'checkpoints/concat', ...sentences]);
  assert.equal(named.out, out);
  assert.doesNotMatch(named.err, /BLEU/, 'a run that was named needs no reason');
  const other = await translate(['--checkpoint', 'checkpoints/dot', ...sentences]);
  assert.notEqual(other.out, out);
});

test('a file, plain or gzip, and standard input give the same as arguments', async () => {
  const lines = `${sentences.join('\n')}\n`;
  writeFileSync('lines.txt', lines);
  writeFileSync('lines.txt.gz', gzipSync(lines));
  const { out } = await translate(['--checkpoint', dot, ...sentences]);
  for (const words of [['--file', 'lines.txt'], ['--file', 'lines.txt.gz'], []]) {
    const found = await translate(['--checkpoint', dot, ...words], lines);
    assert.deepEqual([found.code, found.out], [0, out], words.join(' '));
  }
  assert.equal((await translate(['--checkpoint', dot], lines.trimEnd())).out, out, 'a last line needs no end');
});

test('as many lines come out as go in, whatever they contain', async () => {
  const location = await writeToyRun('location', { options: { score: 'location' } });
  const odd = Buffer.concat([
    Buffer.from(`${sentences[0]}\n\n   \n${'casa '.repeat(10_000)}\n`),
    Buffer.from([0xc3, 0x28, 0x0a]),
    Buffer.from(`a\u0007\u001b[2J\u2028b\n${sentences[0]}`),
  ]);
  const { code, out, err } = await translate(['--checkpoint', location], odd);
  const lines = out.split('\n');
  assert.equal(code, 0);
  assert.equal(lines.length, 8);
  assert.deepEqual([lines[1], lines[2], lines[4]], ['', '', '']);
  assert.equal(lines[6], lines[0]);
  assert.match(err, /line 4: too long for the model; its first 23 pieces were translated/);
  assert.match(err, /line 5: not valid UTF-8/);
  assert.equal((await translate(['--checkpoint', location], '')).out, '');

  writeFileSync('odd.txt', odd);
  const file = await translate(['--checkpoint', location, '--file', 'odd.txt']);
  assert.deepEqual([file.code, file.out], [0, out]);
  const json = await translate(['--checkpoint', location, '--file', 'odd.txt', '--json']);
  const documents = json.out.trimEnd().split('\n');
  assert.deepEqual(
    documents.map((line) => JSON.parse(line).hypotheses[0].text),
    lines.slice(0, -1),
  );
  const nbest = await translate(['--checkpoint', location, '--file', 'odd.txt', '--nbest', '2']);
  const numbers = nbest.out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ||| ')[0]);
  assert.deepEqual([...new Set(numbers)], ['0', '1', '2', '3', '4', '5', '6']);
});

test('sentences in unseen languages and scripts get one line each', async () => {
  const strange = [
    'Þetta er ekki ítalska.',
    'これはイタリア語ではありません',
    'هذه ليست الإيطالية',
    'ᚠᛇᚻ᛫ᛒᛦᚦ',
    '🐧🐧🐧',
    '\u202e\u200b',
  ];
  const { code, out } = await translate(['--checkpoint', dot], `${strange.join('\n')}\n`);
  assert.equal(code, 0);
  assert.equal(out.split('\n').length, strange.length + 1);
});

test('a line written into a pipe is answered before the next is written', async () => {
  const { text, ...own } = streams();
  const running = main(['translate', '--checkpoint', dot], own);
  for (const [i, line] of ['sì', ...sentences].entries()) {
    own.stdin.write(`${line}\n`);
    while (text.out.split('\n').length < i + 2) await new Promise((resolve) => own.stdout.once('data', resolve));
  }
  own.stdin.end();
  assert.equal(await running, 0);
  assert.equal(text.out.split('\n').length, sentences.length + 2);
});

test('--json gives a line for each sentence, with scores and pieces', async () => {
  const { out } = await translate(['--checkpoint', dot, '--json', '--nbest', '3', ...sentences, '']);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ source }) => source),
    [...sentences, ''],
  );
  for (const { hypotheses } of lines.slice(0, -1)) {
    assert.equal(hypotheses.length, 3);
    for (const hypothesis of hypotheses) {
      assert.deepEqual(Object.keys(hypothesis), ['text', 'score', 'logProbability', 'pieces', 'finished']);
      assert.ok(hypothesis.logProbability < 0);
    }
    const scores = hypotheses.map(({ score }: { score: number }) => score);
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    );
  }
  assert.deepEqual(
    lines.at(-1).hypotheses.map(({ text }: { text: string }) => text),
    [''],
  );
});

test("--nbest without --json writes Moses' list format", async () => {
  const { out } = await translate(['--checkpoint', dot, '--nbest', '2', ...sentences]);
  const lines = out.trimEnd().split('\n');
  assert.equal(lines.length, 2 * sentences.length);
  assert.match(lines[3]!, /^1 \|\|\| .* \|\|\| -\d+\.\d{4}$/);
});

test('translations are sampled with --sample, the same ones for the same seed however the lines arrive', async () => {
  const draw = ['--checkpoint', dot, '--sample', '--nbest', '7', '--max-output-length', '8'];
  const { code, out } = await translate([...draw, ...sentences]);
  assert.deepEqual([code, out.trim().split('\n').length], [0, 7 * sentences.length]);
  const { out: again } = await translate([...draw, '--seed', '1', sentences[2]!]);
  const own = out.split('\n').filter((line) => line.startsWith('2 |||'));
  assert.deepEqual(
    again.trimEnd().split('\n'),
    own.map((line) => line.replace('2', '0')),
  );
  assert.notEqual((await translate([...draw, '--seed', '2', ...sentences])).out, out);
});

test('--attention writes the format of the file extension', async () => {
  const one = await translate(['--checkpoint', dot, '--attention', 'out/one.json', sentences[0]!]);
  assert.equal(one.code, 0);
  const { source, target, weights, text } = JSON.parse(readFileSync('out/one.json', 'utf8'));
  assert.equal(text.source, sentences[0]);
  assert.equal(`${text.hypothesis}\n`, one.out);
  assert.deepEqual([weights.length, weights[0].length], [target.length, source.length]);
  await translate(['--checkpoint', dot, '--attention', 'out/all.svg', ...sentences, '']);
  assert.match(readFileSync('out/all.0005.svg', 'utf8'), /^<svg/);
  assert.match(one.err, /attention: .*one\.json/);
});

test('with --nbest each hypothesis has its own attention: in files, on the page, in alignments and in JSON', async () => {
  const nbest = ['--checkpoint', dot, '--beam', '4', '--nbest', '3'];
  const { code, out } = await translate([...nbest, '--json', '--attention', 'out/nb.json', sentences[0]!]);
  assert.equal(code, 0);
  const { sourcePieces, hypotheses } = JSON.parse(out);
  assert.equal(hypotheses.length, 3);
  const own = [1, 2, 3].map((rank) => JSON.parse(readFileSync(`out/nb.${rank}.json`, 'utf8')));
  for (const [i, { text, pieces, attention }] of hypotheses.entries()) {
    assert.equal(own[i].text.hypothesis, text);
    assert.deepEqual([own[i].source, own[i].target], [sourcePieces, pieces]);
    assert.deepEqual([attention.length, attention[0].length], [pieces.length, sourcePieces.length]);
    for (const [t, row] of attention.entries()) {
      for (const [s, weight] of row.entries()) assert.ok(Math.abs(weight - own[i].weights[t][s]) < 1e-5);
    }
  }
  assert.equal(new Set(own.map(({ text }) => text.hypothesis)).size, 3);
  const alone = await translate([...nbest, '--json', '--attention', '-', sentences[0]!]);
  assert.equal(alone.out, out);
  assert.doesNotMatch(alone.err, /attention:/);
  const list = await translate([...nbest, '--attention', 'out/nb.align', ...sentences, '']);
  const links = readFileSync('out/nb.align', 'utf8').trimEnd().split('\n');
  const numbers = list.out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  assert.deepEqual(
    links.map((line) => line.split(' ')[0]),
    numbers.slice(0, -1),
    'parallel to the n-best list',
  );
  await translate([...nbest, '--attention', 'out/nb.html', ...sentences]);
  const data = /<script id="viewer-data" type="application\/json">([^<]*)<\/script>/.exec(
    readFileSync('out/nb.html', 'utf8'),
  );
  assert.deepEqual(JSON.parse(data?.[1] ?? '').models, ['1', '2', '3']);
});

test('a prompt asks a person for sentences until the input ends', async () => {
  const { text, ...own } = streams(true);
  const running = main(['translate', '--checkpoint', dot], own);
  own.stdin.write(`${sentences[0]}\n`);
  while (!text.out.includes('\n')) await new Promise((resolve) => own.stdout.once('data', resolve));
  own.stdin.end();
  assert.equal(await running, 0);
  assert.match(text.err, /Ctrl-D/);
  assert.match(text.err, /> .*> /s);
});

test('wrong calls and bad input end with code 2 and a remedy', async () => {
  mkdirSync('nothing');
  await writeToyRun('other', { size: 55 });
  for (const name of ['cut', 'changed', 'swapped']) cpSync(dot, name, { recursive: true });
  const bytes = readFileSync(join(dot, 'model.safetensors'));
  writeFileSync('cut/model.safetensors', bytes.subarray(0, 3000));
  bytes[bytes.length - 9]! ^= 64;
  writeFileSync('changed/model.safetensors', bytes);
  cpSync('other/target.model', 'swapped/target.model');
  for (const [words, message] of [
    [['--checkpoint', 'nowhere', 'ciao'], /nowhere: no such model/],
    [['--checkpoint', 'nothing', 'ciao'], /nothing: holds no trained model/],
    [['--checkpoint', 'cut', 'ciao'], /cut\/model\.safetensors: not a complete safetensors file: it is truncated/],
    [
      ['--checkpoint', 'changed', 'ciao'],
      /changed\/model\.safetensors: .*\(the SHA-256 differs\)\n {2}use another copy/,
    ],
    [
      ['--checkpoint', 'swapped', 'ciao'],
      /swapped\/model\.safetensors: the checkpoint has another vocabulary \(target\)/,
    ],
    [['--checkpoint', `${dot},other`, 'ciao'], /other: its source vocabulary is not that of/],
    [['--checkpoint', `${dot},cut`, 'ciao'], /cut\/model\.safetensors: not a complete safetensors file/],
    [['--checkpoint', dot, '--file', 'nofile'], /nofile: no such file/],
    [['--checkpoint', dot, '--file', 'lines.txt', 'ciao'], /--file: cannot be combined with sentences as arguments/],
    [['--checkpoint', dot, '--beam', '2', '--nbest', '3', 'ciao'], /--nbest: 3 translations .*\n {2}.*a beam of 3/],
    [
      ['--checkpoint', dot, '--min-output-length', '4', '--max-output-length', '3', 'ciao'],
      /--min-output-length: .* at least 4 .* at most 3/,
    ],
    [['--checkpoint', dot, '--beam', '1001', 'ciao'], /--beam: 1001: /],
    [['--checkpoint', dot, '--top-k', '5', 'ciao'], /--top-k: has no effect .*\n {2}add --sample/],
    [['--checkpoint', dot, '--sample', '--beam', '3', 'ciao'], /--beam: has no effect with --sample/],
    [['--checkpoint', dot, '--repetition-penalty', '0.5', 'ciao'], /--repetition-penalty: 0.5: /],
    [
      ['--checkpoint', dot, '--prefix', 'the red cat', '--max-output-length', '3', 'ciao'],
      /--prefix: has \d+ pieces, but a translation has at most 3/,
    ],
    [['--checkpoint', dot, '--attention', '-', 'ciao'], /--attention: - puts .* --json\n {2}add --json/],
    [['--checkpoint', dot, '--attention', 'a.gif', 'ciao'], /'gif' is not an attention format/],
    [['--checkpoint', dot, '--attention', join(dot, 'model.safetensors', 'a.svg'), 'ciao'], /cannot be written/],
    [['--checkpoint', dot, '--attention', '/proc/attn/a.svg', 'ciao'], /cannot be written/],
    [['--checkpoint', 'plain', '--attention', 'a.svg', 'ciao'], /no attention/],
    [['--checkpoint', dot, '--beam', '0', 'ciao'], /--beam/],
  ] as const) {
    const { code, out, err } = await translate(words);
    assert.deepEqual([code, out], [2, ''], words.join(' '));
    assert.match(err, message);
  }
});

test('a line with a NUL byte, alone or among others, from a file or a pipe, gives one line of translation', async () => {
  const lines = 'tom\nto\0m\n\0\ntom\n';
  writeFileSync('nul.it', lines);
  for (const { code, out, err } of [
    await translate(['--checkpoint', dot, '--file', 'nul.it']),
    await translate(['--checkpoint', dot], lines),
  ]) {
    assert.equal(code, 0, err);
    const [first, second, third, fourth, ...rest] = out.split('\n');
    assert.deepEqual([second, third, fourth, rest], [first, '', first, ['']]);
  }
});

test('a person who waits for a file sees the number of finished lines; a log does not, nor a terminal that shows the lines', async (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => (now += 2000));
  writeFileSync('many.it', 'tom\n'.repeat(4100));
  const run = async (terminals: { stdout: boolean; stderr: boolean; columns?: number }) => {
    const { text, ...own } = streams();
    Object.assign(own.stdout, { isTTY: terminals.stdout });
    Object.assign(own.stderr, { isTTY: terminals.stderr, columns: terminals.columns });
    await main(['translate', '--checkpoint', dot, '--beam', '1', '--max-length', '1', '--file', 'many.it'], own);
    return text.err;
  };
  assert.match(await run({ stdout: false, stderr: true, columns: 80 }), /4,096 lines translated, \d+ per second\r/);
  assert.ok((await run({ stdout: false, stderr: true, columns: 10 })).includes('\r\u001b[K4,096 li…\r'));
  assert.match(await run({ stdout: false, stderr: true, columns: 0 }), /4,096 lines translated/);
  assert.doesNotMatch(await run({ stdout: true, stderr: true }), /lines translated/);
  assert.doesNotMatch(await run({ stdout: false, stderr: false }), /lines translated/);
});
