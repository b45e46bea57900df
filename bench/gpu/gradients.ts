// Loss and gradients of every kind of model on one batch with padding, and the scores of a search, with which
// scripts/gpu-check.sh compares devices.
//   node --import tsx bench/gpu/gradients.ts DEVICE PRECISION FILE.safetensors whole|tiny
import { saveTensors } from '../../src/checkpoints/safetensors.ts';
import type { DeviceName } from '../../src/config/device.ts';
import type { Precision } from '../../src/config/precision.ts';
import { runSchema } from '../../src/config/run.ts';
import { createSearch } from '../../src/decoding/search.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { Random } from '../../src/support/random.ts';
import { keepAll } from '../../src/tensor/ops/dropout.ts';
import { valueAndGradients } from '../../src/tensor/ops/gradients.ts';
import { openRuntime, type Runtime } from '../../src/tensor/runtime.ts';
import type { HostTensor } from '../../src/tensor/session.ts';
import { batchLoss } from '../../src/training/step.ts';
import { BOS, EOS, PAD } from '../../src/vocabulary/vocabulary.ts';

const [device, precision, file, size] = process.argv.slice(2) as [DeviceName, Precision, string, 'whole' | 'tiny'];
const VOCABULARY = 300;
const SIZE = { embedding: 64, hidden: 64, sourceVocabulary: VOCABULARY, targetVocabulary: VOCABULARY };
const [ROWS, SOURCE, TARGET] = [24, 11, 9];

const models = {
  none: { score: 'none' },
  dot: { score: 'dot' },
  general: { score: 'general', bidirectional: true, layers: 2 },
  concat: { score: 'concat', cell: 'lstm' },
  location: { score: 'location', window: 'local-m' },
  'local-p': { score: 'general', window: 'local-p', cell: 'lstm', bidirectional: true },
  bahdanau: { score: 'bahdanau' },
  'input feeding': { score: 'dot', inputFeeding: true },
  'reset before': { score: 'dot', resetAfter: false },
  transformer: { arch: 'transformer', layers: 2 },
};

const random = new Random(3, 'words');
const word = () => EOS + 1 + random.integer(VOCABULARY - EOS - 1);
const [source, input, output] = [SOURCE, TARGET, TARGET].map((length) => new Int32Array(ROWS * length).fill(PAD)) as [
  Int32Array,
  Int32Array,
  Int32Array,
];
const sentences: number[][] = [];
for (let row = 0; row < ROWS; row++) {
  const words = Array.from({ length: random.integer(SOURCE) }, word);
  sentences.push(words);
  source.set([...words, EOS], row * SOURCE);
  const target = Array.from({ length: random.integer(TARGET) }, word);
  input.set([BOS, ...target], row * TARGET);
  output.set([...target, EOS], row * TARGET);
}
const batch = {
  source: { shape: [ROWS, SOURCE], data: source },
  targetInput: { shape: [ROWS, TARGET], data: input },
  targetOutput: { shape: [ROWS, TARGET], data: output },
};

/** A model's loss and gradients by parameter, and the log probabilities of the best translations of the sources. */
async function computed(runtime: Runtime, options: object): Promise<Record<string, HostTensor>> {
  const model = createModel({ ...runSchema.parse({ ...options, ...SIZE, heads: 4 }), ...SIZE });
  const variables = await runtime.variables(initialParameters(model, 'pytorch', 1));
  const step = runtime.compile((inputs, step) => {
    const parameters = Object.fromEntries(Object.keys(model.parameters).map((key) => [key, step.variable(key)]));
    const { value, gradients } = valueAndGradients((p) => batchLoss(model, p, inputs, keepAll, 0.1), parameters);
    return { loss: value, ...gradients };
  }, variables);
  const gradients = await step(batch);
  const search = createSearch(runtime, [{ model, prefix: '' }], variables);
  const found = await search(sentences, { beam: 3, minOutputLength: 5, maxOutputLength: 6, attention: 'none' });
  const best = found.map(([hypothesis]) => hypothesis?.logProbability ?? Number.NaN);
  return { ...gradients, search: { shape: [best.length], data: Float32Array.from(best) } };
}

const runtime = await openRuntime({ device, precision, backend: 'tensorflow' });
const found: Record<string, HostTensor> = {};
const wanted = Object.entries(models).filter(([name]) => size === 'whole' || ['dot', 'transformer'].includes(name));
for (const [name, options] of wanted) {
  try {
    for (const [key, value] of Object.entries(await computed(runtime, options))) found[`${name}/${key}`] = value;
  } catch (error) {
    console.error(`attn: ${name}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    process.exitCode = 1;
  }
}
runtime.close();
saveTensors(file, found);
