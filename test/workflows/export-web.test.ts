import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import type { Site } from '../../src/workflows/site.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';
import { attn } from '../helpers/command.ts';

const scratch = scratchFolder();
const runs = join(scratch, 'runs');
before(async () => {
  await writeToyRun(join(runs, 'dot'));
  await writeToyRun(join(runs, 'none'), { options: { score: 'none' } });
});

test('a page contains its models in bfloat16, their vocabularies once, and everything it loads', async () => {
  const out = join(scratch, 'page');
  const {
    code,
    out: printed,
    err,
  } = await attn('export', join(runs, 'none'), join(runs, 'dot'), '--web', out, '--json');
  assert.equal(code, 0, err);
  const { models, bytes } = JSON.parse(printed) as { models: string[]; bytes: number };
  assert.deepEqual(models, ['none', 'dot']);
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(out, name)).isFile(),
  );
  assert.equal(
    bytes,
    files.reduce((sum, name) => sum + statSync(join(out, name)).size, 0),
  );
  const site = JSON.parse(readFileSync(join(out, 'models.json'), 'utf8')) as Site;
  assert.deepEqual(
    site.models.map((model) => [model.name, model.score, model.default, model.options.hidden]),
    [
      ['none', 'none', true, 16],
      ['dot', 'dot', false, 16],
    ],
  );
  const named = site.models.flatMap((model) => Object.values(model.files));
  for (const file of named) assert.ok(existsSync(join(out, file)), file);
  assert.equal(new Set(named).size, 4);
  assert.equal(site.models[0]!.bytes, statSync(join(out, site.models[0]!.files.model)).size);
  assert.ok(statSync(join(runs, 'none', 'model.safetensors')).size > 1.5 * site.models[0]!.bytes);

  // the service worker keeps everything except the models with which the page does not start
  const [, text] = /^self\.kept = (.*);\n/.exec(readFileSync(join(out, 'service-worker.js'), 'utf8'))!;
  const kept = JSON.parse(text!) as { readonly files: string[] };
  const expected = files.filter((name) => name !== 'service-worker.js' && name !== site.models[1]!.files.model);
  assert.deepEqual(kept.files, ['./', ...expected.sort()]);
  const page = readFileSync(join(out, 'index.html'), 'utf8');
  for (const [, file] of page.matchAll(/(?:src|href)="(?!data:)([^"]+)"/g))
    assert.ok(existsSync(join(out, file!)), file);
});

test('the same models make the same page, others make another edition of it', async () => {
  const edition = async (name: string, ...models: string[]) => {
    const out = join(scratch, name);
    assert.equal((await attn('export', ...models.map((model) => join(runs, model)), '--web', out)).code, 0);
    return /"name":"(\w+)"/.exec(readFileSync(join(out, 'service-worker.js'), 'utf8'))![1];
  };
  const first = await edition('first', 'dot');
  assert.equal(await edition('again', 'dot'), first);
  assert.notEqual(await edition('other', 'none'), first);
});

test('a folder of runs becomes one page with all of them', async () => {
  const { code, err } = await attn('export', runs, '--web', join(scratch, 'all'));
  assert.equal(code, 0);
  assert.match(err, /a page with dot, none, \d+\.\d MB in all/);
});

test('models of the same name are told apart, and their files have names that are addresses', async () => {
  const other = await writeToyRun(join(scratch, 'C# 50%', 'dot'), { seed: 2 });
  const file = join(runs, 'dot', 'model.safetensors');
  const out = join(scratch, 'alike');
  const { code, err } = await attn('export', join(runs, 'dot'), other, other, file, '--web', out);
  assert.equal(code, 0, err);
  const { models } = JSON.parse(readFileSync(join(out, 'models.json'), 'utf8')) as Site;
  assert.deepEqual(
    models.map(({ name }) => name),
    [`${basename(scratch)}-dot`, 'C# 50%-dot', 'model'],
  );
  for (const { files } of models) {
    const { pathname, hash } = new URL(files.model, 'http://localhost/');
    assert.deepEqual([pathname, hash], [`/${files.model}`, '']);
  }
  const [first, second] = models;
  assert.notEqual(first!.files.model, second!.files.model);
});

test('the folder that one is in may become the page', async () => {
  const here = join(scratch, 'here');
  mkdirSync(here);
  const before = process.cwd();
  process.chdir(here);
  try {
    const { code, err } = await attn('export', join(runs, 'dot'), '--web', '.');
    assert.equal(code, 0, err);
  } finally {
    process.chdir(before);
  }
  assert.ok(existsSync(join(here, 'models.json')));
  assert.ok(!readdirSync(here).some((name) => name.endsWith('.tmp')));
});

test('what cannot become a page exits with code 2, and leaves nothing behind', async () => {
  const taken = join(scratch, 'taken');
  mkdirSync(taken);
  writeFileSync(join(taken, 'index.html'), 'mine');
  const [page, model] = [join(scratch, 'earlier-page'), join(scratch, 'earlier-model')];
  await attn('export', join(runs, 'dot'), '--web', page);
  await attn('export', join(runs, 'dot'), '--out', model);
  const damaged = await writeToyRun(join(scratch, 'damaged'));
  writeFileSync(join(damaged, 'model.safetensors'), 'nothing');
  for (const [words, message] of [
    [
      [join(runs, 'dot'), '--web', taken],
      /taken: holds index\.html, which attn did not write there.*\n {2}name another folder, or move/,
    ],
    [[join(runs, 'dot'), '--web', page], /earlier-page: already holds a page\n {2}remove it/],
    [[join(runs, 'dot'), '--out', page], /earlier-page: already holds a page/],
    [[join(runs, 'dot'), '--onnx', page], /earlier-page: already holds a page/],
    [[join(runs, 'dot'), '--web', model], /earlier-model: already holds a model/],
    [[join(runs, 'dot'), '--web', '/proc/attn/page'], /\/proc\/attn\/page: cannot be written/],
    [[join(runs, 'dot'), '--web', join(scratch, 'new'), '--out', 'x'], /--out: cannot be combined with --web/],
    [[join(scratch, 'nowhere'), '--web', join(scratch, 'new')], /nowhere: no such folder/],
    [[damaged, '--web', join(scratch, 'new')], /not a complete safetensors file/],
    [[join(runs, 'dot'), join(runs, 'none')], /none: is one model too many\n.*--web DIR/],
  ] as const) {
    const { code, err } = await attn('export', ...words);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
  assert.equal(readFileSync(join(taken, 'index.html'), 'utf8'), 'mine');
  assert.deepEqual(
    readdirSync(scratch).filter((name) => name.startsWith('new')),
    [],
  );
});
