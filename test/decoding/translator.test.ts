import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import type { RunOptions } from '../../src/config/run-options.ts';
import { loadTranslator, type Translator } from '../../src/decoding/translator.ts';
import { translationAttention } from '../../src/reports/translation-attention.ts';
import { InputError } from '../../src/support/errors.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import { EOS, UNKNOWN } from '../../src/vocabulary/vocabulary.ts';
import { toyPair } from '../dataset/toy-corpus.ts';
import { needsTensorFlow } from '../helpers/copy-task.ts';
import { scratchFolder, type ToyRun, writeToyRun } from './toy-run.ts';

const scratch = scratchFolder();
let runs = 0;

async function toyTranslator(toy: ToyRun = {}, ...more: readonly ToyRun[]): Promise<Translator> {
  const paths = [];
  for (const one of [toy, ...more]) paths.push(await writeToyRun(join(scratch, `run-${runs++}`), one));
  const translator = await loadTranslator(paths, { backend: 'wasm', threads: 1 });
  after(() => translator.close());
  return translator;
}

const best = ({ hypotheses }: { hypotheses: readonly { text: string }[] }) => hypotheses[0]!.text;
const sentences = Array.from({ length: 6 }, (_, i) => toyPair(i).source);

test('sentences are translated to text, alone as together, with the pieces that the model read and wrote', async () => {
  const translator = await toyTranslator({ likes: { [EOS]: 0.5 } });
  const together = await translator.translate(sentences, { nbest: 3, beam: 4 });
  assert.deepEqual(
    together.map(({ source }) => source),
    sentences,
  );
  const { source: from, target } = translator.runs[0].vocabularies;
  for (const [i, translation] of together.entries()) {
    const [alone] = await translator.translate([sentences[i]!], { nbest: 3, beam: 4 });
    assert.deepEqual(
      alone!.hypotheses.map(({ text }) => text),
      translation.hypotheses.map(({ text }) => text),
    );
    assert.deepEqual(translation.pieces, [...from.encode(sentences[i]!).map((id) => from.piece(id)), '</s>']);
    assert.equal(translation.truncated, false);
    assert.equal(translation.hypotheses.length, 3);
    for (const [k, hypothesis] of translation.hypotheses.entries()) {
      assert.equal(hypothesis.text, target.decode(hypothesis.ids));
      assert.equal(hypothesis.pieces.at(-1) === '</s>', hypothesis.finished);
      assert.equal(hypothesis.attention.attention!.length, hypothesis.pieces.length);
      assert.deepEqual(translationAttention(translation, k)!.target, hypothesis.pieces);
    }
  }
});

test('a line without words stays empty, and every other line keeps its place', async () => {
  const translator = await toyTranslator();
  const lines = ['', sentences[0]!, '   ', '\t', sentences[1]!, ''];
  const translated = await translator.translate(lines);
  assert.equal(translated.length, lines.length);
  for (const i of [0, 2, 3, 5]) {
    assert.equal(best(translated[i]!), '');
    assert.equal(translated[i]!.hypotheses.length, 1);
  }
  const alone = await translator.translate([sentences[0]!, sentences[1]!]);
  assert.deepEqual([best(translated[1]!), best(translated[4]!)], alone.map(best));
  assert.deepEqual((await translator.translate([])).length, 0);
});

test('a model without learned positions reads whole sentences, whatever its maxPositions', async () => {
  const words = Array.from({ length: 60 }, (_, i) => sentences[i % sentences.length]).join(' ');
  const models: Partial<RunOptions>[] = [
    ...(['none', 'dot', 'general', 'concat', 'bahdanau'] as const).map((score) => ({ score })),
    { arch: 'transformer', heads: 2, feedForward: 16 },
  ];
  for (const options of models) {
    const [few, many] = [
      await toyTranslator({ options: { ...options, maxPositions: 24 } }),
      await toyTranslator({ options: { ...options, maxPositions: 2000 } }),
    ];
    const search = { beam: 2, maxOutputLength: 4 };
    const [[short], [long]] = [await few.translate([words], search), await many.translate([words], search)];
    assert.equal(short!.truncated, false);
    assert.equal(short!.pieces.length, few.runs[0].vocabularies.source.encode(words).length + 1);
    assert.equal(short!.hypotheses[0]!.score, long!.hypotheses[0]!.score, JSON.stringify(options));
  }
});

test("a translation is not longer than the model's learned target positions", async () => {
  const learned = { arch: 'transformer', positions: 'learned', heads: 2, feedForward: 16, maxPositions: 9 } as const;
  const translator = await toyTranslator({ options: learned, likes: { [EOS]: -50 } });
  const [translation] = await translator.translate([sentences[0]!], { beam: 2 });
  assert.equal(translation!.hypotheses[0]!.pieces.length, 9);
  assert.equal(translation!.hypotheses[0]!.finished, false);
});

test('where memory is the limit, a source of 10,000 words is cut too, with a notice', async () => {
  const translator = await toyTranslator({ options: { embedding: 2, hidden: 2 } });
  const [long] = await translator.translate([`${'casa '.repeat(10_000)}`], { beam: 1, maxOutputLength: 1 });
  assert.equal(long!.truncated, true);
  assert.equal(long!.pieces.length, 2048);
});

test('old names of options still work, with a warning', async () => {
  const translator = await toyTranslator();
  const warnings: string[] = [];
  const listen = (warning: Error) => void warnings.push(warning.message);
  process.on('warning', listen);
  const old = { beam: 1, minLength: 3, maxLength: 3 };
  const [before] = await translator.translate([sentences[0]!], old as object);
  const [now] = await translator.translate([sentences[0]!], { beam: 1, minOutputLength: 3, maxOutputLength: 3 });
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  assert.deepEqual(best(before!), best(now!));
  assert.match(
    warnings.join('\n'),
    /minLength is now called minOutputLength.*\n.*maxLength is now called maxOutputLength/,
  );
});

test('a model with location scores reads as much of 10,000 words as it has positions for, with a notice', async () => {
  const translator = await toyTranslator({ options: { score: 'location' } });
  const [long, short] = await translator.translate([`${'casa '.repeat(10_000)}`, 'la casa']);
  assert.equal(long!.truncated, true);
  assert.equal(long!.pieces.length, 24, 'the maxPositions of the run, eos counted');
  assert.equal(long!.hypotheses[0]!.attention.attention![0]!.length, 24);
  assert.equal(short!.truncated, false);
});

test('control characters, half characters and other scripts give one line of text each', async () => {
  const translator = await toyTranslator();
  const odd = [
    'a\u0000b\u0007\u001b[31m',
    '\ud800 la casa',
    '你好，世界',
    '👩‍👩‍👧 è',
    '\u202eabc\u2028def',
    'é\u0301\u0301',
    'x'.repeat(5000),
  ];
  const translated = await translator.translate(odd);
  assert.equal(translated.length, odd.length);
  for (const translation of translated) assert.doesNotMatch(best(translation), /[\n\r]/);
});

test('more translations than the beam width are rejected', async () => {
  const translator = await toyTranslator();
  await assert.rejects(translator.translate(sentences, { beam: 2, nbest: 3 }), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.describe(), /^nbest: 3 translations .*\n {2}.*a beam of 3/);
    return true;
  });
  assert.equal((await translator.translate(sentences, { beam: 2, nbest: 2 })).length, sentences.length);
});

test('options out of range are rejected by name, before anything is translated', async () => {
  const translator = await toyTranslator();
  const wrong: Record<string, readonly number[]> = {
    beam: [0, -1, 1.5, Number.NaN, 1001],
    nbest: [0, -1, 0.5],
    maxOutputLength: [0, 2.5, Number.POSITIVE_INFINITY],
    minOutputLength: [-1, 0.5],
    lengthPenalty: [-1, Number.NaN, Number.POSITIVE_INFINITY],
    coveragePenalty: [-0.1, Number.NaN],
    pruning: [-1, Number.NaN],
    noRepeatNgram: [-1, 0.5],
    repetitionPenalty: [0.9, Number.NaN],
    temperature: [0, -1],
    topK: [-1, 1.5],
    topP: [0, 1.1],
    seed: [-1],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      await assert.rejects(translator.translate([], { [name]: value }), (error) => {
        assert.ok(error instanceof InputError, `${name}: ${value}`);
        assert.ok(error.describe().startsWith(`${name}: ${value}: `), error.describe());
        return true;
      });
    }
  }
  const lengths = { minOutputLength: 4, maxOutputLength: 3 };
  await assert.rejects(translator.translate(sentences, lengths), /at least 4 .* at most 3/);
});

test('unknown options, invalid sentences, and calls after close() are rejected with plain messages', async () => {
  const path = await writeToyRun(join(scratch, 'refusing'));
  const translator = await loadTranslator(path, { backend: 'wasm', threads: 1 });
  const call = translator.translate as (sentences: unknown, options?: object) => Promise<unknown>;
  await assert.rejects(call(['tom'], { beem: 3 }), /beem: unknown option 'beem'/);
  await assert.rejects(call(['tom'], { unknownWords: true }), /unknown option 'unknownWords'/);
  await assert.rejects(call(['tom'], { beam: 0 }), /^InputError: beam: 0: must be more than 0$/);
  await assert.rejects(call('tom'), /^TypeError: translate\(\) takes an array of sentences.*not a string$/);
  await assert.rejects(call(undefined), /^TypeError: .*not a undefined$/);
  await assert.rejects(call(['tom', 3]), /^TypeError: .*sentence 1 is a number$/);
  await translator.close();
  await assert.rejects(call(['tom']), /^Error: the translator is closed: load another/);
  await translator.close();
  await assert.rejects(loadTranslator(path, { beckend: 'wasm' } as object), /unknown option 'beckend'/);
});

test('an error of the library names the path in its message', async () => {
  await assert.rejects(loadTranslator('nope'), { name: 'InputError', message: 'nope: no such model' });
});

test('an undefined option counts as not given', async () => {
  const translator = await toyTranslator();
  const unsaid = { beam: undefined, nbest: undefined, lengthPenalty: undefined, minOutputLength: undefined };
  const [given, plain] = [await translator.translate(sentences, unsaid), await translator.translate(sentences)];
  assert.deepEqual(given.map(best), plain.map(best));
  assert.notEqual(plain.map(best).join(''), '');
});

test('every translation starts with the prefix, and a space at its end ends its last word', async () => {
  const translator = await toyTranslator();
  const { target } = translator.runs[0].vocabularies;
  const word = toyPair(1).target.split(' ')[0] as string;
  const begun = word.slice(0, 2);
  for (const how of [
    { beam: 3, nbest: 3 },
    { sample: true, nbest: 3, temperature: 3 },
  ]) {
    const open = await translator.translate(sentences, { ...how, prefix: begun, minOutputLength: 8 });
    const closed = await translator.translate(sentences, { ...how, prefix: `${begun} `, minOutputLength: 8 });
    const texts = (translations: typeof open) => translations.flatMap(({ hypotheses }) => hypotheses);
    for (const { text, ids } of texts(open)) {
      assert.ok(text.startsWith(begun), text);
      assert.deepEqual(ids.slice(0, target.encode(begun).length), target.encode(begun));
    }
    for (const { text } of texts(closed)) assert.ok(text.startsWith(`${begun} `), text);
    assert.ok(texts(open).some(({ text }) => !text.startsWith(`${begun} `)));
  }
  const [plain, none] = [await translator.translate(sentences), await translator.translate(sentences, { prefix: '' })];
  assert.deepEqual(none.map(best), plain.map(best), 'an empty prefix is none');
});

test('a prefix with words or characters missing from the vocabulary is rejected', async () => {
  const words = await toyTranslator({ type: 'words' });
  const known = toyPair(1).target.split(' ')[0] as string;
  assert.match(best((await words.translate([sentences[0]!], { prefix: known, beam: 2 }))[0]!), new RegExp(`^${known}`));
  for (const [translator, prefix] of [
    [words, `${known} xylophone`],
    [await toyTranslator(), '漢字'],
  ] as const) {
    await assert.rejects(translator.translate(sentences, { prefix }), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.describe(), /^--prefix: the vocabulary of the model cannot write all of '.*'[\s\S]*⁇/);
      return true;
    });
  }
});

test('sampling options are rejected without sampling', async () => {
  const translator = await toyTranslator();
  for (const option of [{ temperature: 2 }, { topK: 5 }, { topP: 0.5 }, { seed: 9 }]) {
    await assert.rejects(translator.translate(sentences, option), /has no effect without --sample/);
    await translator.translate([sentences[0]!], { ...option, sample: true, maxOutputLength: 3 });
  }
});

test('an unknown word becomes the source word it looks at most; with subwords it is never generated', async () => {
  const words = await toyTranslator({ type: 'words', likes: { [UNKNOWN]: 2 } });
  const source = 'la Casa è VERDE e zuccherina';
  const [copied] = await words.translate([source], { minOutputLength: 5 });
  const { ids, text, attention } = copied!.hypotheses[0]!;
  assert.deepEqual(
    copied!.pieces,
    ['la', 'casa', 'è', 'verde', 'e', 'zuccherina', '</s>'],
    'also what it does not know',
  );
  assert.ok(ids.includes(UNKNOWN));
  const expected = ids.map((id, t) => {
    const weights = [...attention.attention![t]!].slice(0, -1);
    return id === UNKNOWN
      ? copied!.pieces[weights.indexOf(Math.max(...weights))]
      : words.runs[0].vocabularies.target.piece(id);
  });
  assert.equal(text, expected.join(' '));
  const [plain] = await words.translate([source], { copyUnknown: false });
  assert.ok(!plain!.hypotheses[0]!.ids.includes(UNKNOWN));
  const subwords = await toyTranslator({ likes: { [UNKNOWN]: 9 } });
  assert.ok(!(await subwords.translate(sentences)).some(({ hypotheses }) => hypotheses[0]!.ids.includes(UNKNOWN)));
});

test('models translate together if their vocabularies are the same', async () => {
  const together = await toyTranslator({ seed: 1 }, { seed: 2, options: { score: 'concat' } });
  const alone = await toyTranslator({ seed: 1 });
  const [a, b] = [await together.translate(sentences), await alone.translate(sentences)];
  assert.notDeepEqual(
    a.map(({ hypotheses }) => hypotheses[0]!.logProbability),
    b.map(({ hypotheses }) => hypotheses[0]!.logProbability),
  );
  await assert.rejects(toyTranslator({}, { size: 55 }), /its source vocabulary is not that of/);
});

test('a model file in a run folder is a model too', async () => {
  const path = await writeToyRun(join(scratch, 'with-best'));
  mkdirSync(join(path, 'best'));
  const file = join(path, 'best', 'step-0000001.safetensors');
  copyFileSync(join(path, 'model.safetensors'), file);
  const translator = await loadTranslator([path, file], { backend: 'wasm', threads: 1 });
  const single = await loadTranslator(path, { backend: 'wasm', threads: 1 });
  const [a, b] = [await translator.translate(sentences), await single.translate(sentences)];
  assert.deepEqual(a.map(best), b.map(best));
  await translator.close();
  await single.close();
});

test('a missing or damaged model is named', async () => {
  await assert.rejects(
    loadTranslator(join(scratch, 'nowhere')),
    (error) => error instanceof InputError && /nowhere: no such model/.test(error.describe()),
  );
  mkdirSync(join(scratch, 'empty'));
  await assert.rejects(loadTranslator(join(scratch, 'empty')), /holds no trained model/);
  const path = await writeToyRun(join(scratch, 'damaged'));
  const file = join(path, 'model.safetensors');
  const bytes = readFileSync(file);
  bytes[bytes.length - 5]! ^= 1;
  writeFileSync(file, bytes);
  await assert.rejects(loadTranslator(path), /not a complete safetensors file/);
  writeFileSync(file, bytes.subarray(0, 5000));
  await assert.rejects(loadTranslator(path), /truncated/);
});

test('concurrent calls each get their own sentences', async () => {
  const translator = await toyTranslator();
  const expected = (await translator.translate(sentences)).map(best);
  const answers = await Promise.all(sentences.map((sentence) => translator.translate([sentence])));
  assert.deepEqual(
    answers.map(([translation]) => best(translation!)),
    expected,
  );
  const failing = translator.translate(sentences, { beam: 1, nbest: 2 });
  const next = translator.translate(sentences);
  await assert.rejects(failing, /nbest/);
  assert.deepEqual((await next).map(best), expected, 'a call that fails leaves the next one alone');
});

test('two translators, one on TensorFlow and one on WebAssembly, answer concurrent calls', {
  skip: hasTensorFlow() ? false : needsTensorFlow,
}, async () => {
  const path = await writeToyRun(join(scratch, 'two'), { likes: { [EOS]: 0.5 } });
  const [many, few] = [
    await loadTranslator(path, { backend: 'tensorflow', threads: 2 }),
    await loadTranslator(path, { backend: 'wasm', threads: 1 }),
  ];
  const answers = await Promise.all(
    [1, 2, 3, 4].flatMap((beam) => [many.translate(sentences, { beam }), few.translate(sentences, { beam })]),
  );
  for (let i = 0; i < answers.length; i += 2) assert.deepEqual(answers[i]!.map(best), answers[i + 1]!.map(best));
  await Promise.all([many.close(), few.close()]);
});

test('a translator closed while it answers finishes answering, and then holds nothing', async () => {
  const path = await writeToyRun(join(scratch, 'closing'));
  const before = tf.memory().numTensors;
  const translator = await loadTranslator(path, { backend: 'wasm', threads: 1 });
  const answer = translator.translate(sentences);
  const closed = translator.close();
  assert.equal((await answer).length, sentences.length);
  await closed;
  assert.equal(tf.memory().numTensors, before);
});

for (const backend of ['wasm', 'tensorflow'] as const) {
  const skip = backend === 'wasm' || hasTensorFlow() ? false : needsTensorFlow;
  test(`a translator on ${backend} holds as many tensors after a dozen calls as after the first, and none once closed`, {
    skip,
  }, async () => {
    const path = await writeToyRun(join(scratch, `memory-${backend}`), { options: { score: 'concat' } });
    const translateOnce = async (calls: number): Promise<number[]> => {
      const translator = await loadTranslator(path, { backend, threads: 1 });
      const counts: number[] = [];
      for (let i = 0; i < calls; i++) {
        await translator.translate([sentences[i % sentences.length]!], { beam: 3 });
        counts.push(tf.memory().numTensors);
      }
      await translator.close();
      return counts;
    };
    await translateOnce(1);
    const before = tf.memory().numTensors;
    const counts = await translateOnce(12);
    assert.deepEqual([...new Set(counts)], [counts[0]]);
    assert.equal(tf.memory().numTensors, before);
  });
}

test('a few sentences are translated without TensorFlow, many with it, with equal results', {
  skip: hasTensorFlow() ? false : needsTensorFlow,
}, async () => {
  const path = await writeToyRun(join(scratch, 'both'), { likes: { [EOS]: 0.5 } });
  const translator = await loadTranslator(path);
  const many = Array.from({ length: 40 }, (_, i) => toyPair(i).source);
  const few = await translator.translate(many.slice(0, 3));
  const all = await translator.translate(many);
  const again = await translator.translate(many.slice(0, 3));
  assert.deepEqual(few.map(best), all.slice(0, 3).map(best));
  assert.deepEqual(again.map(best), few.map(best));
  await translator.close();
});
