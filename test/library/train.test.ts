import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { attentionMatrix, attentionStatistics, renderAttention } from '../../src/library/attention.ts';
import { cleanCorpus, corpusStatistics, readPairs, type SentencePair, writePairs } from '../../src/library/corpus.ts';
import { InputError, loadTranslator } from '../../src/library/index.ts';
import { compare, evaluate, prepareData, splitCorpus, train } from '../../src/library/train.ts';
import { buildVocabularies, loadVocabulary } from '../../src/library/vocabulary.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-train-'));
const inScratch = (...names: string[]) => join(scratch, ...names);
const colours = ['rosso red', 'verde green', 'nero black', 'bianco white'].map((pair) => pair.split(' '));
const things = ['gatto cat', 'libro book', 'fiore flower', 'sasso stone'].map((pair) => pair.split(' '));

function* rows(): Generator<SentencePair> {
  for (const [colore, colour] of colours) {
    for (const [cosa, thing] of things) {
      for (const [verbo, verb] of [
        ['dorme', 'sleeps'],
        ['cade', 'falls'],
        ['parla', 'speaks'],
      ]) {
        yield { source: `il ${cosa} ${colore}\t${verbo}`, target: `the ${colour} ${thing}\n${verb}` };
      }
    }
  }
}

const small = { score: 'dot', embedding: 8, hidden: 8, batchTokens: 200, maxShapes: 2, logEvery: 2 } as const;
let data: string;
before(async () => {
  const corpus = inScratch('pairs.tsv');
  assert.equal(await writePairs(corpus, rows()), 48);
  const split = await splitCorpus({ corpus, columns: ['it', 'en'], source: 'it', target: 'en', out: scratch });
  assert.equal(split.leaks, false);
  const { target } = await buildVocabularies({
    train: inScratch('train.tsv'),
    out: inScratch('vocabulary'),
    type: 'words',
  });
  assert.equal((await loadVocabulary(target.path)).size, target.size);
  const prepared = await prepareData({ train: inScratch('train.tsv') });
  assert.equal(prepared.splits.train.pairs, split.pairs.train);
  data = prepared.out;
});
after(() => rmSync(scratch, { recursive: true, force: true }));

test('writePairs turns tabs and line breaks into spaces, rejects empty sides, and then writes nothing', async () => {
  for await (const { source, target, line } of readPairs(inScratch('pairs.tsv'))) {
    if (line === 1) assert.deepEqual([source, target], ['il gatto rosso dorme', 'the red cat sleeps']);
  }
  const path = inScratch('bad.tsv');
  await assert.rejects(
    writePairs(path, [
      { source: 'a', target: 'b' },
      { source: ' \n', target: 'b' },
    ]),
    (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /pair 2 has an empty side/);
      return true;
    },
  );
  assert.ok(!existsSync(path));
});

test('a corpus is counted and cleaned', async () => {
  assert.equal((await corpusStatistics(scratch)).pairs, 48);
  const out = inScratch('clean.tsv');
  const { kept } = await cleanCorpus({ corpus: inScratch('pairs.tsv'), columns: ['it', 'en'], out, words: true });
  assert.equal(kept, 48);
  assert.equal(readFileSync(out, 'utf8').split('\n').length, 49);
});

test('train reports everything, stops at an abort, and continues from there as if it had not been stopped', async () => {
  const whole = await train({ ...small, data, out: inScratch('whole'), maxSteps: 4, validateEvery: 2 });
  assert.equal(whole.reason, 'maxSteps');

  const told: string[] = [];
  const stop = new AbortController();
  const options = { ...small, data, out: inScratch('parts'), maxSteps: 4, validateEvery: 2, signal: stop.signal };
  const first = await train({
    ...options,
    onStart: ({ step }) => told.push(`start ${step}`),
    onStep: ({ step }) => {
      told.push(`step ${step}`);
      if (step === 2) stop.abort();
    },
    onRecord: ({ step }) => told.push(`record ${step}`),
  });
  assert.equal(first.reason, 'interrupted');
  assert.deepEqual(told, ['start 0', 'step 1', 'step 2', 'record 2']);

  await assert.rejects(train({ ...options, signal: new AbortController().signal }), InputError);
  const validated: number[] = [];
  const rest = await train({
    ...options,
    signal: new AbortController().signal,
    ifExists: 'resume',
    onValidation: ({ record }) => validated.push(record.step),
  });
  assert.equal(rest.step, 4);
  assert.equal(validated.at(-1), 4);
  // after the header, which also counts seconds
  const tensors = (name: string) => {
    const bytes = readFileSync(inScratch(name, 'last/training.safetensors'));
    return bytes.subarray(8 + Number(bytes.readBigUInt64LE()));
  };
  assert.ok(tensors('whole').length > 10_000);
  assert.ok(tensors('parts').equals(tensors('whole')), 'the parameters, moments and position differ');
  assert.deepEqual(rest.best.loss, whole.best.loss);
});

test('options are checked under the names they have here', async () => {
  const out = inScratch('none');
  // @ts-expect-error: what JavaScript could give
  await assert.rejects(train({ data, out, score: 'euclid' }), /score/);
  // @ts-expect-error: what JavaScript could give
  await assert.rejects(train({ data, out, hiden: 8 }), /unknown option 'hiden'/);
  await assert.rejects(evaluate({ checkpoints: inScratch('whole'), beam: 0 }), /beam/);
  assert.ok(!existsSync(out));
});

test('evaluate, compare, and a translator with its attention', async () => {
  const report = await evaluate({ checkpoints: inScratch('whole'), out: inScratch('report'), beam: 1, attention: 1 });
  assert.equal(report.models[0]?.name, 'whole');
  const { report: compared, failures } = await compare({
    ...{ ...small, score: undefined, data, out: inScratch('compare'), scores: ['none', 'dot'], maxSteps: 2, beam: 1 },
    ...{ validateEvery: 2, attention: 0 },
  });
  assert.deepEqual(
    compared.models.map(({ name }) => name),
    ['none', 'dot'],
  );
  assert.deepEqual(failures, []);

  const translator = await loadTranslator(inScratch('whole'));
  {
    await using own = translator;
    assert.deepEqual(
      own.models.map(({ name, attention }) => ({ name, attention })),
      [{ name: 'whole', attention: true }],
    );
    const [translation] = await own.translate(['il gatto rosso dorme'], { beam: 2, nbest: 2 });
    assert.ok(translation);
    const matrix = attentionMatrix(translation, 1, 'the red cat sleeps');
    assert.ok(matrix);
    assert.deepEqual(matrix.sourceWords.slice(0, 2), ['il', 'gatto']);
    assert.match(String(renderAttention(matrix, 'svg')), /^<svg/);
    assert.ok(attentionStatistics([matrix]).entropy > 0);
    assert.throws(() => attentionMatrix(translation, 2), RangeError);
    const [without] = await own.translate(['il gatto'], { attention: 'none', copyUnknown: false });
    assert.equal(without && attentionMatrix(without), undefined);
  }
  await assert.rejects(translator.translate(['il gatto']), /closed/);
});

test('an abort rejects with its reason and leaves nothing behind', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const out = inScratch('aborted');
  const corpus = inScratch('pairs.tsv');
  await assert.rejects(splitCorpus({ corpus, columns: ['it', 'en'], out, signal }), /enough/);
  await assert.rejects(cleanCorpus({ corpus, columns: ['it', 'en'], out: join(out, 'clean.tsv'), signal }), /enough/);
  await assert.rejects(prepareData({ train: inScratch('train.tsv'), out, signal }), /enough/);
  await assert.rejects(evaluate({ checkpoints: inScratch('whole'), out, signal }), /enough/);
  assert.ok(!existsSync(join(out, 'clean.tsv')) && !existsSync(join(out, 'manifest.json')));
});
