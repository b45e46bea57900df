import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { main } from '../../src/cli/main.ts';

/** The result of a command line. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process with `stdin` as its standard input. */
export async function attn(words: readonly string[], stdin: string | Uint8Array = ''): Promise<Outcome> {
  const [stdout, stderr] = [new Collector(), new Collector()];
  const code = await main(words, { stdin: Readable.from([Buffer.from(stdin)]), stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'attn-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file under a folder, by its path in it. */
export function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** The lines of a text file, split at tabs. */
export function rowsOf(path: string): string[][] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}

/** All items of an async iterable. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const people = ['Anna', 'Bruno', 'Carla', 'Dario', 'Elena', 'Fabio', 'Giulia', 'Hans', 'Irene', 'Luca'];
const things = [
  ['una mela', 'an apple'],
  ['il pane', 'the bread'],
  ['la porta', 'the door'],
  ['un libro', 'a book'],
  ['le chiavi', 'the keys'],
  ['la bicicletta', 'the bicycle'],
  ['il treno', 'the train'],
  ['una lettera', 'a letter'],
] as const;
const actions = [
  ['non vede', 'does not see'],
  ['ha comprato', 'has bought'],
  ['sta cercando', 'is looking for'],
  ['ha perso', 'has lost'],
  ['vuole', 'wants'],
] as const;

/** Invented pairs, Italian and English, all different: at most 400. */
export function inventedPairs(count: number): { readonly it: string; readonly en: string }[] {
  const pairs = people.flatMap((person) =>
    actions.flatMap(([fa, does]) =>
      things.map(([cosa, thing]) => ({ it: `${person} ${fa} ${cosa}.`, en: `${person} ${does} ${thing}.` })),
    ),
  );
  return pairs.slice(0, count);
}
