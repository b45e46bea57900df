import { columnsOf, fitted, printable } from '../support/terminal.ts';
import type { Context } from './command.ts';

/** A status line that overwrites itself. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** One line that shows the progress, if a person is watching; elsewhere, and under `--quiet`, nothing. */
export function progressLine({ stderr, quiet }: Pick<Context, 'stderr' | 'quiet'>): ProgressLine {
  if (quiet || stderr.isTTY !== true) return { show: () => {}, clear: () => {} };
  return {
    // a line as wide as the terminal would wrap
    show: (text) => void stderr.write(`\r\u001b[K${fitted(printable(text), (columnsOf(stderr) ?? 80) - 1)}`),
    clear: () => void stderr.write('\r\u001b[K'),
  };
}
