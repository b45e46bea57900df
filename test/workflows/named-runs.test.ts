import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { InputError } from '../../src/support/errors.ts';
import { namedRuns } from '../../src/workflows/named-runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-runs-'));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);
for (const run of ['dot', 'none', 'demo/runs/dot', 'other/runs/dot']) {
  mkdirSync(join(path(run), 'last'), { recursive: true });
  writeFileSync(join(path(run), 'model.safetensors'), '');
}
mkdirSync(path('unfinished/last'), { recursive: true });
writeFileSync(path('README.md'), '');

test('every folder with a model is found, with the shortest names that distinguish them', () => {
  assert.deepEqual(namedRuns([folder]), [
    { name: 'demo-dot', path: path('demo/runs/dot') },
    { name: `${basename(folder)}-dot`, path: path('dot') },
    { name: 'none', path: path('none') },
    { name: 'other-dot', path: path('other/runs/dot') },
  ]);
  assert.deepEqual(namedRuns([path('demo')]), [{ name: 'dot', path: path('demo/runs/dot') }]);
});

test('a run beside one in a folder runs/ gets another name', () => {
  mkdirSync(path('demo/dot'), { recursive: true });
  writeFileSync(join(path('demo/dot'), 'model.safetensors'), '');
  const names = namedRuns([path('demo')]).map(({ name }) => name);
  assert.deepEqual(names, ['demo-dot', 'runs-dot']);
  rmSync(path('demo/dot'), { recursive: true });
});

test('a run that is named twice, or by two paths, counts once', () => {
  assert.equal(namedRuns([path('dot'), `${path('none')}/../dot`, path('dot')]).length, 1);
});

test('links to a run, or in a circle, do not list it twice', () => {
  symlinkSync(path('demo/runs/dot'), path('demo/linked'));
  symlinkSync(path('demo'), path('demo/circle'));
  assert.equal(namedRuns([path('demo')]).length, 1);
});

test('a folder that is missing or contains no model is rejected by name', () => {
  assert.throws(
    () => namedRuns([path('absent')]),
    (error) => error instanceof InputError && error.where === path('absent'),
  );
  assert.throws(
    () => namedRuns([path('dot'), path('unfinished')]),
    (error) =>
      error instanceof InputError && error.where === path('unfinished') && /no trained model/.test(error.message),
  );
});
