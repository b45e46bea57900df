import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Piece, PieceKind, specialPieces, writeModelFile } from '../../src/vocabulary/model-file.ts';

const nouns = ['casa', 'strada', 'barca', 'porta', 'mela', 'sedia', 'lettera', 'finestra'];
const houses = ['house', 'street', 'boat', 'door', 'apple', 'chair', 'letter', 'window'];
const colours = ['rossa', 'nera', 'bianca', 'gialla', 'grigia'];
const colors = ['red', 'black', 'white', 'yellow', 'grey'];
const words = { source: ['la', 'è', 'e', ...nouns, ...colours], target: ['the', 'is', 'and', ...houses, ...colors] };

/** The i-th sentence and its translation: one to three clauses of three words. */
export function toyPair(i: number): { source: string; target: string } {
  const clauses = (the: string, is: string, nouns: readonly string[], colours: readonly string[]): string[] =>
    Array.from({ length: 1 + (i % 3) }, (_, k) => {
      return `${the} ${nouns[(i + 3 * k) % nouns.length]} ${is} ${colours[(i * 7 + k) % colours.length]}`;
    });
  return {
    source: clauses('la', 'è', nouns, colours).join(' e '),
    target: clauses('the', 'is', houses, colors).join(' and '),
  };
}

/** The ids of a sentence in the toy vocabulary. */
export function toyIds(side: 'source' | 'target', sentence: string): number[] {
  return sentence.split(' ').map((word) => {
    const place = words[side].indexOf(word);
    return place < 0 ? 1 : specialPieces.length + place;
  });
}

/** Lines of a TSV file. */
export function toyLines(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const { source, target } = toyPair(first + i);
    return `${source}\t${target}`;
  });
}

/** Writes `train.tsv`, `dev.tsv`, `test.tsv` and `vocabulary/` into a folder. */
export function writeToyCorpus(folder: string, train: readonly string[] = toyLines(0, 300)): void {
  mkdirSync(join(folder, 'vocabulary'), { recursive: true });
  const write = (name: string, lines: readonly string[]): void => {
    const text = `${lines.join('\n')}\n`;
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
  };
  write('train.tsv', train);
  write('train.tsv.gz', train);
  write('dev.tsv', toyLines(1000, 20));
  write('test.tsv', toyLines(2000, 30));
  for (const side of ['source', 'target'] as const) writeToyVocabulary(folder, side, words[side]);
}

/** Writes the model file of one side, a vocabulary of whole words. */
export function writeToyVocabulary(folder: string, side: 'source' | 'target', list: readonly string[]): void {
  const pieces: Piece[] = list.map((text, i) => ({ text: `▁${text}`, score: -i, kind: PieceKind.normal }));
  const model = writeModelFile(
    {
      type: 'words',
      pieces: [...specialPieces, ...pieces],
      byteFallback: false,
      normalizer: { name: 'identity', charsmap: new Uint8Array(), wordwise: true },
    },
    1,
  );
  writeFileSync(join(folder, 'vocabulary', `${side}.model`), model);
}
