import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';

const folder = scratchFolder();
const run = join(folder, 'toy');
const pairs = join(folder, 'pairs.tsv');
const sentences = join(folder, 'sentences.txt');
const root = fileURLToPath(new URL('../..', import.meta.url));
const loader = import.meta.resolve('tsx');
const program = join(root, 'test/helpers/attn.ts');

before(async () => {
  mkdirSync(folder, { recursive: true });
  await writeToyRun(run);
  writeFileSync(pairs, 'Il gatto dorme.\tThe cat is sleeping.\nHo fame.\tI am hungry.\n');
  writeFileSync(sentences, 'tom\n');
});

/** Runs a line of bash in which `attn` is the program. */
function shell(line: string, env: Readonly<Record<string, string>> = {}): { code: number; out: string; err: string } {
  const attn = `attn() { '${process.execPath}' --import '${loader}' '${program}' "$@"; }`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${attn}\n${line}`], {
    ...{ cwd: folder, encoding: 'utf8', timeout: 120_000 },
    // coverage would need file handles and write messages of its own
    env: { ...process.env, NODE_V8_COVERAGE: undefined, ...env },
  });
  return { code: status ?? -1, out: stdout, err: stderr };
}

const launcher = join(root, 'scripts/attn.mjs');
const built = existsSync(resolve(root, 'dist/cli/process.js')) ? false : 'dist/ is not built';

const full = existsSync('/dev/full') ? false : 'this system has no /dev/full';
const linux = process.platform === 'linux' ? false : 'Linux alone';

for (const words of [
  'help',
  'train --help',
  '--version',
  'data',
  'data generate --pairs 10',
  'data generate --pairs 5000',
  'data clean --corpus pairs.tsv --columns it,en',
  'data stats --corpus pairs.tsv --columns it,en',
  'translate --checkpoint toy tom',
  'translate --checkpoint toy --json < sentences.txt',
  'vocab encode --model toy/source.model < sentences.txt',
  'score sentences.txt sentences.txt',
  'self-attention',
  'doctor --json',
]) {
  test(`with standard output full, attn ${words} says so and exits with 1`, { skip: full }, () => {
    const { code, err } = shell(
      `attn ${words.replace(' < ', ' > /dev/full < ')} ${words.includes('<') ? '' : '> /dev/full'}`,
    );
    assert.match(err, /^attn: standard output: the disk is full\n {2}free some space/m);
    assert.equal(code, 1);
  });
}

test('a standard error that nobody reads does not stop the work', { skip: full }, () => {
  const { code, out } = shell('attn data clean --corpus pairs.tsv --columns it,en 2> /dev/full');
  assert.equal(code, 0);
  assert.match(out, /Ho fame\./);
});

test('a reader that stops early is not a failure', () => {
  const { code, out, err } = shell('attn data generate --pairs 20000 | head -n 1; exit $PIPESTATUS');
  assert.deepEqual([code, out.split('\n').length, err], [0, 2, '']);
});

test('a closed standard output is reported', { skip: linux }, () => {
  assert.match(shell('attn translate --checkpoint toy tom >&-').err, /standard output is closed or \/dev\/null/);
  assert.doesNotMatch(shell('attn translate --checkpoint toy tom > /dev/null').err, /standard output/);
  const silent = shell('attn vocab --train pairs.tsv --type words --out closed --quiet >&-');
  assert.deepEqual([silent.code, silent.err], [0, ''], 'nothing was to be printed');
});

test('limits of the system are reported as such, not as a bug of the program', { skip: built || linux }, () => {
  for (const limit of ['-v 8000000', '-v 4000000']) {
    const { code, err } = shell(`ulimit ${limit}; '${process.execPath}' '${launcher}' translate --checkpoint toy tom`);
    assert.equal(code, 1, err);
    assert.match(err, /^attn: .*\n {2}.*ulimit -v unlimited/);
    assert.doesNotMatch(err, /internal error|Aborted|wasm:/);
  }
});

test('a missing temporary folder is named, with advice', { skip: built }, () => {
  const call = `cat pairs.tsv | TMPDIR=missing '${process.execPath}' '${launcher}' data stats --corpus - --columns it,en`;
  const { code, err } = shell(call);
  assert.match(err, /^attn: missing: no temporary folder can be made there \(ENOENT\)\n {2}set TMPDIR/);
  assert.equal(code, 1);
});

test('too few file handles to load the program are reported as such', { skip: built || linux }, () => {
  const { code, err } = shell(`ulimit -n 24; '${process.execPath}' '${launcher}' translate tom`);
  assert.equal(
    err,
    'attn: the system does not let this process open more files\n  allow more, then run the same command again: ulimit -n 1024\n',
  );
  assert.equal(code, 1);
});

test('an old version of Node is rejected before anything is loaded', () => {
  const old = 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.20.4"})';
  const { code, err } = shell(`'${process.execPath}' --import '${old}' '${launcher}' help`);
  assert.match(err, /^attn: Node v.* is too old\n {2}install Node 20 or newer\n$/);
  assert.equal(code, 2);
});

test('hints are commands that can be typed: npx attn in a checkout, attn if it is installed', {
  skip: built,
}, () => {
  const line = (env: Readonly<Record<string, string>>, words: string) =>
    shell(`'${process.execPath}' '${launcher}' ${words}`, env).err;
  assert.match(line({}, 'translate --nope'), / {2}npx attn translate --help/);
  assert.match(shell('attn translate --nope').err, / {2}attn translate --help/);
  const installed = join(folder, 'attn');
  const call = `ln -sf '${launcher}' '${installed}'; '${process.execPath}' '${installed}' train --nope`;
  assert.match(shell(call, { npm_command: '' }).err, / {2}attn train --help/);
  assert.match(shell(call, { npm_command: 'exec' }).err, / {2}npx attn train --help/);
});

test('help and version are where people look for them', () => {
  assert.match(shell('attn help train').out, /^Usage: attn train \[options\]/);
  assert.match(shell('attn help data split').out, /^Usage: attn data split \[options\]/);
  assert.match(shell('attn help data').out, /Usage: attn data COMMAND/);
  assert.match(shell('attn help').out, /Usage: attn COMMAND/);
  assert.equal(shell('attn -v').out, shell('attn --version').out);
  assert.equal(shell('attn help nope').code, 2);
});

test('a sentence that starts with a dash is translated, an unknown option is not', () => {
  const both = shell('attn translate --checkpoint toy "- Ho fame." "-Ho fame."');
  assert.equal(both.code, 0, both.err);
  assert.equal(both.out.split('\n').length, 3);
  const json = shell('attn translate --checkpoint toy "- Ho fame." --json');
  assert.equal(JSON.parse(json.out).source, '- Ho fame.');
  assert.match(shell('attn translate --checkpoint toy -Ciao').err, /attn translate -- -Ciao\n/);
  assert.equal(shell('attn translate --checkpoint toy -- -Ciao').code, 0);
  const slip = shell('attn translate --chekpoint toy tom');
  assert.deepEqual([slip.code, slip.err.includes('translate -- ')], [2, false]);
  assert.match(shell('attn translate --checkpoint toy "--beam 5"').err, /unknown option/);
});

test('without a trained model translate uses the one that ships; a model that is named and missing gives one message', () => {
  mkdirSync(join(folder, 'empty/checkpoints'), { recursive: true });
  const { code, out, err } = shell('cd empty && attn translate "Ho fame."');
  assert.equal(code, 0, err);
  assert.match(out, /^I.* hungry\.\n$/);
  assert.match(err, /model that comes with attn/);
  const remedies = ['translate --checkpoint nope tom', 'eval --checkpoints .', 'export nope --out x'].map((words) => {
    const { code, err } = shell(`cd empty && attn ${words}`);
    assert.equal(code, 2, err);
    return err.split('\n')[1];
  });
  assert.deepEqual([...new Set(remedies)], ['  train one (attn demo, or attn train), or name the folder of a run']);
});
