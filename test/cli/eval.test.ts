import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import type { Report } from '../../src/reports/types.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { attn } from '../helpers/command.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

// The whole process on a task that is learned in seconds: sentences of invented words, whose translation is the same
// words in reverse. The model with attention must have learned it; a hardly trained one must be distinguishable.
describe('attn eval', { skip }, () => {
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'attn-eval-'));
  let report: Report;
  const train = async (score: string, steps: number): Promise<void> => {
    const { code, err } = await attn(
      ...[
        'train',
        '--data',
        'corpus/prepared',
        '--score',
        score,
        '--max-steps',
        String(steps),
        '--validate-every',
        '100',
      ],
      ...[
        '--embedding',
        '32',
        '--hidden',
        '48',
        '--batch-tokens',
        '600',
        '--learning-rate',
        '1e-2',
        '--max-shapes',
        '1',
      ],
      ...['--dropout', '0', '--quiet'],
    );
    assert.equal(code, 0, err);
  };
  before(async () => {
    process.chdir(folder);
    await preparedWords('corpus', 2000);
    await train('dot', 300);
    await train('none', 10);
    const { code, out, err } = await attn('eval', '--bleu', '--json', '--attention', '4');
    assert.equal(code, 0, err);
    report = JSON.parse(out);
  });
  after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true });
  });

  test('finds the runs under checkpoints/ and scores what they learned', () => {
    assert.deepEqual(
      report.models.map(({ name }) => name),
      ['dot', 'none'],
    );
    const [dot, none] = report.models;
    assert.ok(dot!.bleu.score > 80, `dot has ${dot!.bleu.score} BLEU`);
    assert.ok(dot!.nltk.bleu1 > 0.9, `dot has ${dot!.nltk.bleu1} BLEU-1`);
    assert.ok(none!.bleu.score < 20, `none has ${none!.bleu.score} BLEU after 10 steps`);
    const difference = report.comparisons.find(({ metric, test }) => metric === 'bleu' && test === 'bootstrap');
    assert.ok(difference!.a === 'dot' && difference!.delta < -60 && difference!.p < 0.05, JSON.stringify(difference));
    assert.ok(report.comparisons.some(({ test }) => test === 'randomization'));
    assert.equal(report.test.sentences, 20);
    assert.equal(report.test.name, join('corpus', 'test.tsv'));
  });

  test('report.json has the keys that programs rely on', () => {
    const written = JSON.parse(readFileSync('reports/report.json', 'utf8'));
    for (const key of ['version', 'created', 'test', 'models', 'comparisons']) assert.ok(key in written, key);
    assert.deepEqual(Object.keys(written.test), ['name', 'sentences', 'sha256']);
    const model = written.models[0];
    const keys = 'name score parameters checkpoint bleu chrf nltk byLength attention seconds tokensPerSecond';
    for (const key of keys.split(' ')) assert.ok(key in model, key);
    for (const key of ['score', 'signature', 'precisions', 'bp', 'ci95']) assert.ok(key in model.bleu, `bleu.${key}`);
    for (const key of ['entropy', 'coverage', 'eosMass']) assert.equal(typeof model.attention[key], 'number', key);
    assert.ok(!('attention' in written.models[1]), 'a model without attention has no statistics of it');
    assert.ok(model.training.curve.length >= 3 && model.training.steps === 300);
    for (const key of ['a', 'b', 'metric', 'delta', 'p']) assert.ok(key in written.comparisons[0], key);
    assert.deepEqual(written, report);
  });

  test("hypotheses are one per line, and the model's vocabulary type decides the form of the references", () => {
    const lines = readFileSync('reports/hypotheses/dot.txt', 'utf8').split('\n');
    assert.equal(lines.length, 21);
    assert.match(report.models[0]!.bleu.signature, /\|form:words$/);
    assert.match(report.notes!.join(' '), /lowercase and without punctuation/);
  });

  test('attention is written for sentences across the test set, over what the encoder read and the decoder wrote', () => {
    assert.ok(!existsSync('reports/attention/none'));
    const names = [3, 8, 13, 18].flatMap((n) =>
      ['json', 'png', 'svg'].map((end) => `${String(n).padStart(4, '0')}.${end}`),
    );
    assert.deepEqual(readdirSync('reports/attention/dot').sort(), names);
    const attention = JSON.parse(readFileSync('reports/attention/dot/0003.json', 'utf8'));
    const [source, target] = readFileSync('corpus/test.tsv', 'utf8').split('\n')[2]!.split('\t') as [string, string];
    assert.deepEqual(attention.source, [...source.split(' '), '</s>']);
    assert.equal(attention.text.reference, target);
    assert.equal(attention.target.at(-1), '</s>');
    assert.equal(attention.weights.length, attention.target.length);
    for (const row of attention.weights) {
      assert.equal(row.length, attention.source.length);
      assert.ok(Math.abs(row.reduce((sum: number, weight: number) => sum + weight, 0) - 1) < 1e-4);
    }
  });

  test('each run gets a model card with its score, and a report of its own', () => {
    const card = readFileSync('checkpoints/dot/README.md', 'utf8');
    assert.ok(card.includes(`| ${report.models[0]!.bleu.score.toFixed(1)} |`), card);
    const own = JSON.parse(readFileSync('checkpoints/none/report/report.json', 'utf8'));
    assert.deepEqual(own.models, [report.models[1]]);
  });

  test('metrics damaged in the middle are detected before anything is translated', async () => {
    cpSync('checkpoints/dot', 'elsewhere/damaged', { recursive: true });
    const lines = readFileSync('elsewhere/damaged/metrics.jsonl', 'utf8').split('\n');
    writeFileSync('elsewhere/damaged/metrics.jsonl', [lines[0], '{"kind": "tr', ...lines.slice(1)].join('\n'));
    const { code, err } = await attn('eval', '--checkpoints', 'elsewhere/damaged', '--out', 'never');
    assert.equal(code, 2);
    assert.match(err, /damaged\/metrics\.jsonl:2: not a line of metrics/);
    assert.doesNotMatch(err, /translating/);
    assert.ok(!existsSync('never'));
  });

  test('another test set gives other sentences and a table for people', async () => {
    const lines = readFileSync('corpus/dev.tsv', 'utf8').split('\n').slice(0, 5);
    writeFileSync('five.tsv', `${lines.join('\n')}\n`);
    const { code, out, err } = await attn(
      'eval',
      '--checkpoints',
      'checkpoints/dot',
      '--test',
      'five.tsv',
      '--beam',
      '1',
      '--attention',
      '99',
      '--out',
      'reports',
    );
    assert.equal(code, 0, err);
    assert.match(out, /^model +BLEU[\s\S]*\ndot +\d/);
    assert.match(err, /report: reports\/report\.html/);
    assert.equal(readdirSync('reports/attention/dot').length, 15);
    assert.deepEqual(readdirSync('reports/hypotheses'), ['dot.txt'], 'what was there before is gone');
  });

  test('guided by alignments, attention has fewer errors; without alignments guided training is rejected', async () => {
    const aligned = await preparedWords(join(folder, 'aligned'), 200, { aligned: true });
    for (const [name, weight] of Object.entries({ free: '0', guided: '1' })) {
      const flags = tinyTrainingFlags(aligned, join(folder, 'guidance', name), 60);
      const { code, err } = await attn('train', ...flags, '--guided-weight', weight);
      assert.equal(code, 0, err);
    }
    const paths = ['free', 'guided'].map((name) => join(folder, 'guidance', name));
    const out = join(folder, 'guidance', 'report');
    const gold = join(folder, 'aligned', 'test.align');
    const { code, err } = await attn('eval', '--checkpoints', paths.join(','), '--gold', gold, '--out', out);
    assert.equal(code, 0, err);
    const report: Report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    const [free, guided] = ['free', 'guided'].map(
      (name) => report.models.find((model) => model.name === name)?.attention?.alignmentErrorRate ?? Number.NaN,
    ) as [number, number];
    assert.ok(guided < 0.2 && guided < free - 0.1, `${guided}, ${free}`);

    const refused = await attn(
      'train',
      ...tinyTrainingFlags('corpus/prepared', join(folder, 'refused'), 5),
      '--guided-weight',
      '1',
    );
    assert.equal(refused.code, 2);
    assert.match(
      refused.err,
      /was prepared without alignments\n {2}prepare it with attn prepare --guided-alignment FILE/,
    );
    const none = await attn(
      'train',
      ...tinyTrainingFlags(aligned, join(folder, 'none'), 5),
      ...['--score', 'none', '--guided-weight', '1'],
    );
    assert.equal(none.code, 2);
    assert.match(none.err, /--guided-weight: none has no attention to guide/);
  });

  test('attention is compared with a gold alignment, with the model forced to write the references', async () => {
    const pairs = readFileSync('corpus/test.tsv', 'utf8').trimEnd().split('\n');
    // the corpus reverses its words: word i becomes word n - 1 - i; the last link is only a possible one
    const links = (shift: number) =>
      pairs.map((pair) => {
        const n = pair.split('\t')[0]!.split(' ').length;
        const link = (i: number) => `${(n - 1 - i + shift) % n}${i === n - 1 ? '?' : '-'}${i}`;
        return Array.from({ length: n }, (_, i) => link(i)).join(' ');
      });
    const rates = [];
    for (const shift of [0, 1]) {
      writeFileSync('gold.align', `${links(shift).join('\n')}\n`);
      const { code, out, err } = await attn(
        'eval',
        '--gold',
        'gold.align',
        '--attention',
        '0',
        '--out',
        'aligned',
        '--json',
      );
      assert.equal(code, 0, err);
      const [dot, none] = JSON.parse(out).models;
      assert.ok(!('attention' in none));
      rates.push(dot.attention.alignmentErrorRate);
    }
    assert.ok(rates[0] < 0.1, `${rates[0]} against the right alignment`);
    assert.ok(rates[1] > 0.9, `${rates[1]} against one that is a word off`);
    const page = readFileSync('aligned/report.md', 'utf8');
    assert.match(page, /alignment errors \|\n[\s\S]*\| dot \|.*%.*%.*%.*% \|/);
    assert.match(page, /Alignment errors: .*gold\.align/);

    for (const [content, message] of [
      ['0-0\n', /^attn: gold\.align: has 1 lines, .* has 20\n {2}/],
      [links(0).with(3, '0-0 99-1').join('\n'), /^attn: gold\.align:4: 99-1 links a word that does not exist/],
      ['0?0\n'.repeat(20), /^attn: gold\.align: has no sure link/],
      [links(0).with(5, '0:0').join('\n'), /^attn: gold\.align:6: '0:0' is not an alignment link/],
    ] as const) {
      writeFileSync('gold.align', content);
      const { code, err } = await attn('eval', '--gold', 'gold.align', '--out', 'none');
      assert.equal(code, 2, err);
      assert.match(err, message);
      assert.ok(!existsSync('none'));
    }
    // a vocabulary of words drops punctuation, so its words differ from those that a gold alignment counts
    writeFileSync('dots.tsv', 'bami celo .\tcelo bami .\n');
    writeFileSync('gold.align', '0-1 1-0 2-2\n');
    const dropped = await attn('eval', '--test', 'dots.tsv', '--gold', 'gold.align', '--out', 'none');
    assert.equal(dropped.code, 2, dropped.err);
    assert.match(dropped.err, /its vocabulary makes 2 words of the 3 in sentence 1/);
  });

  test('bad input exits with code 2, reported before any work is done', async () => {
    const refuse = async (words: readonly string[], message: RegExp): Promise<void> => {
      const { code, err, out } = await attn('eval', '--out', 'none', ...words);
      assert.equal(code, 2, err);
      assert.match(err, message);
      assert.equal(out, '');
      assert.ok(!existsSync('none'), 'nothing was made');
    };
    await refuse(['--checkpoints', 'absent'], /^attn: absent: no such folder/);
    await refuse(['--checkpoints', 'corpus'], /^attn: corpus: holds no trained model/);
    await refuse(['--test', 'absent.tsv'], /^attn: absent\.tsv: /);
    writeFileSync('one-column.tsv', 'solo una colonna\n');
    await refuse(['--test', 'one-column.tsv'], /one-column\.tsv:1: /);
    writeFileSync('empty.tsv', '');
    await refuse(['--test', 'empty.tsv'], /empty\.tsv: has no sentences to score/);
    await refuse(['--out', 'five.tsv'], /five\.tsv.*cannot be written/);
    await refuse(['--out', '/proc/attn/report'], /\/proc\/attn\/report.*cannot be written/);
    await refuse(['--beam', '0'], /--beam/);

    cpSync('checkpoints/dot', 'broken/dot', { recursive: true });
    cpSync('checkpoints/none', 'broken/none', { recursive: true });
    truncateSync('broken/none/model.safetensors', 1000);
    await refuse(
      ['--checkpoints', 'broken'],
      /^attn: broken\/none\/model\.safetensors: not a complete safetensors file/,
    );
    rmSync('broken/none/target.model');
    cpSync('checkpoints/none/model.safetensors', 'broken/none/model.safetensors');
    await refuse(['--checkpoints', 'broken'], /^attn: broken\/none\/target\.model: no such file/);
  });

  test('an interrupted run is marked wherever its scores appear', async () => {
    const { last, finished } = runFolder('marked/dot');
    cpSync('checkpoints/dot', 'marked/dot', { recursive: true });
    cpSync('checkpoints/none', 'marked/none', { recursive: true });
    assert.ok(existsSync(last));
    rmSync(finished);
    const { code, out, err } = await attn(
      ...['eval', '--checkpoints', 'marked', '--test', 'five.tsv', '--beam', '1', '--attention', '1', '--out', 'marks'],
    );
    assert.equal(code, 0, err);
    const sentence = /dot was interrupted during training: its scores are those of its best model until then\./;
    assert.match(out, /^dot \(interrupted\) /m);
    assert.match(out, /^none /m);
    assert.match(out, sentence);
    for (const folder of ['marks', 'marked/dot/report']) {
      const { models } = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
      assert.equal(models[0].remark, 'interrupted');
      assert.equal(models[1]?.remark, undefined);
      assert.match(readFileSync(join(folder, 'report.md'), 'utf8'), /\| dot \(interrupted\) \|/);
      assert.match(readFileSync(join(folder, 'report.html'), 'utf8'), /dot \(interrupted\)/);
    }
    assert.match(readFileSync('marks/report.md', 'utf8'), sentence);
    assert.match(readFileSync('marked/dot/README.md', 'utf8'), /\| training \|.*, interrupted \|/);
    assert.doesNotMatch(readFileSync('marked/none/README.md', 'utf8'), /interrupted/);
  });

  test('a run is found with its data from another folder, and those of another project are not mistaken for them', async () => {
    const home = process.cwd();
    mkdirSync('elsewhere/deep', { recursive: true });
    process.chdir('elsewhere/deep');
    try {
      const args = ['--beam', '1', '--attention', '0', '--json'];
      const far = await attn('eval', '--checkpoints', join(home, 'checkpoints/dot'), ...args);
      assert.equal(far.code, 0, far.err);
      assert.equal(JSON.parse(far.out).test.sentences, 20);

      // the run alone, next to data with the same path
      cpSync(join(home, 'checkpoints/dot'), 'copied', { recursive: true });
      await preparedWords('../corpus', 50);
      const source = readFileSync('../corpus/prepared/manifest.json', 'utf8');
      const manifest = JSON.parse(source);
      manifest.vocabularies.source.from.sha256 = '0'.repeat(64);
      writeFileSync('../corpus/prepared/manifest.json', JSON.stringify(manifest));
      const near = await attn('eval', '--checkpoints', 'copied', ...args);
      assert.equal(near.code, 2, near.err);
      assert.match(near.err, /the data of copied: has other vocabularies than copied was trained with/);
    } finally {
      process.chdir(home);
    }
  });

  test('models of different corpora are rejected together, unless a test set is named', async () => {
    await preparedWords('other', 300);
    writeFileSync('other/test.tsv', readFileSync('other/dev.tsv'));
    const prepared = await attn('prepare', '--train', 'other/train.tsv', '--quiet');
    assert.equal(prepared.code, 0, prepared.err);
    const trained = await attn(
      ...['train', '--data', 'other/prepared', '--out', 'checkpoints/stranger', '--max-steps', '2', '--hidden', '8'],
      ...['--embedding', '8', '--max-shapes', '1', '--learning-rate', '0.05', '--quiet'],
    );
    assert.equal(trained.code, 0, trained.err);
    const { code, err } = await attn('eval', '--checkpoints', 'checkpoints', '--out', 'none');
    assert.equal(code, 2);
    assert.match(
      err,
      /different corpora.*corpus\/test\.tsv \(dot, none\); other\/test\.tsv \(stranger\)[\s\S]*--test FILE/,
    );
    // without names, the models on the most recently prepared data are used
    const meant = await attn('eval', '--out', 'meant', '--beam', '1', '--attention', '0');
    assert.equal(meant.code, 0, meant.err);
    assert.match(
      meant.err,
      /^using the 1 models? of other\/prepared, the data last prepared; 2 on other data left out/m,
    );
    assert.match(meant.out, /^stranger /m);
    rmSync('other/prepared/manifest.json');
    const gone = await attn('eval', '--checkpoints', 'checkpoints/stranger', '--out', 'none');
    assert.equal(gone.code, 2);
    assert.match(gone.err, /other\/prepared: the data of stranger[\s\S]*--test FILE/);
  });

  test('accepts search options, and the report lists them', async () => {
    const search = ['--no-repeat-ngram', '1', '--max-output-length', '30', '--out', 'searched'];
    const { code, out, err } = await attn('eval', '--checkpoints', 'checkpoints/dot', '--json', ...search);
    assert.equal(code, 0, err);
    assert.match(
      (JSON.parse(out) as Report).notes!.join(' '),
      /Search: beam 5, --max-output-length 30, --no-repeat-ngram 1\./,
    );
    const lines = readFileSync('searched/hypotheses/dot.txt', 'utf8').trim().split('\n');
    for (const line of lines) assert.equal(new Set(line.split(' ')).size, line.split(' ').length, line);
    assert.doesNotMatch(report.notes!.join(' '), /Search:/);
    const refused = await attn('eval', '--checkpoints', 'checkpoints/dot', '--top-p', '0.5');
    assert.match(refused.err, /--top-p: has no effect without --sample/);
  });
});
