import { readFileSync, readlinkSync } from 'node:fs';
import { systemFailure } from '../support/system-failure.ts';
import { main } from './main.ts';

/**
 * Runs `attn` as this process: its arguments, its streams, its exit code. Stream errors are reported here, because they
 * occur outside of any command.
 */
export async function runProcess(words: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // a reader that has seen enough: `attn ... | head`
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.write(`attn: ${systemFailure(error, 'standard output')?.describe() ?? error.message}\n`);
    process.exit(1);
  });
  // messages that nobody can read any more are no reason to stop
  process.stderr.on('error', () => {});
  if (outputIsLost()) sayWhenWritten();
  process.exitCode = await main(words);
}

function sayWhenWritten(): void {
  const { stdout } = process;
  const { write } = stdout;
  stdout.write = ((...call: Parameters<typeof write>) => {
    stdout.write = write;
    process.stderr.write('attn: standard output is closed or /dev/null, so the result is lost\n');
    return stdout.write(...call);
  }) as typeof write;
}

/**
 * Whether standard output is a `/dev/null` that is also open for reading, with which Node replaces a closed one. A
 * parent that wants no output may pass the same: a reason for a notice, not for a failure. Seen on Linux only.
 */
function outputIsLost(): boolean {
  try {
    if (readlinkSync('/proc/self/fd/1') !== '/dev/null') return false;
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/1', 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & 3) === 2;
  } catch {
    return false;
  }
}
