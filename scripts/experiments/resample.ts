// Prepared data like PREPARED, with the training pairs whose ids come on standard input, as sample.py prints them.
//   resample.ts PREPARED --out FOLDER
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { IdBytes } from '../../src/dataset/pair-file.ts';
import { PairWriter } from '../../src/dataset/pair-writer.ts';
import { AtomicFile } from '../../src/support/files.ts';

const [prepared = '', , out = ''] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(join(prepared, 'manifest.json'), 'utf8'));
cpSync(prepared, out, { recursive: true });
const files: AtomicFile[] = [];
const open = (name: string) => {
  const file = new AtomicFile(join(out, name));
  files.push(file);
  return file;
};
const writer = new PairWriter(open, 'train', manifest.idBytes as IdBytes);
const tokens = { source: 0, target: 0 };
const longest = { source: 0, target: 0 };
for await (const line of createInterface({ input: process.stdin })) {
  const [source, target] = line.split('\t').map((side) => side.split(' ').filter(Boolean).map(Number));
  if (!source?.length || !target?.length || Math.max(source.length, target.length) > manifest.maxLength) continue;
  writer.append(source, target);
  for (const [side, ids] of Object.entries({ source, target }) as ['source' | 'target', number[]][]) {
    tokens[side] += ids.length + 1; // and the end symbol
    longest[side] = Math.max(longest[side], ids.length + 1);
  }
}
const { size: pairs, ...written } = writer.finish();
for (const file of files) file.commit();
Object.assign(manifest.splits.train, { pairs, tokens, longest, files: written });
writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest));
console.log(`${out}: ${pairs} pairs, ${(tokens.target / pairs).toFixed(1)} target pieces per sentence`);
