/** A column of a printed table: its heading and whether it is right-aligned, as for numbers. */
export interface Column {
  readonly heading: string;
  readonly align?: 'left' | 'right';
}

/** Rows as aligned text: two spaces between columns, a rule under the headings, no trailing spaces. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) => Math.max(width(column.heading), ...rows.map((row) => width(row[i] ?? ''))));
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, i) => {
        const cell = cells[i] ?? '';
        const space = ' '.repeat((widths[i] ?? 0) - width(cell));
        return column.align === 'right' ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  const rule = widths
    .map((w) => '─'.repeat(w))
    .join('  ')
    .trimEnd();
  return [line(columns.map((c) => c.heading)), rule, ...rows.map(line)].join('\n');
}

/** How many terminal cells a text takes: colours and combining marks take none, wide characters two. */
export function width(text: string): number {
  let cells = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
  for (const { segment } of graphemes.segment(text.replace(/\u001b\[[0-9;]*m/g, ''))) {
    cells +=
      /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return cells;
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
