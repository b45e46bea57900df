import { createInterface } from 'node:readline';
import type { LineBatch } from '../corpus/lines.ts';
import type { Context } from './command.ts';

/** Lines that arrive in quick succession are handled together, up to this many. */
const MOST_LINES = 4096;

/** What "quick succession" means, in milliseconds. */
const PAUSE = 5;

/**
 * Lines as they arrive: a single line is passed on at once, so that a program that writes lines slowly into a pipe gets
 * an answer to each, and those that arrive meanwhile are passed on together.
 */
export async function* linesTogether(batches: AsyncIterable<LineBatch>): AsyncGenerator<LineBatch> {
  const iterator = batches[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<LineBatch>> => {
    const answer = iterator.next();
    // a failure surfaces when the answer is awaited, which may be later
    answer.catch(() => {});
    return answer;
  };
  let next = ask();
  let lines: readonly (string | null)[] = [];
  let firstLine = 1;
  for (let ended = false; !ended || lines.length > 0; ) {
    while (!ended && lines.length < MOST_LINES) {
      const result = await (lines.length === 0 ? next : Promise.race([next, pause()]));
      if (result === undefined) break;
      if (result.done === true) {
        ended = true;
      } else {
        lines = [...lines, ...result.value.lines];
        next = ask();
      }
    }
    if (lines.length > 0) yield { firstLine, lines: lines.slice(0, MOST_LINES) };
    firstLine += Math.min(lines.length, MOST_LINES);
    lines = lines.slice(MOST_LINES);
  }
}

function pause(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE, undefined));
}

/** Lines that a person types at a prompt, one by one, until Ctrl-D. */
export async function* typedLines({ stdin, stderr }: Context): AsyncGenerator<LineBatch> {
  const prompt = createInterface({ input: stdin, output: stderr, prompt: '> ' });
  let firstLine = 1;
  prompt.prompt();
  for await (const line of prompt) {
    yield { firstLine: firstLine++, lines: [line] };
    prompt.prompt();
  }
  stderr.write('\n');
}
