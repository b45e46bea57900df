import { convertRemedy, NOT_UTF8 } from '../support/encoding.ts';
import { InputError } from '../support/errors.ts';
import { type InputOptions, nameOf } from './bytes.ts';
import { readLines } from './lines.ts';

/** A sentence, its translation, and their 1-based line number. */
export interface Pair {
  readonly source: string;
  readonly target: string;
  readonly line: number;
}

/** A pair, and the name of the file its line number refers to. */
export interface LocatedPair extends Pair {
  readonly file: string;
}

/** A line that is not a pair, and why. */
export interface MalformedLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** How to read a TSV file of pairs. */
export interface ReadOptions extends InputOptions {
  /** The 0-based columns of the two sentences: `[0, 1]` by default. Further columns are ignored. */
  readonly columns?: readonly [source: number, target: number];
  /** Called with each malformed line, which is then skipped; without it the first one is an error. */
  readonly onMalformed?: (problem: MalformedLine) => void;
}

/**
 * The pairs of a TSV file (UTF-8, plain or gzip, `-` for standard input), one by one. The prepared form that `attn data
 * split` writes, `source<TAB>target`, needs no options.
 * @throws InputError with file:line for a malformed line (unless `onMalformed` takes it), and like `readLines`
 */
export async function* readPairs(path: string, options: ReadOptions = {}): AsyncGenerator<LocatedPair> {
  for await (const batch of readPairBatches(path, options)) {
    for (const pair of batch) yield pair;
  }
}

/** Like `readPairs`, about a thousand pairs at a time: for loops over millions. A batch may be empty. */
export async function* readPairBatches(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<readonly LocatedPair[]> {
  const [sourceColumn, targetColumn] = options.columns ?? [0, 1];
  const refuse = options.onMalformed ?? refuseMalformed;
  const file = nameOf(path, options);
  for await (const { firstLine, lines } of readLines(path, options)) {
    const pairs: LocatedPair[] = [];
    for (let i = 0; i < lines.length; i++) {
      const text = lines[i] ?? null;
      const cells = text?.split('\t');
      const source = cells?.[sourceColumn];
      const target = cells?.[targetColumn];
      const reason = problemOf(text, source, target, cells?.length ?? 0);
      if (reason === undefined) pairs.push({ source: source!, target: target!, line: firstLine + i, file });
      else refuse({ file, line: firstLine + i, reason });
    }
    yield pairs;
  }
}

/** Why a line or its two sides are not a pair; undefined if they are. */
export function problemOf(
  text: string | null,
  source: string | undefined,
  target: string | undefined,
  columns: number,
): string | undefined {
  if (text === null) return NOT_UTF8;
  if (text.includes('\0')) return 'a NUL byte';
  if (text.trim() === '') return 'an empty line';
  if (source === undefined || target === undefined) {
    return columns === 1 ? 'no tab: two columns expected' : `only ${columns} columns`;
  }
  if (source.trim() === '') return 'the source side is empty';
  if (target.trim() === '') return 'the target side is empty';
  return undefined;
}

function refuseMalformed({ file, line, reason }: MalformedLine): never {
  const remedy = reason === NOT_UTF8 ? convertRemedy(file) : 'each line must be: source<TAB>target';
  throw new InputError(reason, { where: `${file}:${line}`, remedy });
}
