import { NOT_UTF8 } from '../support/encoding.ts';
import { InputError } from '../support/errors.ts';
import { nameOf } from './bytes.ts';
import { identifyLanguage, languageCode, scriptLetters } from './languages.ts';
import { readLines } from './lines.ts';
import { MalformedLines } from './malformed.ts';
import type { SentenceFile } from './paired.ts';

/** The languages of some columns, in order; undefined where not recognised. */
export type ColumnLanguages = readonly (string | undefined)[];

/** The language of each column of a TSV file, or of each of two files, judged by their first lines. */
export async function identifyColumns(files: readonly SentenceFile[], sampleLines: number): Promise<ColumnLanguages> {
  const languages: (string | undefined)[] = [];
  for (const file of files) {
    const lines: string[] = [];
    const name = nameOf(file.path, file);
    const undecodable = new MalformedLines(0);
    for await (const { firstLine, lines: some } of readLines(file.path, file)) {
      for (const [i, line] of some.entries()) {
        if (line !== null) lines.push(line);
        else undecodable.add({ file: name, line: firstLine + i, reason: NOT_UTF8 });
      }
      if (lines.length >= sampleLines) break;
    }
    if (lines.length === 0 && undecodable.count > 0) undecodable.check(name, 0);
    if (files.length === 2) {
      languages.push(identifyLanguage(lines));
      continue;
    }
    const rows = lines.map((line) => line.split('\t'));
    const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
    if (lines.length === 0) throw new InputError('is empty', { where: nameOf(file.path, file) });
    for (let column = 0; column < Math.min(width, MOST_COLUMNS); column++) {
      languages.push(identifyLanguage(rows.map((row) => row[column] ?? '')));
    }
  }
  return languages;
}

/** Columns beyond these are ignored: no corpus has that many, and a file that does is not a corpus. */
const MOST_COLUMNS = 16;

/**
 * Rejects names that the text contradicts: fewer columns than names, or two languages in the opposite order.
 * @param by who named the columns, for the message
 */
export function checkColumns(names: ColumnLanguages, found: ColumnLanguages, where: string, by: string): void {
  if (names.length > found.length) {
    throw new InputError(
      `${by} names ${names.length} columns (${names.join(',')}), but there ${found.length === 1 ? 'is only one' : `are ${found.length}`}`,
      {
        where,
        remedy: 'columns are separated by one tab',
      },
    );
  }
  const codes = names.map((name) => languageCode(name ?? ''));
  for (let a = 0; a < codes.length; a++) {
    for (let b = a + 1; b < codes.length; b++) {
      if (codes[a] !== codes[b] && codes[a] === found[b] && codes[b] === found[a]) {
        throw new InputError(
          `${by} says ${names.join(',')}, but column ${a + 1} is in ${found[a]} and column ${b + 1} in ${found[b]}`,
          {
            where,
            remedy: `--columns ${names.map((name, i) => (i === a ? names[b] : i === b ? names[a] : name)).join(',')}`,
          },
        );
      }
    }
  }
}

/**
 * Which columns are source and target: those requested by name; else Italian and English if both are present; else the
 * first two whose language is known, in order.
 * @throws InputError if that does not decide it
 */
export function chooseSides(
  columns: ColumnLanguages,
  wanted: { readonly source?: string | undefined; readonly target?: string | undefined },
  where: string,
): readonly [source: number, target: number] {
  const known = [...new Set(columns.filter((c): c is string => c !== undefined && c !== '-'))];
  const shown = columns.map((column) => column ?? '?').join(',');
  const find = (language: string, flag: string): number => {
    const at = columns.findIndex((c) => c !== undefined && languageCode(c) === languageCode(language));
    if (at >= 0) return at;
    throw new InputError(`no column is in ${language} (columns: ${shown})`, {
      where,
      remedy: `name the columns (--columns it,en) or another ${flag}`,
    });
  };
  if (known.length < 2) {
    throw new InputError(`cannot detect the languages of its columns (${shown || 'none'})`, {
      where,
      remedy: 'name them in order: --columns it,en',
    });
  }
  const usual = known.some((c) => languageCode(c) === 'it') && known.some((c) => languageCode(c) === 'en');
  const [first, second] = usual ? ['it', 'en'] : (known as [string, string]);
  const other = (language: string) => (languageCode(language) === languageCode(first) ? second : first);
  const source = wanted.source ?? (wanted.target === undefined ? first : other(wanted.target));
  const target = wanted.target ?? other(source);
  const sides = [find(source, '--source'), find(target, '--target')] as const;
  if (sides[0] === sides[1]) throw new InputError(`source and target are both ${source}`, { where: '--target' });
  return sides;
}

/** `it` for `train.it`, `ita` for `train.ita.gz`; undefined if the extension (`.txt`) is not a common language code. */
export function languageOfExtension(path: string): string | undefined {
  const code = /\.([a-z]{2,3})(?:\.gz)?$/i.exec(path)?.[1];
  // Three letters count only if the language also has a two-letter code: `txt` is a language code too.
  return code !== undefined && languageCode(code).length === 2 && scriptLetters(code) !== undefined ? code : undefined;
}
