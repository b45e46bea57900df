import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadModel, loadTraining, type ModelCheckpoint } from '../../src/checkpoints/checkpoint.ts';
import { completeRun, runSchema } from '../../src/config/run.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { parametersOfGroups } from '../../src/models/parameter-groups.ts';
import type { Report } from '../../src/reports/types.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { loadVocabularies } from '../../src/vocabulary/pair.ts';
import { trainRun } from '../../src/workflows/train-run.ts';
import { attn } from '../helpers/command.ts';
import { inventedWords, preparedWords, tinyTrainingFlags } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';

describe('attn train --from', { skip }, () => {
  const home = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), 'attn-tune-'));
  /** Half of the words of the parent's data, and as many others. */
  const otherWords = [...inventedWords.slice(0, 6), 'zaba', 'zeco', 'zido', 'zofe', 'zugi', 'zala'];
  before(async () => {
    process.chdir(folder);
    await preparedWords('old');
    await preparedWords('new', 120, { words: inventedWords.slice(0, 6), vocabularyOf: 'old' });
    await preparedWords('foreign', 120, { words: otherWords });
    await train(...tinyTrainingFlags('old/prepared', 'parent', 40), '--score', 'general', '--bidirectional');
  });
  after(() => {
    process.chdir(home);
    rmSync(folder, { recursive: true, force: true });
  });

  async function train(...words: string[]): Promise<string> {
    const { code, err } = await attn('train', ...words);
    assert.equal(code, 0, err);
    return err;
  }

  const tune = (out: string, steps: number, ...more: string[]) =>
    train('--from', 'parent', '--data', 'new/prepared', '--out', out, '--max-steps', String(steps), ...more);

  const same = (a: ModelCheckpoint, b: ModelCheckpoint, name: string): boolean => {
    const [x, y] = [a.parameters[name]!.data, b.parameters[name]!.data];
    return Buffer.from(x.buffer, x.byteOffset, x.byteLength).equals(Buffer.from(y.buffer, y.byteOffset, y.byteLength));
  };

  test('uses the options of the model, and continues from its parameters', async () => {
    const err = await tune('tuned', 12, '--validate-every', '4');
    assert.match(err, /starting from parent \(\d+ updates on .*old.prepared\)\n/);
    const [parent, tuned] = [loadModel('parent'), loadModel('tuned')];
    assert.equal(tuned.run.hidden, 16);
    assert.equal(tuned.run.score, 'general');
    assert.equal(tuned.run.bidirectional, true);
    assert.equal(tuned.run.learningRate, parent.run.learningRate / 4);
    assert.equal(tuned.run.from, 'parent');
    // from random parameters twelve updates would not come close
    await train(
      '--data',
      'new/prepared',
      '--out',
      'scratch',
      '--max-steps',
      '12',
      '--validate-every',
      '4',
      '--embedding',
      '12',
      '--hidden',
      '16',
      '--learning-rate',
      '0.0125',
    );
    assert.ok(tuned.scores.loss < loadModel('scratch').scores.loss - 0.5, `${tuned.scores.loss}`);
  });

  for (const freeze of ['encoder', 'embeddings', 'decoder,output', 'attention,source-embedding']) {
    test(`frozen parameters stay unchanged, to the last bit: ${freeze}`, async () => {
      const out = `frozen-${freeze.replace(',', '-')}`;
      await tune(
        out,
        20,
        '--freeze',
        freeze,
        '--optimizer',
        'adamw',
        '--weight-decay',
        '0.1',
        '--ema',
        '0.5',
        '--validate-every',
        '10',
      );
      const [parent, tuned] = [loadModel('parent'), loadModel(out)];
      const names = Object.keys(parent.parameters);
      const frozen = parametersOfGroups(names, freeze.split(',') as 'encoder'[]);
      assert.ok(frozen.length > 0);
      for (const name of names) assert.equal(same(parent, tuned, name), frozen.includes(name), name);
      assert.match(
        readFileSync(join(out, 'README.md'), 'utf8'),
        new RegExp(`\\| not trained \\| ${freeze.replace(',', ', ')} \\|`),
      );
      const { tensors } = loadTraining(join(out, 'last', 'training.safetensors'));
      const slots = Object.keys(tensors.all!).filter((name) => name.startsWith('first/'));
      assert.equal(slots.length, names.length - frozen.length, 'the optimizer keeps nothing of what is frozen');
    });
  }

  test('with other vocabularies the rows of the shared pieces are carried over, and their number is reported', async () => {
    // no update changes anything at this rate
    const err = await train(
      '--from',
      'parent',
      '--data',
      'foreign/prepared',
      '--out',
      'foreign-tuned',
      '--max-steps',
      '1',
      '--learning-rate',
      '1e-30',
    );
    const parent = loadModel('parent');
    const tuned = loadModel('foreign-tuned');
    const [was, is] = [
      await loadVocabularies({ source: 'parent/source.model', target: 'parent/target.model' }),
      await loadVocabularies({ source: 'foreign-tuned/source.model', target: 'foreign-tuned/target.model' }),
    ];
    assert.match(err, /10 of 16 source pieces keep their rows; 10 of 16 target pieces keep their rows/);
    const random = initialParameters(
      createModel({ ...tuned.run, sourceVocabulary: is.source.size, targetVocabulary: is.target.size }),
      'pytorch',
      1,
    );
    for (const [name, side] of [
      ['encoder.embedding.weight', 'source'],
      ['decoder.embedding.weight', 'target'],
      ['output.weight', 'target'],
      ['output.bias', 'target'],
    ] as const) {
      const row = ({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }, id: number) => {
        const width = data.length / shape[0]!;
        return Array.from({ length: width }, (_, i) => data[id * width + i]!);
      };
      for (let id = 0; id < is[side].size; id++) {
        const piece = is[side].piece(id);
        const known = inventedWords.includes(piece) || id < 4;
        const expected = known ? row(parent.parameters[name]!, was[side].id(piece)) : row(random[name]!, id);
        assert.deepEqual(row(tuned.parameters[name]!, id), expected, `${name}, ${piece}`);
      }
    }
    assert.ok(same(parent, tuned, 'encoder.gru.weight_hh_l0'));
  });

  test('the checkpoint, the card and the report list the ancestry, over two generations', async () => {
    await train(
      '--from',
      'tuned/model.safetensors',
      '--data',
      'new/prepared',
      '--out',
      'grandchild',
      '--max-steps',
      '2',
    );
    const { ancestry } = loadModel('grandchild');
    assert.deepEqual(
      ancestry!.map(({ path }) => path),
      ['tuned/model.safetensors', 'parent'],
    );
    const card = readFileSync('grandchild/README.md', 'utf8');
    assert.match(card, /\| started from \| tuned\/model.safetensors \(\d+ updates on .*new.prepared\) \|/);
    assert.match(card, /\| which started from \| parent \(\d+ updates on .*old.prepared\) \|/);
    assert.match(card, /--from tuned\/model.safetensors/);
    const { code, out, err } = await attn('eval', '--checkpoints', 'grandchild', 'tuned', 'scratch', '--json');
    assert.equal(code, 0, err);
    const report = JSON.parse(out) as Report;
    assert.match(report.models.find(({ name }) => name === 'grandchild')!.startedFrom![1]!, /^parent/);
    assert.equal(report.models.find(({ name }) => name === 'scratch')!.startedFrom, undefined);
    assert.match(report.notes!.join(' '), /tuned started from parent \(/);
  });

  test('a comparison of fine-tuned models starts from the model too', async () => {
    const compare = ['compare', '--from', 'parent', '--data', 'new/prepared', '--max-steps', '3', '--out', 'compared'];
    const { code, out, err } = await attn(...compare, '--seeds', '1,2', '--freeze', 'encoder', '--json');
    assert.equal(code, 0, err);
    const report = JSON.parse(out) as Report;
    assert.deepEqual(
      report.models.map(({ name }) => name),
      ['general-1', 'general-2'],
    );
    assert.ok(report.models.every(({ startedFrom }) => startedFrom?.length === 1));
    const other = await attn(...compare.with(-1, 'compared-2'), '--scores', 'general,dot');
    assert.equal(other.code, 2);
    assert.match(other.err, /parent: its model differs: score was general, now dot/);
  });

  test('mixed-in data are reported, and a run stopped and resumed has the same parameters', async () => {
    const mix = ['--mix', 'old/prepared:0.25', '--save-minutes', '0', '--validate-every', '10'];
    const err = await tune('mixed', 20, ...mix);
    assert.match(err, /mixed in: 25 % of the batches from old\/prepared \(200 sentence pairs\)/);
    const run = {
      ...completeRun(runSchema.parse({ ...loadModel('mixed').run, out: 'stopped' })),
      data: 'new/prepared',
    };
    const stop = new AbortController();
    const stopAt = { stepped: ({ step }: { step: number }) => step === 7 && stop.abort() };
    await trainRun(run, {
      start: 'new',
      signal: stop.signal,
      listeners: [{ stepped: (info) => void stopAt.stepped(info) }],
    });
    assert.equal(loadTraining(join('stopped', 'last', 'training.safetensors')).step, 7);
    await train('--resume', '--out', 'stopped');
    const [a, b] = [loadModel('mixed'), loadModel('stopped')];
    for (const name of Object.keys(a.parameters)) assert.ok(same(a, b, name), name);
    assert.deepEqual(b.ancestry, a.ancestry, 'it knows where it came from after all');
    await tune('unmixed', 20, ...mix.slice(2));
    const unmixed = loadModel('unmixed');
    assert.ok(!same(a, unmixed, 'encoder.gru.weight_hh_l0'), 'the mixture makes a difference');
  });

  test('wrong calls are rejected before anything is written', async () => {
    cpSync('parent', 'copied', { recursive: true });
    symlinkSync('copied', 'linked');
    for (const [words, message] of [
      [['--from', 'nowhere'], /nowhere: no such model/],
      [['--from', 'parent', '--freeze', 'encodr'], /--freeze: "encodr" is not one of embeddings, source-embedding/],
      [['--from', 'parent', '--freeze', 'encoder,decoder,attention,output,embeddings'], /nothing is left to train/],
      [['--freeze', 'encoder'], /--freeze: random parameters are not worth keeping/],
      [['--from', 'parent', '--hidden', '32'], /parent: its model differs: hidden was 16, now 32/],
      [['--from', 'copied', '--out', 'copied', '--overwrite'], /--from: is also the folder of this run/],
      [['--from', 'linked', '--out', 'copied', '--overwrite'], /--from: is also the folder of this run/],
      [['--from', 'copied/model.safetensors', '--out', './copied', '--overwrite'], /is also the folder of this run/],
      [['--from', 'parent', '--mix', 'old/prepared'], /--mix: is a folder of prepared data and its share/],
      [['--from', 'parent', '--mix', 'old/prepared:1.5'], /--mix: is a folder of prepared data and its share/],
      [['--from', 'parent', '--mix', 'old/prepared:0.5,foreign/prepared:0.5'], /add up to 1 or more/],
      [
        ['--from', 'parent', '--mix', 'foreign/prepared:0.5'],
        /its source vocabulary differs from that of new.prepared/,
      ],
      [['--from', 'parent', '--mix', 'none:0.5'], /none/],
    ] as const) {
      const { code, err } = await attn(
        'train',
        '--data',
        'new/prepared',
        '--out',
        'refused',
        '--max-steps',
        '1',
        ...words,
      );
      assert.equal(code, 2, `${words.join(' ')}: ${err}`);
      assert.match(err, message);
    }
    assert.ok(same(loadModel('parent'), loadModel('copied'), 'output.bias'));
  });
});
