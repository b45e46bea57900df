import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { attn, inCheckout } from '../helpers/own-checkout.ts';
import { noStandIns, standInCards } from '../helpers/stand-in-cards.ts';

const skip = noStandIns;
const folder = mkdtempSync(join(tmpdir(), 'attn-device-'));
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'libtensorflow_cc.so.2'), '');
const cards = skip ? '' : standInCards();

const location = (name: string) => ({
  ...{ version: '2.21.0', libraryDirectory: folder, frameworkLibrary: join(folder, 'libtensorflow_framework.so.2') },
  library: join(folder, name),
});
/** Set-up's record of a TensorFlow for the CPU, which does not exist, and one for GPUs. */
const both = { backend: 'tensorflow', ...location('absent.so'), gpu: location('libtensorflow_cc.so.2') };
const onlyProcessor = { ...both, gpu: undefined };

interface Choice {
  readonly kind?: string;
  readonly index?: number;
  readonly card?: { readonly name: string; readonly memory: number; readonly computeCapability: string };
  readonly passedOver?: string;
  readonly words?: string;
  /** CUDA_VISIBLE_DEVICES afterwards. */
  readonly visible?: string;
  readonly error?: string;
  readonly exitCode?: number;
}

/** Chooses devices one after another in a separate process. @returns the result of the last */
function choose(names: readonly string[], record: object, env: Readonly<Record<string, string>> = {}): Choice {
  const code = `import { chooseDevice, describeDevice } from './src/tensor/device.ts';
    let outcome;
    try {
      for (const name of process.argv.slice(1)) {
        const device = chooseDevice(name === '' ? undefined : name);
        outcome = { ...device, words: describeDevice(device), visible: process.env.CUDA_VISIBLE_DEVICES };
      }
    } catch (error) {
      outcome = { error: error.describe(), exitCode: error.exitCode };
    }
    console.log(JSON.stringify(outcome));`;
  const { stdout, stderr } = inCheckout(code, names, { tfjsNode: { record }, env: { LD_LIBRARY_PATH: cards, ...env } });
  assert.equal(stderr, '');
  return JSON.parse(stdout);
}

test('gpu is the first GPU, gpu:N the one with that number; CUDA sees no other', { skip }, () => {
  const { kind, index, card, words, visible } = choose(['gpu'], both, { STAND_IN_CARDS: '4' });
  assert.deepEqual({ kind, index, words, visible }, { kind: 'gpu', index: 0, words: 'GPU 0, Card 0', visible: '0' });
  assert.deepEqual(card, { name: 'Card 0', memory: 80 * 2 ** 30, computeCapability: '9.0' });
  assert.equal(choose(['gpu:3'], both, { STAND_IN_CARDS: '4' }).words, 'GPU 3, Card 3');
  // numbers count the GPUs given to the process, like CUDA's own
  const given = choose(['gpu:1'], both, { STAND_IN_CARDS: '4', CUDA_VISIBLE_DEVICES: '3,2' });
  assert.deepEqual([given.words, given.visible], ['GPU 1, Card 2', '2']);
});

test('without a name it is the first GPU if there is one, else the CPU with the reason', { skip }, () => {
  assert.equal(choose([''], both).words, 'GPU 0, Card 0');
  const none = choose([''], both, { STAND_IN_CARDS: '0' });
  assert.equal(none.words, "the CPU (not a GPU: NVIDIA's driver: the driver finds no card)");
  assert.equal(none.visible, undefined, 'as it was');
  const { words, passedOver } = choose([''], onlyProcessor);
  assert.deepEqual([words, passedOver], ['the CPU', undefined]);
  assert.equal(choose(['cpu'], both).words, 'the CPU');
});

test('a TensorFlow that serves both sees no GPU on the CPU', { skip }, () => {
  const one = { ...both, ...location('libtensorflow_cc.so.2') };
  assert.equal(choose(['cpu'], one).visible, '-1');
  assert.equal(choose(['gpu'], one).words, 'GPU 0, Card 0');
});

test('a GPU that cannot be used is an input error that says why', { skip }, () => {
  const refused = (names: readonly string[], env: Readonly<Record<string, string>>, record: object = both) => {
    const { error, exitCode } = choose(names, record, env);
    assert.equal(exitCode, 2);
    return error ?? '';
  };
  assert.equal(
    refused(['gpu'], {}, onlyProcessor),
    '--device gpu: no TensorFlow for GPUs is installed\n  npx attn setup --gpu installs it; --device cpu computes without a GPU',
  );
  assert.match(
    refused(['gpu'], { LD_LIBRARY_PATH: '' }),
    /^--device gpu: NVIDIA's driver is not installed \(there is no libcuda\.so\.1\)\n {2}npx attn doctor/,
  );
  assert.match(
    refused(['gpu:2'], { STAND_IN_CARDS: '2' }),
    /^--device gpu:2: there is no card 2; they are counted from 0\n/,
  );
  assert.match(refused(['gpu'], { CUDA_VISIBLE_DEVICES: '' }), /finds no card \(CUDA_VISIBLE_DEVICES is empty\)\n/);
  assert.match(refused(['gpu'], { STAND_IN_INIT: '803' }), /the driver and libcuda\.so\.1 have different versions\n/);
  assert.match(refused(['gpu'], { STAND_IN_INIT: '77' }), /cuInit fails with 77\n/);
  assert.match(
    refused(['gpu'], { STAND_IN_CAPABILITY: '35' }),
    /Card 0 is too old for TensorFlow \(compute capability 3\.5, 6\.0 is needed\)\n/,
  );
  assert.match(refused(['gpu'], { STAND_IN_CUDA: '11040' }), /driver is too old \(for CUDA 11\.4, 12\.0 is needed/);
  const without = standInCards({ without: ['libcudnn.so.9', 'libcusolver.so.11'] });
  assert.match(
    refused(['gpu'], { LD_LIBRARY_PATH: without }),
    /libraries that TensorFlow needs are missing: .*libcusolver\.so\.11: .*cannot open .*; .*libcudnn\.so\.9: .*cannot open/,
  );
});

test('a process keeps its GPU, and may also use its CPU', { skip }, () => {
  assert.equal(choose(['gpu', 'gpu:0', ''], both).words, 'GPU 0, Card 0');
  assert.equal(choose(['gpu', 'cpu'], both).words, 'the CPU');
  assert.match(choose(['gpu', 'gpu:1'], both, { STAND_IN_CARDS: '2' }).error ?? '', /already computes on card 0/);
  assert.match(choose(['cpu', 'gpu'], both).error ?? '', /already computes on the CPU/);
});

test('every command that computes rejects a missing GPU before any work, with exit code 2', { skip }, () => {
  const sweep = join(folder, 'sweep.yaml');
  writeFileSync(sweep, 'grid: { score: [dot, none] }\n');
  const commands = [
    ...[
      ['train'],
      ['train', '--workers', '1'],
      ['compare'],
      ['sweep', sweep],
      ['demo'],
      ['bench'],
      ['eval'],
      ['serve'],
    ],
    ...[
      ['translate', 'Ho fame.'],
      ['score-pairs', 'pairs.tsv'],
    ],
  ].map((words) => [...words, '--device', 'gpu']);
  const code = `const { main } = await import('./src/cli/main.ts');
    for (const words of JSON.parse(process.argv[1])) {
      const exitCode = await main(words);
      console.error(words[0], 'ends with', exitCode);
    }`;
  const { stdout, stderr } = inCheckout(code, [JSON.stringify(commands)], {
    ...{ tfjsNode: { record: both }, env: { LD_LIBRARY_PATH: '' } },
  });
  assert.equal(stdout, '');
  const expected = (name: string) =>
    `attn: --device gpu: NVIDIA's driver is not installed (there is no libcuda.so.1)
  npx attn doctor shows more; --device cpu computes without a GPU
${name} ends with 2
`;
  assert.equal(stderr, commands.map(([name]) => expected(name as string)).join(''));
});

test('a device that does not exist anywhere is rejected', { skip }, () => {
  const { status, stderr } = attn(['train', '--device', 'tpu'], { record: both });
  assert.equal(status, 2);
  assert.match(stderr, /^attn: --device: "tpu" is not a device\n {2}cpu, gpu, or gpu:1 for the second card\n$/);
});

test('doctor names the GPU, the driver, and why TensorFlow cannot use it', { skip }, () => {
  const diagnose = (env: Readonly<Record<string, string>>, record: object = both) => {
    // without a binding doctor measures WebAssembly
    const main = `throw new Error('no binding')`;
    const { status, stdout, stderr } = attn(['doctor', '--json'], { record, main }, env);
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout);
  };
  const without = standInCards({ without: ['libcudnn.so.9'] });
  const record = { ...both, ...location('libtensorflow_cc.so.2'), gpu: location('libtensorflow_cc.so.2') };
  const { gpu, problems } = diagnose({ LD_LIBRARY_PATH: without, STAND_IN_CARDS: '2' }, record);
  assert.deepEqual(
    gpu.cards.map(({ name }: { name: string }) => name),
    ['Card 0', 'Card 1'],
  );
  assert.deepEqual([gpu.driver, gpu.cuda, gpu.tensorflow, gpu.gflops], ['550.54.15', '12.4', '2.21.0', null]);
  assert.match(
    problems[0].what,
    /^TensorFlow cannot use the GPU: libraries .* missing: .*libcudnn\.so\.9: .*cannot open/,
  );
  assert.equal(problems[0].remedy, 'npx attn setup --gpu');
  const { gpu: unused } = diagnose({ LD_LIBRARY_PATH: cards }, { ...record, gpu: undefined });
  assert.deepEqual([unused.tensorflow, unused.unused], [null, 'npx attn setup --gpu enables it']);
  assert.equal(diagnose({ LD_LIBRARY_PATH: '' }, { ...record, gpu: undefined }).gpu, null, 'no driver, no install');
});
