// Trains a small model with a progress line. Ctrl-C saves; the same command continues exactly where it stopped.
import { parseArgs } from 'node:util';
import { evaluate, hasLearned, train } from 'attn/train';

const { values } = parseArgs({
  options: { data: { type: 'string' }, out: { type: 'string' }, steps: { type: 'string' }, size: { type: 'string' } },
});
const { data = 'example/prepared', out = 'example/model', steps = '500', size = '128' } = values;
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

const result = await train({
  ...{ data, out, score: 'concat', embedding: Number(size), hidden: Number(size) },
  ...{ maxSteps: Number(steps), validateEvery: Math.ceil(Number(steps) / 2), logEvery: 10 },
  ifExists: 'resume',
  signal: stop.signal,
  onStart: ({ parameters, device }) => console.log(`${parameters} parameters on ${device}`),
  onStep: ({ step, loss }) => process.stderr.write(`\rstep ${step} of ${steps}, loss ${loss.toFixed(2)} `),
  onValidation: ({ record, sample }) =>
    console.log(`\nBLEU ${record.bleu.toFixed(1)}: ${sample.source} -> ${sample.hypothesis}`),
});

if (result.reason === 'interrupted') console.log('saved; run the same command to continue');
else {
  const report = await evaluate({ checkpoints: out, out: `${out}-report`, beam: 1 });
  console.log(
    `test BLEU ${report.models[0]?.bleu.score.toFixed(1)}${hasLearned(result) ? '' : ': nothing learned yet'}`,
  );
}
