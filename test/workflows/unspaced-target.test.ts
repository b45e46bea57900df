import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Report } from '../../src/reports/types.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { readMetrics } from '../../src/training/metrics.ts';
import { attn } from '../helpers/command.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

const subjects = { I: '我', you: '你', he: '他', she: '她', we: '我们' };
const verbs = { like: '喜欢', see: '看见', want: '想要', buy: '购买' };
const objects = { rice: '米饭', tea: '茶', dogs: '狗', books: '书本', fish: '鱼' };
const times = { today: '今天', now: '现在', always: '总是', often: '经常' };

/** English and Chinese sentences of four words; Chinese has them in a different order. */
function pairs(count: number, seed: string): string {
  const random = new Random('unspaced', seed);
  const pick = (words: Readonly<Record<string, string>>) => random.choice(Object.entries(words));
  const lines = Array.from({ length: count }, () => {
    const [s, v, o, t] = [pick(subjects), pick(verbs), pick(objects), pick(times)];
    return `${s[0]} ${v[0]} ${o[0]} ${t[0]}.\t${s[1]}${t[1]}${v[1]}${o[1]}。\n`;
  });
  return lines.join('');
}

describe('a target without spaces between its words', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-unspaced-'));
  const data = join(folder, 'prepared');
  const train = (out: string, ...flags: readonly string[]) =>
    attn(
      ...['train', '--data', data, '--out', join(folder, out), '--embedding', '32', '--hidden', '32', '--seed', '1'],
      ...['--learning-rate', '0.01', '--batch-tokens', '1000', '--max-shapes', '1', '--dropout', '0', ...flags],
    );
  const bleuOf = (out: string) =>
    readMetrics(join(folder, out, 'metrics.jsonl')).flatMap((one) => (one.kind === 'validation' ? [one.bleu] : []));
  before(async () => {
    mkdirSync(folder, { recursive: true });
    for (const [name, count] of Object.entries({ train: 300, dev: 20, test: 20 })) {
      writeFileSync(join(folder, `${name}.tsv`), pairs(count, name));
    }
    const vocabulary = join(folder, 'vocabulary');
    const corpus = join(folder, 'train.tsv');
    for (const words of [
      ['vocab', '--train', corpus, '--size', '60', '--out', vocabulary],
      ['prepare', '--train', corpus, '--vocabulary', vocabulary, '--out', data],
    ]) {
      const { code, err } = await attn(...words);
      assert.equal(code, 0, err);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is scored in validation and evaluation by its tokenizer, with a notice', async () => {
    const { code, err } = await train('zh', '--max-steps', '120', '--validate-every', '60');
    assert.equal(code, 0, err);
    assert.match(err, /BLEU splits words with the tokenizer zh, because the references are Chinese/);
    assert.ok(bleuOf('zh').at(-1)! > 10, `validation BLEU ${bleuOf('zh')}`);

    const out = join(folder, 'report');
    const evaluated = await attn('eval', '--checkpoints', join(folder, 'zh'), '--beam', '1', '--json', '--out', out);
    assert.equal(evaluated.code, 0, evaluated.err);
    const report: Report = JSON.parse(evaluated.out);
    const [model] = report.models;
    assert.ok(model!.bleu.score > 10, `BLEU ${model!.bleu.score}`);
    assert.match(model!.bleu.signature, /\|tok:zh\|/);
    assert.match(model!.ter!.signature, /\|norm:yes\|punct:yes\|asian:yes\|/);
    assert.match(report.notes!.join('\n'), /tokenizer zh, .*Chinese/);
    assert.match(readFileSync(join(out, 'report.md'), 'utf8'), /tok:zh/);

    const hypotheses = join(out, 'hypotheses', 'zh.txt');
    const references = join(folder, 'references');
    const lines = readFileSync(join(folder, 'test.tsv'), 'utf8').trimEnd().split('\n');
    writeFileSync(references, lines.map((line) => `${line.split('\t')[1]}\n`).join(''));
    const scored = await attn('score', hypotheses, references, '--json');
    assert.equal(scored.code, 0, scored.err);
    assert.equal(JSON.parse(scored.out).bleu.score, model!.bleu.score);
    assert.match(scored.err, /tokenizer zh/);
  });

  test('a BLEU of 0 at every validation is reported as undecided, and the loss decides', async () => {
    const flags = ['--tokenize', '13a', '--patience', '2', '--max-steps', '100', '--validate-every', '20'];
    const { code, err } = await train('13a', ...flags);
    assert.equal(code, 0, err);
    assert.match(err, /references are Chinese, without spaces .* 13a looks for spaces.*\n*.*--tokenize zh/);
    assert.deepEqual(bleuOf('13a'), [0, 0, 0, 0, 0], 'patience did not stop a training that was learning');
    assert.match(err, /0 at every validation, so the loss decides/);
    assert.match(err, /bleu was 0 at every validation, so the loss decided: best at step 100/);
    const summary = err.split('\n').filter((line) => line.includes('so the loss decides'));
    assert.equal(summary.length, 1, 'said once');
  });

  test('a tokenizer without its file, and a file without its tokenizer, are rejected before training', async () => {
    const cases = [
      [
        ['--tokenize', 'ja-mecab'],
        /--tokenize: the tokenizer ja-mecab needs its dictionary\n {2}--tokenizer-model FOLDER/,
      ],
      [['--tokenize', 'flores200'], /the tokenizer flores200 needs its SentencePiece model/],
      [['--tokenize', 'zh', '--tokenizer-model', 'x'], /--tokenizer-model x: the tokenizer zh needs no file/],
      [['--tokenizer-model', 'x'], /--tokenizer-model x: is a file for a tokenizer, but no tokenizer is named/],
      [
        ['--tokenize', 'ja-mecab', '--tokenizer-model', folder],
        /sys\.dic: no such file\n {2}name the folder of a compiled/,
      ],
      [['--tokenize', 'spm', '--tokenizer-model', join(folder, 'test.tsv')], /test\.tsv: /],
    ] as const;
    for (const [flags, message] of cases) {
      const { code, err } = await train('refused', '--max-steps', '1', ...flags);
      assert.equal(code, 2, flags.join(' '));
      assert.match(err, message);
    }
  });
});
