import type { Readable } from 'node:stream';
import { nameOf } from '../corpus/bytes.ts';
import { readLines } from '../corpus/lines.ts';
import { convertRemedy, NOT_UTF8 } from '../support/encoding.ts';
import { InputError } from '../support/errors.ts';
import { shellWord } from '../support/shell.ts';

/**
 * Files with one sentence per line, where line i is about the same sentence in each: a system's output and its
 * references. An empty line is an empty sentence. Plain or gzip; `-` is standard input.
 * @returns the sentences of each file, in the order of `paths`
 * @throws InputError for an empty file, one of columns (a tab in every line), a line that is not UTF-8, and files of
 *   different lengths (naming each)
 */
export async function readParallelFiles(paths: readonly string[], stdin?: Readable): Promise<string[][]> {
  const files: string[][] = [];
  for (const path of paths) files.push(await readSentences(path, stdin));
  const lengths = files.map((sentences) => sentences.length);
  if (lengths.some((length) => length !== lengths[0])) {
    const counts = paths.map((path, i) => `${nameOf(path)} has ${lengths[i]}`);
    throw new InputError(`the files differ in length: ${counts.join(', ')} lines`, {
      remedy: 'line i of every file must belong to the same sentence; an empty translation is an empty line',
    });
  }
  return files;
}

async function readSentences(path: string, stdin?: Readable): Promise<string[]> {
  const sentences: string[] = [];
  for await (const { firstLine, lines } of readLines(path, { ...(stdin && { stdin }) })) {
    for (const [i, line] of lines.entries()) {
      if (line === null) {
        throw new InputError(NOT_UTF8, {
          where: `${nameOf(path)}:${firstLine + i}`,
          remedy: convertRemedy(path),
        });
      }
      sentences.push(line);
    }
  }
  if (sentences.length === 0) {
    throw new InputError('is empty', { where: nameOf(path), remedy: 'give a file with one sentence per line' });
  }
  if (sentences.every((sentence) => sentence.includes('\t'))) {
    throw new InputError('has a tab in every line, so it is not a file of one sentence per line', {
      where: nameOf(path),
      remedy: `use one of its columns: cut -f2 ${path === '-' ? 'FILE' : shellWord(path)} > NEW`,
    });
  }
  return sentences;
}
