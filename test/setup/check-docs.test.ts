import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

const scratch = mkdtempSync(join(tmpdir(), 'attn-docs-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

function checkDocs(markdown: string) {
  const file = join(scratch, 'page.md');
  writeFileSync(file, markdown);
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/check-docs.mjs', file], {
    encoding: 'utf8',
  });
  return { status, said: stderr.replaceAll(file, 'page.md') };
}

test('commands of a document that exist, with flags that exist, pass', () => {
  const { status, said } = checkDocs(
    [
      '```sh',
      'npm run demo && npm test   # all there is to do',
      'PYTHON=python3 npx attn doctor --json | head -c 9 > out.json',
      'npx attn doctor \\',
      '  --quiet',
      '```',
      'attn outside-of-blocks is prose',
      '```json',
      'attn in-another-language',
      '```',
    ].join('\n'),
  );
  assert.equal(said, 'docs: 4 commands in 1 files, 0 wrong\n');
  assert.equal(status, 0);
});

test('a command, flag, script or benchmark that does not exist is named with its line', () => {
  const { status, said } = checkDocs(
    ['```', 'attn nonsense', '$ cat x | attn doctor --jsn', 'npm run nothing', 'npm run bench -- nothing', '```'].join(
      '\n',
    ),
  );
  assert.equal(status, 1);
  for (const fault of [
    /page\.md:2: attn nonsense\n {2}there is no command nonsense/,
    /page\.md:3: attn doctor --jsn\n {2}unknown option '--jsn'/,
    /page\.md:4: npm run nothing\n {2}package\.json has no script nothing/,
    /page\.md:5: npm run bench -- nothing\n {2}there is no benchmark nothing/,
    /4 commands in 1 files, 4 wrong/,
  ]) {
    assert.match(said, fault);
  }
});
