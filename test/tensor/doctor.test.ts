import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { type Diagnosis, describeDiagnosis } from '../../src/tensor/doctor.ts';
import { readSetupRecord } from '../../src/tensor/location.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-doctor-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a command in a process of its own, beside a tfjs-node in the state given (or the real one). */
function attn(words: string[], tfjsNode?: { readonly record?: object; readonly main?: string }) {
  const root = mkdtempSync(join(scratch, 'checkout-'));
  const link = (name: string) => symlinkSync(resolve(name), join(root, name));
  for (const name of ['src', 'package.json', 'tsconfig.json']) link(name);
  if (tfjsNode === undefined) link('node_modules');
  else {
    mkdirSync(join(root, 'node_modules/@tensorflow/tfjs-node/lib'), { recursive: true });
    for (const folder of ['node_modules', 'node_modules/@tensorflow']) {
      for (const name of readdirSync(folder)) {
        if (!['@tensorflow', 'tfjs-node'].includes(name)) link(join(folder, name));
      }
    }
    const write = (name: string, text: string) =>
      writeFileSync(join(root, 'node_modules/@tensorflow/tfjs-node', name), text);
    write('package.json', '{ "name": "@tensorflow/tfjs-node", "main": "main.js" }');
    write('main.js', tfjsNode.main ?? '');
    if (tfjsNode.record) write('lib/attn-setup.json', JSON.stringify(tfjsNode.record));
  }
  const run = `const { main } = await import('./src/cli/main.ts'); process.exitCode = await main(process.argv.slice(1));`;
  // links are kept as they are, so that the sources look for packages beside this checkout
  const flags = ['--preserve-symlinks', '--import', 'tsx', '--input-type=module', '--eval', run];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...words], { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

function diagnosis(tfjsNode?: Parameters<typeof attn>[1]): Diagnosis {
  const { status, stdout, stderr } = attn(['doctor', '--json'], tfjsNode);
  assert.equal(status, 0, stderr);
  assert.equal(stderr, '', 'no words from TensorFlow');
  return JSON.parse(stdout);
}

test('doctor --json on TensorFlow gives version, threads and rates, and finds nothing missing', {
  skip: readSetupRecord()?.backend !== 'tensorflow' && 'needs TensorFlow',
}, () => {
  const found = diagnosis();
  assert.deepEqual(Object.keys(found), [
    ...['attn', 'node', 'backend', 'tensorflow', 'threads', 'cpu', 'gflops', 'problems'],
  ]);
  assert.equal(found.backend, 'tensorflow');
  assert.match(found.tensorflow ?? '', /^\d+\.\d+/);
  assert.equal(found.node, process.version);
  assert.ok(found.threads >= 1);
  assert.ok(found.gflops.float32 > 1 && (found.gflops.bfloat16 ?? 0) > 1);
  assert.deepEqual(found.problems, []);
});

test('where set-up never ran, doctor measures WebAssembly and names set-up', () => {
  const { backend, tensorflow, gflops, problems } = diagnosis({});
  assert.deepEqual(
    { backend, tensorflow, bfloat16: gflops.bfloat16 },
    { backend: 'wasm', tensorflow: null, bfloat16: null },
  );
  assert.ok(gflops.float32 > 0.1);
  assert.deepEqual(problems, [{ what: 'set-up has not run here', remedy: 'npx attn setup' }]);
});

test('doctor says what set-up said was missing', () => {
  const problem = { what: 'there is no C++ compiler', remedy: 'install one' };
  assert.deepEqual(diagnosis({ record: { backend: 'wasm', problem } }).problems, [problem]);
});

test('a library that is gone or does not load is a problem, not a crash', () => {
  const record = { backend: 'tensorflow', version: '2.21.0', libraryDirectory: '/gone', frameworkLibrary: '/gone/f' };
  const gone = diagnosis({ record: { ...record, library: '/gone/libtensorflow_cc.so.2' } });
  assert.match(gone.problems[0]?.what ?? '', /library is gone: \/gone\/libtensorflow_cc\.so\.2/);
  const broken = diagnosis({
    record: { ...record, library: process.execPath },
    main: "throw new Error('libtensorflow_cc.so.2: file too short')",
  });
  assert.equal(broken.backend, 'wasm');
  assert.match(broken.problems[0]?.what ?? '', /file too short/);
});

test('the report for people names engine, rates and each remedy', () => {
  const text = describeDiagnosis({
    ...{ attn: '1.2.3', node: 'v20.0.0', backend: 'wasm', tensorflow: null, threads: 1, cpu: ['avx2'] },
    gflops: { float32: 20.4, bfloat16: null },
    problems: [{ what: 'there is no C++ compiler', remedy: 'sudo apt-get install -y g++' }],
  });
  assert.match(text, /WebAssembly, 1 thread\n/);
  assert.match(text, /float32 20 GFLOP\/s\n/);
  assert.match(text, /problem: there is no C\+\+ compiler\n {2}sudo apt-get install -y g\+\+$/);
});
