import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { remarkOn } from '../../src/checkpoints/run-remark.ts';
import { FolderLock } from '../../src/support/folder-lock.ts';

const scratch = mkdtempSync(join(tmpdir(), 'attn-remark-'));
after(() => rmSync(scratch, { recursive: true }));

test('a run gets a remark while it trains, after an interruption, and if it learned nothing', () => {
  const folder = runFolder(join(scratch, 'run'));
  mkdirSync(dirname(folder.last), { recursive: true });
  assert.equal(remarkOn(folder), undefined, 'an average or an export has a model alone');
  writeFileSync(folder.metrics, '');
  assert.equal(remarkOn(folder), 'interrupted', 'before its first checkpoint');
  writeFileSync(folder.last, '');
  assert.equal(remarkOn(folder), 'interrupted');
  const training = new FolderLock(folder.path, 'a training');
  assert.equal(remarkOn(folder), 'still training');
  training.release();
  const other = new FolderLock(folder.path, 'an evaluation');
  assert.equal(remarkOn(folder), 'interrupted');
  other.release();
  writeFileSync(folder.finished, '{"lowestLoss": 7.7, "guessLoss": 7.6}');
  assert.equal(remarkOn(folder), 'not learned');
  for (const text of ['{"lowestLoss": 7.5, "guessLoss": 7.6}', '{"reason": "maxSteps"}']) {
    writeFileSync(folder.finished, text);
    assert.equal(remarkOn(folder), undefined, text);
  }
  writeFileSync(folder.finished, '{');
  assert.throws(() => remarkOn(folder), /finished\.json|is not what attn train writes/);
});
