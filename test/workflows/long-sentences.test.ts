import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Report } from '../../src/reports/types.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { attn } from '../helpers/command.ts';
import { preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

// Sources longer than anything in training, on models that can read them whole and on one that cannot.
describe("sentences longer than a model's positions", { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-long-'));
  const data = join(folder, 'corpus', 'prepared');
  const long = join(folder, 'long.tsv');
  const words = 'bami celo dure fino gapu lero'.split(' ');
  const PLACES = 10;
  const train = async (score: string, name: string, ...flags: readonly string[]): Promise<string> => {
    const out = join(folder, name);
    const { code, err } = await attn('train', ...tinyTrainingFlags(data, out, 5), '--score', score, ...flags);
    assert.equal(code, 0, err);
    return out;
  };
  const evaluate = async (...checkpoints: readonly string[]): Promise<{ report: Report; err: string; out: string }> => {
    const out = join(folder, 'report');
    const flags = ['--test', long, '--beam', '1', '--attention', '0', '--json', '--out', out];
    const { code, err, out: text } = await attn('eval', '--checkpoints', ...checkpoints, ...flags);
    assert.equal(code, 0, err);
    return { report: JSON.parse(text), err, out };
  };
  before(async () => {
    await preparedWords(join(folder, 'corpus'));
    const sentence = (length: number) => Array.from({ length }, (_, i) => words[i % words.length]).join(' ');
    const lines = [3, PLACES - 1, PLACES, 40, 200].map((length) => `${sentence(length)}\t${sentence(3)}\n`);
    writeFileSync(long, lines.join(''));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('are read completely by a model without learned positions, whatever --max-positions is', async () => {
    const few = await train('dot', 'few', '--max-positions', String(PLACES));
    const many = await train('dot', 'many', '--max-positions', '300');
    const { report, err } = await evaluate(few, many);
    const [a, b] = report.models;
    assert.deepEqual(a!.bleu, b!.bleu, 'the same weights read the same sentences');
    assert.deepEqual(a!.chrf, b!.chrf);
    for (const { cutSources } of report.models) assert.equal(cutSources, undefined);
    assert.doesNotMatch(err, /were cut/);
  });

  test('are cut by one with location scores, and terminal, report and model card tell how many', async () => {
    const location = await train('location', 'location', '--max-positions', String(PLACES));
    const { report, err, out } = await evaluate(location, join(folder, 'few'));
    const cut = `location reads ${PLACES - 1} pieces at most: 3 of 5 sources are longer, and were cut`;
    assert.deepEqual(report.models[0]!.cutSources, { sentences: 3, longest: PLACES - 1 });
    assert.equal(report.models[1]!.cutSources, undefined);
    assert.ok(err.includes(cut), err);
    const pages = [join(out, 'report.md'), join(out, 'report.html'), join(out, 'report.json')];
    for (const path of [...pages, join(location, 'README.md'), join(location, 'report', 'report.md')]) {
      assert.ok(readFileSync(path, 'utf8').includes(cut), path);
    }
    const other = readFileSync(join(folder, 'few', 'report', 'report.md'), 'utf8');
    assert.doesNotMatch(other, /were cut/, 'the report of a model says nothing of another');
  });

  test('attention at positions never learned is not compared with a gold alignment', async () => {
    const gold = join(folder, 'gold');
    writeFileSync(gold, '0-0\n'.repeat(5));
    const { code, err } = await attn(
      ...[
        'eval',
        '--checkpoints',
        join(folder, 'location'),
        '--test',
        long,
        '--gold',
        gold,
        '--out',
        join(folder, 'g'),
      ],
    );
    assert.equal(code, 2);
    assert.match(
      err,
      /has 10 positions, but sentence 3 of the test set, .* is longer\n {2}leave out this model or --gold/,
    );
  });

  test('are reported at the start of training: sides of dev that are cut, and sources the model cannot read', async () => {
    const cut = join(folder, 'cut');
    const corpus = join(folder, 'corpus');
    const dev = ['--dev', long, '--test', long, '--vocabulary', join(corpus, 'vocabulary'), '--out', cut];
    const prepared = await attn('prepare', '--train', join(corpus, 'train.tsv'), '--max-length', '8', ...dev);
    assert.equal(prepared.code, 0, prepared.err);
    const flags = tinyTrainingFlags(cut, join(folder, 'said'), 2).filter((word) => word !== '--quiet');
    const { code, err } = await attn('train', ...flags, '--score', 'location', '--max-positions', '10');
    assert.equal(code, 0, err);
    assert.match(err, /4 sides of dev are cut to 8 ids in the prepared data.*loss/);
    assert.match(err, /3 of 5 sources of dev are longer than the 9 pieces that the model reads, so they are cut/);
  });
});
