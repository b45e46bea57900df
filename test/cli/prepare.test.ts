import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { after, test } from 'node:test';
import { main } from '../../src/cli/main.ts';
import { openDataset } from '../../src/dataset/dataset.ts';
import { latestDataset } from '../../src/dataset/latest.ts';
import { writeToyCorpus } from '../dataset/toy-corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-prepare-command-'));
const program = resolve('scripts/attn.mjs');
const home = process.cwd();
// The command records its output folder in the working directory.
process.chdir(folder);
after(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});
writeToyCorpus(folder);

async function attn(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const sink = (which: 'out' | 'err') =>
    new Writable({
      write(chunk, _, done) {
        texts[which] += String(chunk);
        done();
      },
    });
  const code = await main(words, { stdin: Readable.from([]), stdout: sink('out'), stderr: sink('err') });
  return { code, ...texts };
}

test('attn prepare reports what it wrote, how it will be batched and what comes next', async () => {
  const { code, out, err } = await attn('prepare', '--train', 'train.tsv', '--max-length', '9');
  assert.equal(code, 0, err);
  assert.equal(out, '');
  assert.match(err, /^train +200 +100 +0 +0 +7\.5 +7\.5 +0\.00 % +0\.00 %$/m);
  assert.match(err, /^dev +20 /m);
  assert.match(err, /batches of 3000 tokens: 1 per epoch in 1 shape; padding: [\d.]+ % of the source/);
  assert.match(err, /next: attn train --data prepared/);
  assert.equal(latestDataset(), 'prepared');
});

test('--json prints one document that agrees with the data', async () => {
  const { code, out } = await attn('prepare', '--train', 'train.tsv', '--out', 'other', '--json', '--quiet');
  assert.equal(code, 0);
  const result = JSON.parse(out);
  const dataset = openDataset('other');
  assert.equal(result.fingerprint, dataset.fingerprint);
  assert.equal(result.splits.train.pairs, dataset.split('train').size);
  assert.equal(result.batches.batchTokens, 3000);
});

test('--verify accepts intact data and rejects a flipped bit with exit code 2', async () => {
  assert.equal((await attn('prepare', '--train', 'train.tsv', '--out', 'verified')).code, 0);
  assert.match((await attn('prepare', '--verify', 'verified')).err, /verified is intact: 300 train, 20 dev, 30 test/);
  const both = await attn('prepare', '--verify', 'verified', '--out', 'elsewhere');
  assert.equal(both.code, 2);
  assert.match(both.err, /--out: has no effect with --verify/);
  const path = join('verified', 'dev.pairs');
  const bytes = readFileSync(path);
  bytes[40]! ^= 1;
  writeFileSync(path, bytes);
  const { code, err } = await attn('prepare', '--verify', 'verified');
  assert.equal(code, 2);
  assert.match(err, /^attn: verified\/dev\.pairs: the prepared data is damaged .*\n {2}write it again: attn prepare/);
});

test('a missing corpus or vocabulary exits with code 2', async () => {
  const { code, err } = await attn('prepare', '--train', 'none.tsv', '--out', 'none');
  assert.equal(code, 2);
  assert.match(err, /^attn: none\.tsv: no such file/);
  const other = await attn('prepare', '--train', 'train.tsv', '--vocabulary', 'absent', '--out', 'none');
  assert.equal(other.code, 2);
  assert.match(other.err, /^attn: absent\/source\.model: no such file/);
  assert.ok(!existsSync('none'));
});

test('the built program also encodes on its threads', (t) => {
  if (!existsSync(join(home, 'dist/cli/commands/prepare.js'))) return t.skip('not built: npm run setup');
  const { status, stderr } = spawnSync(
    process.execPath,
    [program, 'prepare', '--train', 'train.tsv', '--out', 'built'],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, stderr);
  assert.equal(openDataset('built').split('train').size, 300);
});
