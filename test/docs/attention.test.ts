import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { attentionPictures } from '../../scripts/make-pictures.ts';
import { attn } from '../helpers/command.ts';

const root = new URL('../../', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/attention.md');
const scratch = mkdtempSync(join(tmpdir(), 'attn-page-'));
after(() => rmSync(scratch, { recursive: true }));

const code = [...page.matchAll(/^```ts (\S+)\n([\s\S]*?)^```$/gm)].map(([, file, text]) => ({
  file: file!,
  lines: text!.trim().split('\n'),
}));

test('the code in docs/attention.md is the code in src, except for indentation', () => {
  assert.ok(code.length >= 8);
  for (const { file, lines } of code) {
    const source = read(file).replace(/^ +/gm, '');
    assert.ok(source.includes(lines.map((line) => line.trim()).join('\n')), `${file}: ${lines[0]}`);
  }
});

test('every picture of docs/attention.md exists', () => {
  const pictures = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path!);
  assert.ok(pictures.length >= 5);
  for (const path of pictures) assert.match(read(`docs/${path}`), /^<svg /);
});

test('the pictures of self-attention are those that their commands draw', async () => {
  const commands = page.match(/^npx attn self-attention .*--picture.*$/gm) ?? [];
  assert.equal(commands.length, 4);
  for (const command of commands) {
    const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([word, quoted]) => quoted ?? word).slice(2);
    const path = words.at(-1)!;
    const own = join(scratch, basename(path));
    const { code: exit, err } = await attn(...words.slice(0, -1), own);
    assert.equal(exit, 0);
    for (const [, drawn] of err.matchAll(/^wrote (.*)$/gm)) {
      assert.equal(readFileSync(drawn!, 'utf8'), read(join('docs/pictures', basename(drawn!))), basename(drawn!));
    }
  }
});

test('the pictures of trained models are those that attn draws now from their attention', () => {
  const drawn = attentionPictures();
  const there = readdirSync(join(root, 'docs/pictures')).filter((name) => /^attention-.*\.svg$/.test(name));
  assert.deepEqual(
    Object.keys(drawn)
      .map((path) => basename(path))
      .sort(),
    there.sort(),
  );
  for (const [path, svg] of Object.entries(drawn)) {
    assert.equal(read(path), svg, `${path} is stale: node --import tsx scripts/make-pictures.ts`);
    assert.match(svg, /prefers-color-scheme: dark/);
  }
});
