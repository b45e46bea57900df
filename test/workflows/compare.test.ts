import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { runSchema } from '../../src/config/run.ts';
import type { Report } from '../../src/reports/types.ts';
import { InputError, RunError } from '../../src/support/errors.ts';
import { writeFileAtomic } from '../../src/support/files.ts';
import { Random } from '../../src/support/random.ts';
import { hasTensorFlow } from '../../src/tensor/backend.ts';
import type { TrainingListener } from '../../src/training/events.ts';
import { type ComparisonOptions, compare } from '../../src/workflows/compare.ts';
import { parseModelVariant } from '../../src/workflows/model-variants.ts';
import { preparedWords } from '../helpers/word-corpus.ts';

const skip = hasTensorFlow() ? false : 'TensorFlow is not installed here: npm run setup';
const STEPS = 24;
const settings = {
  ...{ maxSteps: STEPS, validateEvery: 8, logEvery: 4, embedding: 12, hidden: 16 },
  ...{ batchTokens: 200, maxShapes: 1, learningRate: 1e-2 },
};

describe('a comparison', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-compare-'));
  let data: string;
  let uninterrupted: Report;
  const optionsFor = (name: string, changes: Partial<ComparisonOptions> = {}): ComparisonOptions => ({
    variants: ['none', 'dot'].map(parseModelVariant),
    seeds: [1, 2],
    common: runSchema.parse(settings),
    data,
    out: join(folder, name),
    overwrite: false,
    search: { beam: 2, lengthPenalty: 1 },
    attention: 2,
    signal: new AbortController().signal,
    say: () => {},
    listeners: [],
    ...changes,
  });

  before(async () => {
    data = await preparedWords(join(folder, 'corpus'), 300);
    const result = await compare(optionsFor('uninterrupted'));
    assert.deepEqual(result?.failures, []);
    uninterrupted = result!.report;
  });
  after(() => rmSync(folder, { recursive: true }));

  test('trains every score function with every seed, and reports groups with their spread and whether they differ', () => {
    const { models, seeds = [], comparisons, notes = [] } = uninterrupted;
    assert.deepEqual(
      models.map(({ name, seed }) => `${name} ${seed}`),
      ['none-1 1', 'none-2 2', 'dot-1 1', 'dot-2 2'],
    );
    assert.deepEqual(
      seeds.map(({ name, models: own }) => [name, ...own]),
      [
        ['none', 'none-1', 'none-2'],
        ['dot', 'dot-1', 'dot-2'],
      ],
    );
    const chrf = models.filter(({ score }) => score === 'dot').map((model) => model.chrf.score);
    assert.equal(seeds[1]!.chrf.mean, (chrf[0]! + chrf[1]!) / 2);
    assert.deepEqual(
      comparisons.map(({ a, b, metric, test }) => [a, b, metric, test]),
      [
        ['none', 'dot', 'bleu', 'seeds'],
        ['none', 'dot', 'chrf', 'seeds'],
      ],
    );
    assert.match(notes.join(' '), new RegExp(`for ${STEPS} steps\\. 2 seeds: `));
    for (const model of models) assert.equal(model.training?.steps, STEPS);
  });

  test('interrupted at three random moments, it continues and ends with the same table', async () => {
    const random = new Random('interruptions');
    const [inFirst, inLast] = [1 + random.integer(STEPS - 1), 1 + random.integer(STEPS - 1)];
    const stopIn = (run: string, step: number) => (interrupt: () => void) => ({
      listeners: [stopAt(run, step, interrupt)],
    });
    const moments = [
      stopIn('none-1', inFirst),
      stopIn('dot-2', inLast),
      (interrupt: () => void) => ({
        say: (text: string) => {
          if (/^dot-1: translating/.test(text)) interrupt();
        },
      }),
    ];
    for (const moment of moments) {
      const controller = new AbortController();
      const changes = moment(() => controller.abort());
      const result = await compare(optionsFor('interrupted', { ...changes, signal: controller.signal }));
      assert.equal(result, undefined, 'it was interrupted');
      assert.ok(!existsSync(join(folder, 'interrupted', 'report.json')));
    }
    assert.ok(!existsSync(join(folder, 'interrupted', 'hypotheses')), 'nothing of a half evaluation');
    const leftOver = join(folder, 'interrupted', '.evaluating', 'hypotheses', 'other.txt');
    writeFileAtomic(leftOver, '');
    const said: string[] = [];
    const result = await compare(optionsFor('interrupted', { say: (text) => said.push(text) }));
    assert.equal(said.filter((text) => /kept/.test(text)).length, 4, 'all were trained by then');
    assertSameResults(result!.report);
    assert.ok(!existsSync(leftOver), 'what the interrupted evaluation wrote is no part of the next one');
    assert.ok(!existsSync(join(folder, 'interrupted', '.evaluating')));
  });

  test('killed in the middle of training, it continues and ends with the same table', async () => {
    const out = join(folder, 'killed');
    const child = spawn(process.execPath, [
      ...['--import', 'tsx', new URL('../helpers/attn.ts', import.meta.url).pathname, 'compare', '--quiet'],
      ...['--data', data, '--out', out, '--scores', 'none,dot', '--seeds', '1,2'],
      ...Object.entries(settings).map(
        ([key, value]) => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}=${value}`,
      ),
    ]);
    const metrics = runFolder(join(out, 'runs', 'dot-1')).metrics;
    while (child.exitCode === null && !(existsSync(metrics) && readFileSync(metrics).length > 0)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    assert.ok(!existsSync(join(out, 'report.json')), 'killed before its end');
    const said: string[] = [];
    const result = await compare(optionsFor('killed', { say: (text) => said.push(text) }));
    assert.match(said[0] ?? '', /none-1: already trained, kept/);
    assertSameResults(result!.report);
  });

  test('other options or other data in the same folder are rejected, unless it starts over', async () => {
    const refuse = (changes: Partial<ComparisonOptions>, message: RegExp) =>
      assert.rejects(compare(optionsFor('uninterrupted', changes)), (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.describe(), message);
        return true;
      });
    const otherCommon = { ...runSchema.parse(settings), hidden: 20 };
    await refuse({ common: otherCommon }, /other options: hidden was 16, now 20[\s\S]*--overwrite/);
    const other = await preparedWords(join(folder, 'other'), 200);
    await refuse({ data: other }, /comparison on other data/);
    await refuse({ seeds: [1, 1] }, /--seeds: names 1 twice/);
    await refuse({ variants: [] }, /--scores: names nothing/);
    const location = ['dot', 'bahdanau/local-m'].map(parseModelVariant);
    await refuse({ variants: location }, /local windows work only with Luong attention/);
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(compare(optionsFor('file')), InputError);
    assert.equal(readReport('uninterrupted').created, uninterrupted.created, 'what was there stays');
  });

  test('an additional seed is trained beside the existing ones', async () => {
    const said: string[] = [];
    const variants = [parseModelVariant('dot')];
    const result = await compare(
      optionsFor('uninterrupted', { variants, seeds: [1, 2, 3], say: (text) => said.push(text) }),
    );
    assert.equal(said.filter((text) => /kept/.test(text)).length, 2);
    assert.deepEqual(result?.report.seeds?.[0]?.models, ['dot-1', 'dot-2', 'dot-3']);
  });

  test('a failed training run is named in the report of the others', async () => {
    const failing = (pattern: RegExp): TrainingListener => ({
      started: ({ name }) => {
        if (pattern.test(name)) throw new RunError('the machine is on fire');
      },
    });
    await assert.rejects(
      compare(optionsFor('failing', { seeds: [1], listeners: [failing(/./)] })),
      (error) => error instanceof RunError && /every training failed/.test(error.message),
    );
    const result = await compare(optionsFor('failing', { seeds: [1], listeners: [failing(/none/)] }));
    assert.deepEqual(result?.failures, [{ name: 'none', problem: 'the machine is on fire' }]);
    assert.deepEqual(
      result?.report.models.map(({ name }) => name),
      ['dot'],
    );
    assert.match(readFileSync(join(folder, 'failing', 'report.md'), 'utf8'), /none is missing: the machine is on fire/);
    const lone = await compare(optionsFor('one seed', { listeners: [failing(/none-2/)] }));
    assert.match(lone!.report.notes!.join(' '), /none has 1 of 2 seeds: .* none-2 is missing: /);
  });

  function readReport(name: string): Report {
    return JSON.parse(readFileSync(join(folder, name, 'report.json'), 'utf8'));
  }

  /** Everything except times and places. */
  function assertSameResults(report: Report): void {
    const { models, seeds, comparisons, samples } = uninterrupted;
    assert.deepEqual(report.models.map(withoutTimes), models.map(withoutTimes));
    assert.deepEqual([report.seeds, report.comparisons, report.samples], [seeds, comparisons, samples]);
  }
});

function withoutTimes({
  seconds: _,
  tokensPerSecond: __,
  checkpoint: ___,
  training,
  ...model
}: Report['models'][number]) {
  return { ...model, curve: training?.curve.map(({ seconds: _, ...point }) => point) };
}

/** Calls back at a step of the run with this name. */
function stopAt(run: string, step: number, stop: () => void): TrainingListener {
  let name = '';
  return {
    started: (info) => {
      name = info.name;
    },
    stepped: (info) => {
      if (name === run && info.step === step) stop();
    },
  };
}
