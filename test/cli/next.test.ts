import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { attn, inventedPairs } from '../corpus/helpers.ts';

const folder = mkdtempSync(join(tmpdir(), 'attn next-'));
const home = process.cwd();
// attn prepare records its output folder in the working directory
process.chdir(folder);
after(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const tsv = inventedPairs(400)
  .map(({ it, en }) => `${it}\t${en}\n`)
  .join('');
const corpus = join(folder, "Anna's corpus.tsv");
writeFileSync(corpus, tsv);

/** The words of the suggested command, as a shell reads them. */
function suggested(stderr: string): string[] {
  const line = /^next: attn (.*)$/m.exec(stderr)?.[1] ?? '';
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
  return stdout.split('\n').slice(0, -1);
}

const noShell = process.platform === 'win32' ? 'Windows has no sh' : false;
test('each suggested next command works, also in folders with spaces and quotes', {
  skip: noShell,
}, async () => {
  const clean = join(folder, 'clean corpus.tsv');
  const out = join(folder, "Anna's split");
  const cleaned = await attn(['data', 'clean', '--corpus', corpus, '--out', clean]);
  const divided = await attn(suggested(cleaned.stderr).map((word) => (word === 'DIR' ? out : word)));
  assert.equal(divided.code, 0, divided.stderr);
  const built = await attn(suggested(divided.stderr));
  assert.equal(built.code, 0, built.stderr);
  const prepared = await attn(suggested(built.stderr));
  assert.equal(prepared.code, 0, prepared.stderr);
  assert.deepEqual(suggested(prepared.stderr), ['train', '--data', join(out, 'prepared')]);
});

test('standard input, which cannot be read again, is not suggested', async () => {
  const { code, stderr } = await attn(['vocab', '--train', '-', '--type', 'words', '--out', 'vocabulary'], tsv);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^next: attn prepare --train TRAIN\.tsv --vocabulary vocabulary$/m);
  const references = join(folder, "Anna's references.txt");
  const lines = tsv.replaceAll('\t', ' ');
  writeFileSync(references, lines);
  const scored = await attn(['score', '-', references], lines);
  assert.equal(scored.code, 0, scored.stderr);
  assert.match(scored.stderr, /attn score OTHER '.*Anna'\\''s references\.txt' --baseline THESE$/m);
});
