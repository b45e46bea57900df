import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { width } from '../../src/support/table.ts';
import type { Terminal } from '../../src/support/terminal.ts';
import { type FinishInfo, type StepInfo, summarise, type ValidationInfo } from '../../src/training/events.ts';
import { clock, progressListener } from '../../src/training/progress.ts';

/** A stream that stores its output, without the codes that move the cursor or colour. */
function screen(properties: { isTTY?: boolean; columns?: number } = {}): { stream: Terminal; text: () => string } {
  const stream = Object.assign(new PassThrough(), properties);
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal codes are control characters
  return { stream, text: () => text.replace(/\u001b(\[[0-9;?]*[A-Za-z]|[78])/g, '') };
}

const start = {
  ...{
    name: 'concat',
    out: 'checkpoints/concat',
    parameters: 3_210_000,
    sentences: 347_706,
    data: 'datasets/tatoeba/prepared',
    step: 0,
  },
  device: 'the CPU',
};
const step: StepInfo = {
  ...{ step: 100, epoch: 0.25, seconds: 60, stepSeconds: 0.2, share: 0.25, loss: 2.345, targetTokens: 2500 },
  ...{ learningRate: 2e-3, gradientNorm: 0.7 },
};
const validation: ValidationInfo = {
  record: { kind: 'validation', step: 100, seconds: 75, loss: 2, perplexity: 7.389, bleu: 21.5, chrf: 40.25 },
  epoch: 0.25,
  improved: true,
  guessLoss: 8,
  sample: { source: 'Ho fame.', hypothesis: 'I am hungry.', reference: "I'm hungry." },
};
const finish: FinishInfo = {
  ...{ reason: 'maxMinutes', step: 400, seconds: 245, metric: 'bleu', out: 'checkpoints/concat' },
  best: { value: 21.5, step: 100, waited: 2 },
  ...{ lowestLoss: 2, guessLoss: 8 },
};

test('without a terminal there are plain lines, one per record, and one with a sample per validation', () => {
  const { stream, text } = screen();
  const listener = progressListener(stream);
  listener.started?.(start);
  listener.stepped?.(step);
  listener.recorded?.(summarise([step]));
  listener.validated?.(validation);
  listener.validated?.({ ...validation, improved: false });
  listener.finished?.(finish);
  listener.closed?.();
  assert.deepEqual(text().split('\n'), [
    'concat: 3,210,000 parameters, 347,706 sentence pairs of datasets/tatoeba/prepared, on the CPU, to checkpoints/concat',
    '1:00  step 100  epoch 0.25  loss 2.345  12.5k tokens/s  learning rate 2.0e-3',
    '    time      step    epoch     loss  perplexity    BLEU    chrF',
    '    1:15       100     0.25    2.000        7.39   21.50   40.25  best so far',
    "          Ho fame. → I am hungry. (I'm hungry.)",
    '    1:15       100     0.25    2.000        7.39   21.50   40.25',
    "          Ho fame. → I am hungry. (I'm hungry.)",
    'time is up: step 400 after 4:05; best bleu 21.50 at step 100, kept in checkpoints/concat',
    '',
  ]);
});

test('a terminal shows a bar with step, loss, speed, learning rate and the time left', () => {
  const { stream, text } = screen({ isTTY: true, columns: 100 });
  const listener = progressListener(stream);
  listener.started?.(start);
  listener.stepped?.(step);
  listener.recorded?.(summarise([step]));
  listener.validated?.(validation);
  listener.finished?.(finish);
  listener.closed?.();
  assert.match(text(), /████░{12} 25% {2}3:00 left {2}step 100 {2}loss 2\.345 {2}12\.5k tokens\/s {2}lr 2\.0e-3/);
  assert.match(text(), /21\.50 {3}40\.25 {2}best so far\n/);
  assert.doesNotMatch(text(), /learning rate/, 'no log lines beside the bar');
  assert.ok(text().endsWith('kept in checkpoints/concat\n'));
});

test('the loss beside the bar is a running mean: one update moves it by a fiftieth of what it differs', () => {
  const { stream, text } = screen({ isTTY: true, columns: 100 });
  const listener = progressListener(stream);
  listener.started?.(start);
  for (const loss of [2, 52]) listener.stepped?.({ ...step, loss });
  listener.finished?.(finish);
  listener.closed?.();
  assert.match(text(), /loss 3\.000/);
});

test('a metric that is 0 everywhere is mentioned once, at the second validation', () => {
  const { stream, text } = screen();
  const listener = progressListener(stream);
  const spokenOf = () => text().match(/the metric is 0 at every validation/g)?.length ?? 0;
  const counts = [true, true, true].map((undecided) => {
    listener.validated?.({ ...validation, undecided });
    return spokenOf();
  });
  assert.deepEqual(counts, [0, 1, 1]);
});

test('nothing written for a terminal is wider than it, and the bar leaves no timer behind', (t) => {
  const { stream, text } = screen({ isTTY: true, columns: 40 });
  const listener = progressListener(stream);
  t.after(() => listener.closed?.());
  listener.started?.({ ...start, name: 'x', out: 'y', sentences: 1, parameters: 1 });
  listener.stepped?.(step);
  listener.validated?.({ ...validation, sample: { source: '日本語'.repeat(30), hypothesis: '', reference: '' } });
  const samples = text()
    .split('\n')
    .filter((line) => line.includes('日本語'));
  assert.equal(samples.length, 1);
  assert.ok(width(samples[0] as string) <= 40 && (samples[0] as string).endsWith('…'), samples[0]);
  listener.closed?.();
  const before = text();
  return new Promise<void>((resolve) => {
    setTimeout(() => {
      assert.equal(text(), before);
      resolve();
    }, 250);
  });
});

test('a terminal of any width, including 0, shows training to its end', (t) => {
  for (const columns of [undefined, 0, Number.NaN, 1, 2, 20, 39, 80, 10_000]) {
    const { stream, text } = screen({ isTTY: true, ...(columns !== undefined && { columns }) });
    const listener = progressListener(stream);
    t.after(() => listener.closed?.());
    listener.started?.(start);
    listener.stepped?.(step);
    listener.validated?.({
      ...validation,
      sample: { source: 'Ho fame. '.repeat(40), hypothesis: 'è 日', reference: 'x' },
    });
    listener.finished?.(finish);
    assert.match(text(), /best so far\n[\s\S]*kept in checkpoints\/concat\n$/, `${columns} columns`);
  }
});

test('if the sample is too long for the terminal, source, translation and reference are each on a line', (t) => {
  const { stream, text } = screen({ isTTY: true, columns: 80 });
  const listener = progressListener(stream);
  t.after(() => listener.closed?.());
  const sentence = 'una frase che da sola riempie la riga di un terminale di ottanta colonne e anche di più';
  listener.validated?.({
    ...validation,
    sample: { source: sentence, hypothesis: 'I am hungry.', reference: 'Me too.' },
  });
  assert.match(text(), / {10}una frase[^\n]*…\n {8}→ I am hungry\.\n {10}\(Me too\.\)\n/);
});

test('escape sequences in a corpus or a path do not reach the terminal', (t) => {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let raw = '';
  stream.on('data', (chunk) => {
    raw += chunk;
  });
  const listener = progressListener(stream);
  t.after(() => listener.closed?.());
  const hostile = 'x\u001b]0;owned\u0007\u001b[2J\u009b2J\ny';
  listener.started?.({ ...start, name: hostile, out: hostile });
  listener.validated?.({ ...validation, sample: { source: hostile, hypothesis: hostile, reference: hostile } });
  listener.finished?.({ ...finish, out: hostile });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal codes are control characters
  assert.doesNotMatch(raw, /\u001b\]|\u0007|\u009b|\u001b\[2J/);
  assert.match(raw, /x␛\]0;owned␇␛\[2J�2J y → /);
});

test('a diverged validation is reported, in short numbers', () => {
  const { stream, text } = screen();
  const listener = progressListener(stream);
  const wild = { ...validation.record, loss: 75.966, perplexity: Math.exp(75.966) };
  listener.validated?.({ ...validation, record: wild, guessLoss: 6.2 });
  assert.match(text(), / 75\.966 {5}9\.8e\+32 {3}21\.50 .* best so far {2}diverged: guessing has a loss of 6\.20\n/);
});

test('an interrupted run tells how to resume, a resumed one tells from where', () => {
  const { stream, text } = screen();
  const listener = progressListener(stream);
  listener.started?.({ ...start, step: 300 });
  listener.finished?.({ ...finish, reason: 'interrupted', best: { value: null, step: 0, waited: 0 } });
  assert.match(text(), /resumed after step 300\n/);
  assert.match(
    text(),
    /^interrupted: step 400 .*no model is kept\n {2}to continue: attn train checkpoints\/concat\/config\.yaml --resume\n$/m,
  );
});

test('times are formatted as on a clock', () => {
  assert.deepEqual([0, 59.6, 605, 3725, -1].map(clock), ['0:00', '1:00', '10:05', '1:02:05', '0:00']);
});
