import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

// the programs import attn by name, and get the build: as in a user's project
const scratch = mkdtempSync(join(tmpdir(), 'attn-examples-'));
const loader = ['--import', pathToFileURL(resolve('node_modules/tsx/dist/esm/index.mjs')).href];
const commandOf = (name: string, words: readonly string[]) => [...loader, resolve('examples', name), ...words];
before(() => {
  const built = spawnSync(process.execPath, ['scripts/build.mjs'], { encoding: 'utf8' });
  assert.equal(built.status, 0, built.stderr);
});
after(() => rmSync(scratch, { recursive: true, force: true }));

function run(name: string, words: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, commandOf(name, words), {
    cwd: scratch,
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

test('custom-source.ts, train.ts, translate.ts and attention-server.ts work one after another', async () => {
  const prepared = run('custom-source.ts', ['--pairs', '300', '--out', 'data']);
  assert.match(prepared.stdout, /^300 pairs: 240 train, 30 dev, 30 test\n/, prepared.stderr);

  const words = ['--data', 'data/prepared', '--out', 'model', '--steps', '6', '--size', '8'];
  const trained = run('train.ts', words);
  assert.equal(trained.status, 0, trained.stderr);
  assert.match(trained.stdout, /parameters on/);
  assert.match(trained.stdout, /^BLEU .* -> /m);
  assert.match(trained.stdout, /^test BLEU \d/m);
  assert.match(trained.stderr, /step 6 of 6, loss \d/);

  const translated = run('translate.ts', ['model', 'model'], 'Ho fame.\n\nHo sete.\n');
  assert.equal(translated.status, 0, translated.stderr);
  assert.equal(translated.stdout.split('\n').length, 4);
  const missing = run('translate.ts', ['nowhere']);
  assert.equal(missing.status, 2);
  assert.match(missing.stderr, /^nowhere: no such model/);

  const server = spawn(process.execPath, commandOf('attention-server.ts', ['model', '--port', '0']), { cwd: scratch });
  try {
    const [line] = await once(createInterface(server.stdout), 'line');
    const address = `http://127.0.0.1:${JSON.parse(line).port}/`;
    const drawn = await fetch(`${address}?text=Ho+fame.`);
    assert.equal(drawn.headers.get('content-type'), 'image/svg+xml');
    assert.match(await drawn.text(), /^<svg[\s\S]*<rect class="cell"/);
    assert.equal((await fetch(address)).status, 404);
  } finally {
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
  }
});

test('score.ts scores two systems and tells whether they differ', () => {
  const reference = Array.from({ length: 30 }, (_, i) => `sentence number ${i} of this text`);
  writeFileSync(join(scratch, 'reference'), `${reference.join('\n')}\n`);
  writeFileSync(join(scratch, 'good'), `${reference.join('\n')}\n`);
  writeFileSync(join(scratch, 'bad'), `${reference.map((one) => one.replace('number', 'no')).join('\n')}\n`);
  const { stdout, stderr } = run('score.ts', ['bad', 'good', 'reference']);
  assert.match(stdout, /^BLEU 100\.0 {2}chrF 100\.0 {2}TER 0\.0$/m, stderr);
  assert.match(stdout, /^BLEU differs by [1-9][\d.]+, p = 0\.0/m);
});

test('the README of the examples names each', () => {
  const page = readFileSync('examples/README.md', 'utf8');
  const programs = readdirSync('examples').filter((name) => name.endsWith('.ts'));
  assert.equal(programs.length, 5);
  for (const name of programs) assert.ok(page.includes(`[${name}](${name})`), name);
});
