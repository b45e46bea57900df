import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { main } from '../../src/cli/main.ts';
import { loadTranslator } from '../../src/decoding/translator.ts';
import { toyPair } from '../dataset/toy-corpus.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';

const scratch = scratchFolder();
const home = process.cwd();
before(async () => {
  await writeToyRun(join(scratch, 'dot'));
  await writeToyRun(join(scratch, 'concat'), { options: { score: 'concat' }, seed: 2 });
  await writeToyRun(join(scratch, 'plain'), { options: { score: 'none' } });
  await writeToyRun(join(scratch, 'short'), {
    options: { arch: 'transformer', positions: 'learned', heads: 2, feedForward: 16, maxPositions: 9 },
  });
  process.chdir(scratch);
  writeFileSync('pairs.tsv', `${lines.join('\n')}\n`);
  writeFileSync('pairs.tsv.gz', gzipSync(`${lines.join('\n')}\n`));
  writeFileSync('sources.txt', `${pairs.map(({ source }) => source).join('\n')}\n`);
});
after(() => process.chdir(home));

const pairs = Array.from({ length: 40 }, (_, i) => toyPair(i));
// a third column stays where it is
const lines = pairs.map(({ source, target }, i) => `${source}\t${target}${i % 2 ? '\tnote' : ''}`);

async function scorePairs(words: readonly string[], input?: string) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const text = { out: '', err: '' };
  stdout.on('data', (chunk) => {
    text.out += chunk;
  });
  stderr.on('data', (chunk) => {
    text.err += chunk;
  });
  stdin.end(input ?? '');
  const code = await main(['score-pairs', '--checkpoint', 'dot', ...words], { stdin, stdout, stderr });
  return { code, ...text };
}

test('each pair gets its log probability and that per piece, the same as the search finds for its own output', async () => {
  const { code, out, err } = await scorePairs(['pairs.tsv']);
  assert.equal(code, 0, err);
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  assert.deepEqual(
    rows.map((row) => row.slice(2).join('\t')),
    lines,
  );
  const json = (await scorePairs(['pairs.tsv.gz', '--json'])).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  let [pieces, total] = [0, 0];
  for (const [i, pair] of json.entries()) {
    assert.equal(pair.target, pairs[i]!.target);
    assert.equal(pair.pieces.at(-1), '</s>');
    assert.equal(pair.pieces.length, pair.logProbabilities.length);
    const sum = pair.logProbabilities.reduce((a: number, b: number) => a + b, 0);
    assert.ok(Math.abs(sum - pair.logProbability) < 1e-4);
    assert.ok(Math.abs(pair.perPiece - sum / pair.pieces.length) < 1e-6);
    assert.ok(Math.abs(pair.perplexity - Math.exp(-pair.perPiece)) < 1e-4);
    assert.deepEqual(rows[i]!.slice(0, 2), [pair.logProbability.toFixed(4), pair.perPiece.toFixed(4)]);
    pieces += pair.pieces.length;
    total += sum;
  }
  assert.match(
    err,
    new RegExp(`40 pairs, ${pieces} pieces: log probability ${(total / pieces).toFixed(4)} per piece, perplexity`),
  );
  await using translator = await closing(await loadTranslator('dot', { backend: 'wasm' }));
  const translations = await translator.translate([pairs[0]!.source], { nbest: 3, beam: 3, lengthPenalty: 0 });
  for (const { text, ids, logProbability } of translations[0]!.hypotheses) {
    const [forced] = await translator.scorePairs([{ source: pairs[0]!.source, target: text }]);
    // a text may be segmented differently from how the search wrote it
    if (forced!.hypotheses[0].ids.join() !== ids.join()) continue;
    assert.ok(Math.abs(forced!.hypotheses[0].logProbability - logProbability) < 1e-3);
  }
});

async function closing<T extends { close(): Promise<void> }>(resource: T): Promise<T & AsyncDisposable> {
  return Object.assign(resource, { [Symbol.asyncDispose]: () => resource.close() });
}

test('standard input is scored like a file, and --sort puts the best first', async () => {
  const { out } = await scorePairs(['pairs.tsv']);
  assert.equal((await scorePairs([], `${lines.join('\n')}\n`)).out, out);
  const sorted = (await scorePairs(['--sort', '-'], `${lines.join('\n')}\n`)).out.trimEnd().split('\n');
  const expected = out
    .trimEnd()
    .split('\n')
    .sort((a, b) => Number(b.split('\t')[1]) - Number(a.split('\t')[1]));
  assert.deepEqual(
    sorted.map((line) => line.split('\t')[1]),
    expected.map((line) => line.split('\t')[1]),
  );
  assert.deepEqual([...sorted].sort(), [...expected].sort());
});

test('an n-best list is scored against its sources, and sorted within each', async () => {
  const list = [0, 0, 0, 3, 3].map((line, k) => `${line} ||| ${pairs[line + k]!.target} ||| -${k}.5`);
  writeFileSync('nbest.txt', `${list.join('\n')}\n`);
  const { code, out, err } = await scorePairs(['--sources', 'sources.txt', 'nbest.txt']);
  assert.equal(code, 0, err);
  const scored = out.trimEnd().split('\n');
  assert.deepEqual(
    scored.map((line) => line.slice(0, line.lastIndexOf(' ||| '))),
    list,
  );
  const alone = await scorePairs([], `${pairs[3]!.source}\t${pairs[7]!.target}\n`);
  assert.equal(scored[4]!.split(' ||| ').at(-1), alone.out.split('\t')[1]);
  const sorted = (await scorePairs(['--sources', 'sources.txt', '--sort', 'nbest.txt'])).out.trimEnd().split('\n');
  const order = (line: string) => [Number(line.split(' ')[0]), -Number(line.split(' ||| ').at(-1))] as const;
  assert.deepEqual(
    sorted,
    [...scored].sort((a, b) => order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1]),
  );
  const columns = await scorePairs(['--sources', 'pairs.tsv', 'nbest.txt']);
  assert.match(columns.err, /pairs\.tsv:1: has a tab; each whole line is a source/);
  assert.doesNotMatch(err, /tab/);
  const json = JSON.parse((await scorePairs(['--sources', 'sources.txt', '--json', 'nbest.txt'])).out.split('\n')[3]!);
  assert.deepEqual([json.sentence, json.source], [3, pairs[3]!.source]);
});

test('an ensemble and the attention of forced translations', async () => {
  const { code, err } = await scorePairs(['--attention', 'look.json', '-'], `${lines[0]}\n`);
  assert.equal(code, 0, err);
  const attention = JSON.parse(readFileSync('look.json', 'utf8'));
  assert.equal(attention.text.hypothesis, pairs[0]!.target);
  assert.equal(attention.weights.length, attention.target.length);
  const [line = ''] = (await scorePairs(['--json', '--attention', '-', '-'], `${lines[0]}\n`)).out.split('\n');
  const { sourcePieces, pieces, attention: rows } = JSON.parse(line);
  assert.equal(rows.length, pieces.length);
  for (const row of rows) assert.equal(row.length, sourcePieces.length);
  assert.equal((await scorePairs(['--json', 'pairs.tsv'])).out.includes('attention'), false);
  const both = await scorePairs(['--checkpoint', 'dot,concat', 'pairs.tsv']);
  assert.equal(both.code, 0, both.err);
  assert.notEqual(both.out, (await scorePairs(['pairs.tsv'])).out);
});

test('attention files are in the order of the output, also with --sort', async () => {
  const { out } = await scorePairs(['--sort', '--attention', 'sorted.json', 'pairs.tsv']);
  const sorted = out.trimEnd().split('\n');
  assert.notDeepEqual(
    sorted.map((line) => line.split('\t')[2]),
    pairs.map(({ source }) => source),
  );
  for (const [i, line] of sorted.entries()) {
    const name = `sorted.${String(i + 1).padStart(4, '0')}.json`;
    assert.equal(JSON.parse(readFileSync(name, 'utf8')).text.hypothesis, line.split('\t')[3]);
  }
});

test('a side that is too long for the model is cut, and its line is named', async () => {
  const long = `${pairs[2]!.source}\t${pairs[2]!.target} ${pairs[2]!.target}\n`;
  const { code, out, err } = await scorePairs(['--checkpoint', 'short', '--json'], `${lines[0]}\n${long}`);
  assert.equal(code, 0, err);
  assert.match(err, /line 2: too long for the model; only its start was scored/);
  const { pieces, truncated } = JSON.parse(out.split('\n')[1]!);
  assert.equal(truncated, true);
  assert.equal(pieces.length, 9);
  assert.notEqual(pieces.at(-1), '</s>');
});

test('empty input is not an error; wrong calls are rejected with the line', async () => {
  assert.deepEqual((await scorePairs([], '')).code, 0);
  assert.match((await scorePairs([], '')).err, /no pairs/);
  for (const [words, input, message] of [
    [[], 'one\ttwo\nno tab here\n', /standard input:2: has no tab/],
    [['--sources', 'sources.txt'], '0 ||| a ||| -1\nx ||| y\n', /standard input:2: is not a line of an n-best list/],
    [['--sources', 'sources.txt'], '40 ||| a ||| -1\n', /:1: is a translation of sentence 40, but sources.txt has 40/],
    [['--sources', 'none.txt'], '', /none.txt: no such file/],
    [['--sources', '-'], 'a\n', /--sources: standard input is the n-best list already/],
    [['none.tsv'], '', /none.tsv: no such file/],
    [['--checkpoint', 'plain', '--attention', 'a.svg'], '', /no attention/],
    [['--attention', '-'], '', /--attention: - puts .* --json\n {2}add --json/],
    [['--attention', 'a.gif'], '', /'gif' is not an attention format/],
    [['--checkpoint', 'nowhere'], '', /nowhere: no such model/],
  ] as const) {
    const { code, err } = await scorePairs(words, input);
    assert.equal(code, 2, `${words}: ${err}`);
    assert.match(err, message);
  }
  await using translator = await closing(await loadTranslator('dot', { backend: 'wasm' }));
  const call = translator.scorePairs as (pairs: unknown) => Promise<unknown>;
  await assert.rejects(call(['a\tb']), /^TypeError: scorePairs\(\) takes an array of pairs/);
  await assert.rejects(call('a'), TypeError);
  assert.deepEqual(await call([]), []);
});
