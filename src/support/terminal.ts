import type { Writable } from 'node:stream';
import { width } from './table.ts';

/** Where text for people goes: a stream of the process, or a test's stand-in. */
export type Terminal = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/**
 * The width of a terminal in cells; undefined if unknown. Some terminals report 0 (a serial line, a container without a
 * size), which also counts as unknown.
 */
export function columnsOf({ columns }: Pick<Terminal, 'columns'>): number | undefined {
  return columns !== undefined && columns >= 1 ? Math.floor(columns) : undefined;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: those that a terminal obeys, except line feed and tab
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/**
 * Makes text safe to print: escape sequences in a corpus or file name could clear the screen, set the title or hide
 * what follows. Each control character becomes its picture (U+001B is ␛); line feeds and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(control, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '␡' : '�';
  });
}

/** Colour codes, which our own drawings contain. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
const colour = /(\u001b\[[0-9;]*m)/;

/** Like `printable`, for drawings whose colours stay. */
export function printableDrawing(text: string): string {
  return text
    .split(colour)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join('');
}

/** The start of a line that fits into this many cells, with `…` where it was cut off. */
export function fitted(line: string, columns = Number.POSITIVE_INFINITY): string {
  if (columns === Number.POSITIVE_INFINITY || width(line) <= columns) return line;
  let shown = '';
  let cells = 0;
  for (const { segment } of graphemes.segment(line)) {
    cells += width(segment);
    if (cells >= columns) break;
    shown += segment;
  }
  return `${shown}…`;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
