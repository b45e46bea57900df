import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PNG } from 'pngjs';
import { saveModel } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { resolveOptions } from '../../src/config/options.ts';
import { completeRun, runSchema } from '../../src/config/run.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { loadVocabulary } from '../../src/vocabulary/load.ts';
import { attn } from '../helpers/command.ts';
import { preparedWords } from '../helpers/word-corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-self-attention-'));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The tables under their headings, as rows of words. */
function tablesOf(out: string): Record<string, string[][]> {
  const parts = out.split(/^\d+ {2}(?=.*:)/m).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const [heading = '', , ...lines] = part.split('\n');
      const body = lines.slice(2, lines.indexOf('')).map((line) => line.trim().split(/\s+/));
      return [heading.slice(0, heading.indexOf(':  ')), body];
    }),
  );
}

const numbersOf = (rows: string[][] | undefined) => (rows ?? []).map((row) => row.slice(1).join(' '));

test('the worked example prints every table of the lesson it comes from, to four digits', async () => {
  const { code, out } = await attn('self-attention');
  assert.equal(code, 0);
  const tables = tablesOf(out);
  assert.deepEqual(tables.inputs, [
    ['Your', '0.4300', '0.1500', '0.8900'],
    ['journey', '0.5500', '0.8700', '0.6600'],
    ['starts', '0.5700', '0.8500', '0.6400'],
    ['with', '0.2200', '0.5800', '0.3300'],
    ['one', '0.7700', '0.2500', '0.1000'],
    ['step', '0.0500', '0.8000', '0.5500'],
  ]);
  assert.deepEqual(numbersOf(tables['scores of token 2']), ['0.9544 1.4950 1.4754 0.8434 0.7070 1.0865']);
  assert.deepEqual(numbersOf(tables['normalised to add up to 1']), [
    '0.1455 0.2278 0.2249 0.1285 0.1077 0.1656 1.0000',
  ]);
  assert.deepEqual(numbersOf(tables['better: softmax']), ['0.1385 0.2379 0.2333 0.1240 0.1082 0.1581 1.0000']);
  assert.deepEqual(numbersOf(tables['context vector of token 2']), ['0.4419 0.6515 0.5683']);
  assert.deepEqual(numbersOf(tables['all scores']), [
    '0.9995 0.9544 0.9422 0.4753 0.4576 0.6310',
    '0.9544 1.4950 1.4754 0.8434 0.7070 1.0865',
    '0.9422 1.4754 1.4570 0.8296 0.7154 1.0605',
    '0.4753 0.8434 0.8296 0.4937 0.3474 0.6565',
    '0.4576 0.7070 0.7154 0.3474 0.6654 0.2935',
    '0.6310 1.0865 1.0605 0.6565 0.2935 0.9450',
  ]);
  assert.deepEqual(numbersOf(tables['all weights']), [
    '0.2098 0.2006 0.1981 0.1242 0.1220 0.1452 1.0000',
    '0.1385 0.2379 0.2333 0.1240 0.1082 0.1581 1.0000',
    '0.1390 0.2369 0.2326 0.1242 0.1108 0.1565 1.0000',
    '0.1435 0.2074 0.2046 0.1462 0.1263 0.1720 1.0000',
    '0.1526 0.1958 0.1975 0.1367 0.1879 0.1295 1.0000',
    '0.1385 0.2184 0.2128 0.1420 0.0988 0.1896 1.0000',
  ]);
  assert.deepEqual(numbersOf(tables['all context vectors']), [
    '0.4421 0.5931 0.5790',
    '0.4419 0.6515 0.5683',
    '0.4431 0.6496 0.5671',
    '0.4304 0.6298 0.5510',
    '0.4671 0.5910 0.5266',
    '0.4177 0.6503 0.5645',
  ]);
  assert.match(out, /all weights: {2}A = softmax\(Ω\), row by row/, 'the formula stands beside the table');
});

test('--json gives the same tables in full precision, with their formulas', async () => {
  const { code, out } = await attn('self-attention', '--variant', 'simplified', '--json');
  assert.equal(code, 0);
  const result = JSON.parse(out);
  assert.equal(result.variant, 'simplified');
  assert.deepEqual(result.tokens, ['Your', 'journey', 'starts', 'with', 'one', 'step']);
  assert.ok(Math.abs(result.scores[1][0] - (0.55 * 0.43 + 0.87 * 0.15 + 0.66 * 0.89)) < 1e-15);
  assert.ok(Math.abs(result.context[1][2] - 0.5683) < 5e-5);
  assert.equal(result.formulas.scores, 'Ω = X Xᵀ');
});

test('causal attention gives the future a weight of 0, and its scores as minus infinity', async () => {
  const words = ['self-attention', '--variant', 'causal', '--sentence', 'il gatto dorme'];
  const { weights } = JSON.parse((await attn(...words, '--json')).out);
  assert.deepEqual(
    weights.map((row: number[]) => row.filter((weight) => weight === 0).length),
    [2, 1, 0],
  );
  const tables = tablesOf((await attn(...words)).out);
  assert.deepEqual(tables['scaled scores']?.[0]?.slice(2), ['-inf', '-inf']);
});

test('multi-head attention shows the tables of each head and their combination', async () => {
  const { out } = await attn('self-attention', '--variant', 'multi-head', '--heads', '2', '--size', '6', '--json');
  const result = JSON.parse(out);
  assert.equal(result['head1.values'][0].length, 3);
  const joined = [...result['head1.context'][0], ...result['head2.context'][0]];
  assert.deepEqual(result.joined[0], joined);
  const mixed = result.W_o.map((row: number[]) => row.reduce((sum, w, i) => sum + w * joined[i], 0));
  for (const [i, value] of mixed.entries()) assert.ok(Math.abs(result.context[0][i] - value) < 1e-12);
});

test('the same word in a new sentence has the same vector, and another one with another seed', async () => {
  const vectors = async (...more: string[]) =>
    JSON.parse((await attn('self-attention', '--sentence', 'ma no ma', ...more, '--json')).out).inputs as number[][];
  const [first, , third] = await vectors();
  assert.deepEqual(first, third);
  assert.notDeepEqual((await vectors('--seed', '2'))[0], first);
});

test('a matrix provides the vectors, whatever separates its numbers', async () => {
  const matrix = file('vectors.txt', '# two words\n1 2e-1\n\n-3;.5\n');
  const { out } = await attn('self-attention', '--matrix', matrix, '--sentence', 'uno due', '--json');
  const { tokens, inputs } = JSON.parse(out);
  assert.deepEqual(tokens, ['uno', 'due']);
  assert.deepEqual(inputs, [
    [1, 0.2],
    [-3, 0.5],
  ]);
});

test('dropout removes weights and scales the others up', async () => {
  const words = ['--variant', 'trainable', '--dropout', '0.5', '--json'];
  const { weights, dropped } = JSON.parse((await attn('self-attention', ...words)).out) as Record<string, number[][]>;
  const factors = dropped!.flatMap((row, i) =>
    row.map((weight, j) => Math.round((1e9 * weight) / weights![i]![j]!) / 1e9),
  );
  assert.deepEqual([...new Set(factors)].sort(), [0, 2]);
});

test('a trained model provides its source embeddings', async () => {
  const data = join(folder, 'words');
  await preparedWords(data);
  const run = runFolder(join(folder, 'run'));
  mkdirSync(run.path);
  for (const [name, path] of [
    ['source', run.sourceVocabulary],
    ['target', run.targetVocabulary],
  ] as const)
    copyFileSync(join(data, 'vocabulary', `${name}.model`), path);
  const [source, target] = [await loadVocabulary(run.sourceVocabulary), await loadVocabulary(run.targetVocabulary)];
  const sizes = { embedding: 16, hidden: 16, feedForward: 8 };
  const options = completeRun(resolveOptions(runSchema, [{ values: { arch: 'transformer', ...sizes }, name: String }]));
  const model = createModel({ ...options, sourceVocabulary: source.size, targetVocabulary: target.size });
  const parameters = initialParameters(model, 'pytorch', 1);
  const vocabularies = { source: source.sha256, target: target.sha256 };
  saveModel(run.model, {
    run: options,
    vocabularies,
    step: 1,
    parameters,
    scores: { loss: 1, perplexity: 1, bleu: 0, chrf: 0 },
  });
  const { code, out, err } = await attn(
    'self-attention',
    '--checkpoint',
    run.path,
    '--sentence',
    'celo bami',
    '--json',
  );
  assert.equal(code, 0, err);
  const { tokens, inputs } = JSON.parse(out);
  assert.deepEqual(tokens, ['celo', 'bami']);
  const row = source.id('celo');
  assert.deepEqual(inputs[0], [...parameters['encoder.embedding.weight']!.data.slice(16 * row, 16 * row + 16)]);
  const text = (await attn('self-attention', '--checkpoint', run.path, '--sentence', 'celo bami')).out;
  assert.match(text, /and 5 more/, 'a wide table is cut');
});

test('pictures show the weights, one per head', async () => {
  const svg = join(folder, 'weights.svg');
  const { code, err } = await attn('self-attention', '--picture', svg);
  assert.equal(code, 0);
  assert.match(err, /wrote .*weights\.svg/);
  assert.equal(readFileSync(svg, 'utf8').match(/class="cell"/g)?.length, 36);
  assert.match(readFileSync(svg, 'utf8'), /journey looks at starts: 23\.3 %/);
  await attn('self-attention', '--variant', 'multi-head', '--picture', join(folder, 'heads.png'), '--quiet');
  for (const head of [1, 2]) assert.ok(PNG.sync.read(readFileSync(join(folder, `heads.head${head}.png`))).width > 100);
});

const ragged = file('ragged.txt', '1 2 3\n4 5 6\n7 8\n');
const refusals: [string, string[], RegExp][] = [
  ['an empty sentence', ['--sentence', '  '], /--sentence: the sentence is empty/],
  ['a matrix that is not rectangular', ['--matrix', ragged], /ragged\.txt:3: .*not rectangular: 2 numbers where .* 3/],
  ['a cell that is no number', ['--matrix', file('words.txt', '1 2\n3 x\n')], /words\.txt:2: 'x' is not a number/],
  ['an empty matrix', ['--matrix', file('empty.txt', '\n')], /empty\.txt: it contains no numbers/],
  ['a matrix that is not there', ['--matrix', join(folder, 'none.txt')], /none\.txt: no such file/],
  ['more words than rows', ['--matrix', file('one.txt', '1 2\n'), '--sentence', 'a b'], /2 words for 1 rows/],
  ['two places for the vectors', ['--matrix', ragged, '--checkpoint', 'run'], /a matrix or from a checkpoint/],
  ['a size that the heads do not divide', ['--variant', 'multi-head', '--size', '5'], /2 heads cannot share 5 numbers/],
  ['a query that is not there', ['--query', '7'], /--query 7: there are 6 tokens/],
  ['an unknown variant', ['--variant', 'sparse'], /simplified, trainable, causal, multi-head/],
  ['dropout of simplified attention', ['--dropout', '0.5'], /--dropout: has no effect with --variant simplified/],
  ['a size of simplified attention', ['--size', '6'], /--size: .*\n {2}.*: trainable, causal, multi-head/],
  ['heads of causal attention', ['--variant', 'causal', '--heads', '2'], /--heads: .*\n {2}.*: multi-head/],
  ['a picture of another kind', ['--picture', 'weights.gif'], /weights\.gif: a picture must be an SVG or PNG file/],
  ['a checkpoint that is not there', ['--checkpoint', join(folder, 'gone')], /gone/],
];
for (const [what, words, message] of refusals) {
  test(`${what} is rejected with advice`, async () => {
    const { code, err, out } = await attn('self-attention', ...words);
    assert.equal(code, 2, err);
    assert.match(err, message);
    assert.equal(out, '');
  });
}
