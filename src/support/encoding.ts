import { shellWord } from './shell.ts';

/** The problem reported for text that cannot be decoded. */
export const NOT_UTF8 = 'not valid UTF-8';

/**
 * What to do about a file that is not UTF-8. Text files in an older encoding are nearly always Windows-1252: Latin-1
 * with curly quotes and dashes, which LATIN1 would turn into control characters.
 */
export function convertRemedy(file: string, from = 'CP1252'): string {
  const named = file === '-' || file === 'standard input' ? 'FILE' : shellWord(file);
  return `convert the file: iconv -f ${from} -t UTF-8 ${named} > NEW`;
}
