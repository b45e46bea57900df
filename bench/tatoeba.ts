import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPairs } from '../src/corpus/tsv.ts';

const folder = new URL('../../shared/corpora/tatoeba-ita-eng/', import.meta.url).pathname;

/** Whether the corpus is available. */
export const hasTatoeba = existsSync(folder);

/** A split of the corpus: its two sides, and files with them (one sentence per line; `it<TAB>en`). */
export interface Part {
  readonly it: readonly string[];
  readonly en: readonly string[];
  readonly files: { readonly it: string; readonly en: string; readonly pairs: string };
}

/** Tatoeba in its leak-free split, in a temporary folder that is removed when the process ends. */
export async function tatoeba(): Promise<{ readonly scratch: string; readonly train: Part; readonly test: Part }> {
  if (!hasTatoeba) throw new Error('needs ../shared/corpora/tatoeba-ita-eng');
  const scratch = mkdtempSync(join(tmpdir(), 'attn-bench-'));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  const lineNumbers = (name: string) =>
    new Set(readFileSync(join(folder, name), 'utf8').trim().split('\n').map(Number));
  const dev = lineNumbers('dev.lines');
  const test = lineNumbers('test.lines');
  const sides = { train: { it: [] as string[], en: [] as string[] }, test: { it: [] as string[], en: [] as string[] } };
  for await (const { source, target, line } of readPairs(join(folder, 'ita.txt.gz'))) {
    if (dev.has(line)) continue;
    const side = test.has(line) ? sides.test : sides.train;
    side.en.push(source);
    side.it.push(target);
  }
  const part = (name: 'train' | 'test'): Part => {
    const { it, en } = sides[name];
    const write = (file: string, lines: readonly string[]): string => {
      const path = join(scratch, file);
      writeFileSync(path, `${lines.join('\n')}\n`);
      return path;
    };
    const pairs = it.map((sentence, i) => `${sentence}\t${en[i]}`);
    const files = { it: write(`${name}.it`, it), en: write(`${name}.en`, en), pairs: write(`${name}.tsv`, pairs) };
    return { it, en, files };
  };
  return { scratch, train: part('train'), test: part('test') };
}
