import { once } from 'node:events';
import { AlreadySaid, InputError } from '../support/errors.ts';
import { didYouMean } from '../support/nearest.ts';
import { asCalled } from '../support/program.ts';
import { systemFailure } from '../support/system-failure.ts';
import { printable, printableDrawing } from '../support/terminal.ts';
import { type CommandEntry, type Context, parseCall } from './command.ts';
import { commands } from './commands/index.ts';

/** The streams of a process, or a test's stand-ins. */
export type Streams = Pick<Context, 'stdin' | 'stdout' | 'stderr'>;

/**
 * Ctrl-C, the signal of `kill` and of a shutdown, and the one of a terminal that was closed or disconnected. (Node
 * undoes what `nohup` sets, so nothing is lost there.)
 */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const signals = Object.keys(exitCodes) as (keyof typeof exitCodes)[];

/**
 * Runs one command line (the words after `attn`).
 * @returns the exit code: 0; 1 a failed run; 2 a wrong call or bad input; 130 interrupted, 143 terminated (SIGTERM),
 *   129 terminal closed (SIGHUP)
 */
export async function main(words: readonly string[], streams: Streams = process): Promise<number> {
  const debug = words.includes('--debug');
  const interrupt = new AbortController();
  let interrupted = 0;
  let onInterrupt: ((signal: NodeJS.Signals) => void) | undefined;
  try {
    if (words[0] === 'help') words = helpWords(words.slice(1));
    if (words.length === 0 || words[0] === '--help' || words[0] === '-h') {
      streams.stdout.write(overview(commands, ''));
      return 0;
    }
    if (['--version', '-V', '-v', 'version'].includes(words[0] ?? '')) {
      streams.stdout.write(`${(await import('../support/version.ts')).version}\n`);
      return 0;
    }
    const entry = findCommand(words);
    if (entry === undefined) {
      const group = commands.filter((c) => c.name.startsWith(`${words[0]} `));
      if (group.length > 0 && (words.length === 1 || words[1]?.startsWith('-'))) {
        streams.stdout.write(overview(group, ` ${words[0]}`));
        return words.length === 1 ? 2 : 0;
      }
      const name = words.slice(0, group.length > 0 ? 2 : 1).join(' ');
      const names = (group.length > 0 ? group : commands).map((c) => c.name);
      throw new InputError(`unknown command '${name}'`, {
        remedy: `${didYouMean(name, names)}commands: ${names.join(', ')}`,
      });
    }
    const command = await entry.load();
    const call = parseCall(command, words.slice(entry.name.split(' ').length));
    if ('help' in call) {
      streams.stdout.write(asCalled(call.help));
      return 0;
    }
    if (!call.quiet) for (const notice of call.notices) streams.stderr.write(`attn: ${notice}\n`);
    if (command.handlesInterrupt) {
      onInterrupt = (signal) => {
        if (interrupt.signal.aborted) process.exit(interrupted);
        interrupted = exitCodes[signal as keyof typeof exitCodes];
        interrupt.abort();
      };
      for (const signal of signals) process.on(signal, onInterrupt);
    }
    await command.run(call.options, call.positional, {
      ...{ stdin: streams.stdin, stdout: streams.stdout, stderr: streams.stderr },
      ...{ quiet: call.quiet, json: call.json, debug: call.debug, words, signal: interrupt.signal },
      ...outputs(streams, call.quiet),
    });
    return command.endsBySignal ? 0 : interrupted;
  } catch (error) {
    if (error instanceof AlreadySaid) return error.exitCode;
    const known = systemFailure(error);
    const text = known?.describe() ?? `internal error: ${error instanceof Error ? error.message : String(error)}`;
    streams.stderr.write(`attn: ${printable(asCalled(text))}\n`);
    if (debug && error instanceof Error) streams.stderr.write(`${error.stack}\n`);
    else if (!known) streams.stderr.write('  run again with --debug to see where it happened, and please report it\n');
    return known?.exitCode ?? 1;
  } finally {
    if (onInterrupt) for (const signal of signals) process.off(signal, onInterrupt);
  }
}

/** All output of a command goes through here: a terminal receives no control characters. */
function outputs({ stdout, stderr }: Streams, quiet: boolean): Pick<Context, 'print' | 'draw' | 'write' | 'say'> {
  const shown = (text: string) => (stdout.isTTY === true ? printable(text) : text);
  return {
    print: (text) => void stdout.write(`${shown(text)}\n`),
    draw: (text) => void stdout.write(`${printableDrawing(text)}\n`),
    write: async (text) => {
      if (!stdout.write(shown(text))) await once(stdout, 'drain');
    },
    say: (text) => void (quiet || stderr.write(`${printable(asCalled(text))}\n`)),
  };
}

/** `attn help train` is `attn train --help`. */
function helpWords(words: readonly string[]): readonly string[] {
  return words.length === 0 ? words : [...words, '--help'];
}

/** The command with the longest name that the words begin with. */
export function findCommand(words: readonly string[]): CommandEntry | undefined {
  return commands.find((c) => c.name === `${words[0]} ${words[1]}`) ?? commands.find((c) => c.name === words[0]);
}

function overview(list: readonly CommandEntry[], group: string): string {
  const width = Math.max(0, ...list.map((c) => c.name.length));
  const lines = list.map((c) => `  ${c.name.padEnd(width)}  ${c.summary}`);
  return asCalled(
    `attn: train, compare, inspect and ship small translation models\n\nUsage: attn${group} COMMAND [options]\n\n${lines.join('\n')}\n\nEvery command has --help. To start: attn demo\n`,
  );
}
