import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setupProblems } from '../../src/tensor/location.ts';
import { engineNotes } from '../../src/workflows/engine-notes.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-location-'));
after(() => rmSync(scratch, { recursive: true }));

test('the reason why TensorFlow cannot be used is named: never installed, missing, unreadable', () => {
  const folder = join(scratch, 'cache');
  mkdirSync(folder);
  const library = join(folder, 'libtensorflow_cc.so.2');
  const record = {
    backend: 'tensorflow',
    ...{ version: '2.21.0', libraryDirectory: folder, library, frameworkLibrary: library },
  } as const;
  const said = () => setupProblems(record).map(({ what }) => what);
  assert.deepEqual(said(), [`TensorFlow's library is gone: ${library}`]);
  writeFileSync(library, '');
  assert.deepEqual(said(), []);
  if (process.platform !== 'win32' && process.getuid?.() !== 0) {
    chmodSync(folder, 0);
    assert.deepEqual(said(), [`TensorFlow's library cannot be read (EACCES): ${library}`]);
    chmodSync(folder, 0o700);
  }
  const problem = { what: 'no C++ compiler', remedy: 'install one' };
  assert.deepEqual(setupProblems({ backend: 'wasm', problem }), [problem]);
});

test('training with WebAssembly reports that it is slow, and why', () => {
  const problems = [{ what: "TensorFlow's library cannot be read (EACCES): /root/x", remedy: 'npx attn setup' }];
  assert.deepEqual(engineNotes({ backend: 'wasm' }, problems), [
    "warning: on WebAssembly, 6 to 11 times slower than TensorFlow: TensorFlow's library cannot be read (EACCES): /root/x (npx attn setup)",
  ]);
  assert.deepEqual(engineNotes({ backend: 'tensorflow' }, problems), []);
});
