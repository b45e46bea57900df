import { Readable, Writable } from 'node:stream';
import { main } from '../../src/cli/main.ts';

/** Runs a command line in this process. @returns its exit code and its output */
export async function attn(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const sink = (which: 'out' | 'err') =>
    new Writable({
      write(chunk, _, done) {
        texts[which] += String(chunk);
        done();
      },
    });
  const code = await main(words, { stdin: Readable.from([]), stdout: sink('out'), stderr: sink('err') });
  return { code, ...texts };
}
