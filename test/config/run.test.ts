import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { configDocs } from '../../scripts/make-config-docs.ts';
import { defineCommand, parseCall } from '../../src/cli/command.ts';
import { describeOptions, resolveOptions } from '../../src/config/options.ts';
import { presets } from '../../src/config/presets.ts';
import { completeRun, modelName, runSchema } from '../../src/config/run.ts';
import { presetNames, type RunOptions, runSections } from '../../src/config/run-options.ts';
import { unusedOptions } from '../../src/config/unused-options.ts';
import { InputError } from '../../src/support/errors.ts';

/** Resolves options as if they came from flags. */
function resolve(values: Record<string, unknown>): RunOptions {
  return resolveOptions(runSchema, [{ values, name: (key) => `--${key}` }]);
}

function problemOf(values: Record<string, unknown>): string {
  try {
    resolve(values);
  } catch (error) {
    assert(error instanceof InputError);
    return error.describe();
  }
  return '';
}

test('without options: the E256 H256 dot model, 20 minutes, checkpoints/dot', () => {
  const run = completeRun(resolve({}));
  assert.equal(run.embedding, 256);
  assert.equal(run.hidden, 256);
  assert.equal(run.score, 'dot');
  assert.equal(run.maxMinutes, 20);
  assert.equal(run.out, 'checkpoints/dot');
});

test('sizes too large for any machine are rejected at once, naming their option', () => {
  for (const [key, value] of Object.entries({
    ...{ embedding: 1e9, hidden: 1e9, layers: 1e7, heads: 1e5, feedForward: 1e9, windowSize: 1e9, maxPositions: 1e12 },
    ...{ batchTokens: 1e12, maxShapes: 1e9, accumulate: 1e9, threads: 100_000 },
  })) {
    assert.match(problemOf({ [key]: value }), new RegExp(`^--${key}: ${value}: must be at most \\d+`));
  }
});

test('a given limit is the only one', () => {
  assert.equal(completeRun(resolve({ maxSteps: 10 })).maxMinutes, undefined);
  assert.equal(completeRun(resolve({ epochs: 3 })).maxMinutes, undefined);
});

test('a limit replaces those of a preset or a file: with updates alone, the learning rate does not follow the clock', () => {
  const source = (values: Record<string, unknown>) => ({ values, name: (key: string) => key });
  const limits = (...sources: Record<string, unknown>[]) => {
    const run = completeRun(resolveOptions(runSchema, sources.map(source)));
    return { maxMinutes: run.maxMinutes, maxSteps: run.maxSteps, epochs: run.epochs };
  };
  const none = { maxMinutes: undefined, maxSteps: undefined, epochs: undefined };
  assert.deepEqual(limits(presets.best), { ...none, maxMinutes: 60 });
  assert.deepEqual(limits(presets.best, { maxSteps: 40 }), { ...none, maxSteps: 40 });
  assert.deepEqual(limits(presets.demo, { maxMinutes: 5 }, { dropout: 0.1 }), { ...none, maxMinutes: 5 });
  assert.deepEqual(limits(presets.best, { maxSteps: 40, epochs: 2 }), { ...none, maxSteps: 40, epochs: 2 });
  assert.deepEqual(limits({ maxSteps: 40 }, { maxSteps: undefined }), { ...none, maxSteps: 40 });
});

test('models of different kinds go to different folders', () => {
  assert.equal(modelName(resolve({ score: 'general', window: 'local-p' })), 'general-local-p');
  assert.equal(modelName(resolve({ arch: 'transformer' })), 'transformer');
  assert.equal(completeRun(resolve({ out: 'here' })).out, 'here');
});

test('an unknown score lists the valid ones', () => {
  assert.match(problemOf({ score: 'euclid' }), /"euclid" is not one of none, dot, .*bahdanau/);
});

test('options that conflict are rejected with the option at fault and advice', () => {
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ score: 'none', window: 'local-m' }, /^--window: /],
    [{ score: 'bahdanau', window: 'local-p' }, /^--window: /],
    [{ score: 'none', inputFeeding: true }, /^--inputFeeding: /],
    [{ cell: 'lstm', resetAfter: false }, /^--resetAfter: /],
    [{ tieEmbeddings: true, embedding: 128 }, /^--tieEmbeddings: /],
    [{ shareEmbeddings: true, sourceVectors: 'a', targetVectors: 'b' }, /^--shareEmbeddings: /],
    [{ freezeVectors: true }, /^--freezeVectors: /],
    [{ arch: 'transformer', embedding: 128 }, /^--hidden: /],
    [{ arch: 'transformer', heads: 3 }, /^--heads: /],
    [{ arch: 'transformer', bidirectional: true }, /^--arch: /],
    [{ weightDecay: 0.1 }, /^--weightDecay: /],
    [{ schedule: 'inverse-sqrt' }, /^--warmup: /],
    [{ schedule: 'luong' }, /^--schedule: /],
  ];
  for (const [values, where] of refused) {
    const problem = problemOf(values);
    assert.match(problem, where);
    assert.match(problem, /\n {2}\S/, 'a remedy on its own line');
  }
});

test('options that are compatible are accepted', () => {
  const accepted: Record<string, unknown>[] = [
    { score: 'location', window: 'local-p', inputFeeding: true },
    { resetAfter: false },
    { tieEmbeddings: true, shareEmbeddings: true, sourceVectors: 'a', freezeVectors: true },
    { arch: 'transformer', heads: 8 },
    { optimizer: 'adamw', weightDecay: 0.1 },
    { schedule: 'inverse-sqrt', warmup: 100 },
    { schedule: 'luong', epochs: 12 },
  ];
  for (const values of accepted) assert.equal(problemOf(values), '');
});

test('options without effect on a model are named, with the reason', () => {
  const named: [Record<string, unknown>, RegExp | undefined][] = [
    [{ heads: 8 }, /^--heads 8 has no effect: only a transformer/],
    [{ positions: 'learned' }, /^--positions learned /],
    [{ arch: 'transformer', heads: 8, activation: 'gelu' }, undefined],
    [{ arch: 'transformer', score: 'concat' }, /^--score concat /],
    [{ windowSize: 5 }, /^--window-size 5 /],
    [{ windowSize: 5, window: 'local-m' }, undefined],
    [{ maxPositions: 50 }, /^--max-positions 50 /],
    [{ maxPositions: 50, score: 'location' }, undefined],
    [{ maxPositions: 50, arch: 'transformer' }, /^--max-positions 50 /],
    [{ maxPositions: 50, arch: 'transformer', positions: 'learned' }, undefined],
    [{ reduce: 'bfloat16' }, /^--reduce bfloat16 /],
    [{ reduce: 'bfloat16', workers: 2 }, undefined],
    ...Object.values(presets).map((preset): [Record<string, unknown>, undefined] => [preset, undefined]),
  ];
  for (const [values, expected] of named) {
    const texts = unusedOptions(resolve(values));
    assert.equal(texts.length, expected === undefined ? 0 : 1, JSON.stringify(values));
    if (expected !== undefined) assert.match(texts[0] ?? '', expected);
  }
});

test('numbers out of range are rejected', () => {
  for (const values of [{ hidden: 0 }, { dropout: 1 }, { batchTokens: 1.5 }, { learningRate: 0 }, { maxMinutes: -1 }]) {
    assert.notEqual(problemOf(values), '');
  }
});

test('every option has a one-line description of its own', () => {
  const descriptions = describeOptions(runSchema).map((info) => info.description);
  for (const description of descriptions) assert.match(description, /^.{5,170}$/);
  assert.equal(new Set(descriptions).size, descriptions.length);
});

test('the sections contain every option exactly once', () => {
  const keys = runSections.flatMap(({ options }) => Object.keys(options));
  assert.deepEqual(keys, Object.keys(runSchema.shape));
  assert.equal(new Set(keys).size, keys.length);
});

test('every preset is valid by itself, and flags override it', () => {
  for (const name of presetNames) {
    const preset = { values: presets[name], name: (key: string) => `preset ${name}: ${key}` };
    const run = resolveOptions(runSchema, [preset, { values: { hidden: 32, embedding: 32 }, name: String }]);
    assert.equal(run.hidden, 32);
    assert.deepEqual({ ...run, ...presets[name] }, resolveOptions(runSchema, [preset]));
  }
});

test('a flag switches off what a preset or the default switched on', () => {
  const options = z.object({
    preset: z.string().optional(),
    wide: z.boolean().default(false),
    deep: z.boolean().default(true),
  });
  const command = defineCommand({
    name: 'x',
    summary: '',
    options,
    presets: { big: { wide: true, deep: false } },
    run: async () => {},
  });
  const parse = (...words: string[]) => {
    const call = parseCall(command, words);
    assert('options' in call);
    const { wide, deep } = call.options as z.output<typeof options>;
    return [wide, deep];
  };
  assert.deepEqual(parse(), [false, true]);
  assert.deepEqual(parse('--wide', '--no-deep'), [true, false]);
  assert.deepEqual(parse('--preset', 'big'), [true, false]);
  assert.deepEqual(parse('--preset', 'big', '--no-wide', '--deep'), [false, true]);
});

test('the help of a flag that switches something off says what it does, and so does that of one that switches it on', () => {
  const command = defineCommand({
    name: 'x',
    summary: '',
    options: z.object({
      wide: z.boolean().default(false).describe('stretch it'),
      deep: z.boolean().default(true).describe('dig it'),
    }),
    run: async () => {},
  });
  const call = parseCall(command, ['--help']);
  assert('help' in call);
  assert.match(call.help, /--wide +stretch it\n/);
  assert.match(call.help, /--no-deep +do not: dig it\n/);
});

test('the base preset is the defaults', () => {
  assert.deepEqual(completeRun(resolve({ ...presets.base })), completeRun(resolve({})));
});

test('the committed docs equal those generated from the schema', () => {
  for (const [path, text] of Object.entries(configDocs())) {
    const committed = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
    assert.equal(committed, text, `${path} is stale: node --import tsx scripts/make-config-docs.ts`);
  }
});

test('a list can be several words, one text with commas or a list in the file, and no item is empty', () => {
  const schema = z.object({ columns: z.array(z.string()).optional(), seeds: z.array(z.number()).default([1]) });
  const command = defineCommand({ name: 'x', summary: '', options: schema, run: async () => {} });
  const parsed = (...words: string[]) => parseCall(command, words) as unknown as { options: z.output<typeof schema> };
  const fromFile = (values: Record<string, unknown>) => resolveOptions(schema, [{ values, name: () => 'x.yaml:1' }]);
  const expected = { columns: ['it', 'en'], seeds: [1, 2] };
  for (const words of [
    ['--columns', 'it,en', '--seeds', '1,2'],
    ['--columns', 'it, en', '--seeds', '1, 2'],
    ['--columns', 'it', 'en', '--seeds', '1', '--seeds', '2'],
  ]) {
    assert.deepEqual(parsed(...words).options, expected);
  }
  assert.deepEqual(fromFile({ columns: 'it, en', seeds: '1,2' }), expected);
  assert.deepEqual(fromFile(expected), expected);
  assert.deepEqual(fromFile({ seeds: 3 }), { seeds: [3] });
  assert.throws(() => parsed('--columns', 'it,,en'), { problem: 'has an empty item', where: '--columns' });
  assert.throws(() => fromFile({ columns: 'it,' }), { problem: 'has an empty item', where: 'x.yaml:1' });
  assert.throws(() => parsed('--seeds', '1,,2'), InputError);
  assert.throws(() => fromFile({ columns: true }), /must be a list/);
});

test('only one config file may be named', () => {
  const command = defineCommand({ name: 'x', summary: '', options: z.object({}), run: async () => {} });
  assert.throws(() => parseCall(command, ['a.yaml', '--config', 'b.yaml']), /two config files, a\.yaml and b\.yaml/);
});
