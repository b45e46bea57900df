import { columnsOf, fitted, printable } from '../support/terminal.ts';
import type { Context } from './command.ts';

/** A line for people that is written over itself. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** One line that says how far the work is, where a person is watching; elsewhere, and under `--quiet`, nothing. */
export function progressLine({ stderr, quiet }: Pick<Context, 'stderr' | 'quiet'>): ProgressLine {
  if (quiet || stderr.isTTY !== true) return { show: () => {}, clear: () => {} };
  return {
    // a line as wide as the terminal would go on below
    show: (text) => void stderr.write(`\r\u001b[K${fitted(printable(text), (columnsOf(stderr) ?? 80) - 1)}`),
    clear: () => void stderr.write('\r\u001b[K'),
  };
}
