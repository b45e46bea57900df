import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';
import { loadMetadata, loadTensors } from '../../src/checkpoints/safetensors.ts';
import { readRun } from '../../src/config/run-file.ts';
import { checksumOf } from '../../src/corpus/bytes.ts';
import { readLines } from '../../src/corpus/lines.ts';
import { describeOrigin } from '../../src/dataset/origin.ts';
import { openTokenizer } from '../../src/evaluation/open-tokenizer.ts';
import { attentionInputs } from '../../src/lesson/inputs.ts';
import { readKeys } from '../../src/server/keys.ts';
import { InputError, RunError } from '../../src/support/errors.ts';
import { readFailure, readWhole } from '../../src/support/file-failures.ts';
import { readJsonFile } from '../../src/support/json-file.ts';
import { readMetrics } from '../../src/training/metrics.ts';
import { loadVocabulary } from '../../src/vocabulary/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn-read-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'sub'));
writeFileSync(join(folder, 'file'), 'text');
symlinkSync('loop', join(folder, 'loop'));

/** Everything that reads a file named by the user. */
const readers: Readonly<Record<string, (path: string) => unknown>> = {
  'a whole file': (path) => readWhole(path),
  'a corpus': async (path) => {
    for await (const _ of readLines(path));
  },
  'the checksum of a corpus': checksumOf,
  'the origin of prepared data': (path) => describeOrigin(path, folder, 'prepare it'),
  'a config file': readRun,
  'a JSON file': (path) => readJsonFile(path, z.object({}), 'attn sweep'),
  'a vocabulary': loadVocabulary,
  'a tokenizer': (path) => openTokenizer('spm', path),
  'a model': loadTensors,
  'what a model says of itself': loadMetadata,
  'a matrix': (matrix) => attentionInputs({ matrix, seed: 1 }),
  'the keys of a server': readKeys,
  'the metrics of a run': readMetrics,
};

const cases = [
  { path: join(folder, 'none'), problem: 'no such file' },
  { path: join(folder, 'sub'), problem: 'is a folder, not a file' },
  { path: join(folder, 'loop'), problem: 'cannot be read (ELOOP)' },
  { path: join(folder, 'file', 'below'), problem: 'cannot be read (ENOTDIR)' },
  { path: join(folder, 'x'.repeat(300)), problem: 'cannot be read (ENAMETOOLONG)' },
];

for (const { path, problem } of cases) {
  test(`every reader reports: ${problem}`, async () => {
    for (const [what, read] of Object.entries(readers)) {
      // a run that has measured nothing yet has no such file
      if (what === 'the metrics of a run' && problem === 'no such file') continue;
      const said = await Promise.resolve()
        .then(() => read(path))
        .then(
          () => assert.fail(`${what} was read`),
          (error: unknown) => error,
        );
      assert.ok(said instanceof InputError, `${what}: ${said}`);
      assert.equal(said.problem, problem, what);
      assert.equal(said.where, path, what);
      assert.ok(said.remedy, what);
    }
  });
}

const systemError = (code: string) => Object.assign(new Error(`${code}: it says so`), { code });

test('an unreadable file, limits of the system, a broken disk', () => {
  const denied = readFailure('a.tsv', systemError('EACCES'), 'write it') as InputError;
  assert.deepEqual(
    [denied.problem, denied.remedy, denied.exitCode],
    ['permission denied', 'check the permissions of the file', 2],
  );
  const limit = readFailure('a.tsv', systemError('EMFILE')) as RunError;
  assert.deepEqual([limit.where, limit.exitCode], ['a.tsv', 1]);
  assert.match(limit.remedy ?? '', /ulimit/);
  assert.match(String(readFailure('a.tsv', systemError('EIO'))), /RunError: a.tsv: the system says EIO/);
  assert.match(String(readFailure('a.tsv', systemError('ERR_FS_FILE_TOO_LARGE'))), /RunError: a.tsv: reading failed/);
});

test('an error that explains itself, or that is a bug, stays unchanged', () => {
  for (const error of [new InputError('is no corpus'), new RunError('full'), new TypeError('a bug')]) {
    assert.equal(readFailure('a.tsv', error), error);
  }
});
