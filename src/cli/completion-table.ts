import { describeOptions, type OptionInfo } from '../config/options.ts';
import { asCalled } from '../support/program.ts';
import type { CommandEntry } from './command.ts';

/** What may follow a flag: nothing, a file or folder, one of several words, or any number or text. */
export type FlagValue = 'none' | 'path' | 'other' | readonly string[];

/** A flag for shell completion. */
export interface CompletedFlag {
  readonly name: string;
  readonly summary: string;
  readonly value: FlagValue;
}

/** A command for shell completion. */
export interface CompletedCommand {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** The possible words of its first argument; undefined if that is a file or a text. */
  readonly words?: readonly string[];
}

/** The shells with completion. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Every command with its flags, from the tables that define the parser and the help. */
export function completionTable(entries: readonly CommandEntry[]): Promise<CompletedCommand[]> {
  return Promise.all(
    entries.map(async ({ name, summary, load }) => {
      const command = await load();
      const flags = [
        ...describeOptions(command.options).flatMap(flagsOf),
        { name: '--config', summary: 'a YAML file with any of these options', value: 'path' as const },
        ...(command.json ? [switchOf('--json', 'print the result as JSON')] : []),
        switchOf('--quiet', 'print only the result'),
        switchOf('--debug', 'show stack traces'),
        switchOf('--help', 'show the help'),
      ];
      return { name, summary: asCalled(summary), flags, ...(name === 'completion' && { words: shells }) };
    }),
  );
}

function flagsOf({ flag, description, kind, choices }: OptionInfo): CompletedFlag[] {
  if (kind === 'boolean') {
    return [switchOf(flag, description), switchOf(flag.replace('--', '--no-'), `do not: ${description}`)];
  }
  return [{ name: flag, summary: description, value: choices ?? (kind === 'number' ? 'other' : 'path') }];
}

function switchOf(name: string, summary: string): CompletedFlag {
  return { name, summary, value: 'none' };
}

/** Commands of two words by their first: `data`, with `split`, `stats`... */
export function groupsOf(table: readonly CompletedCommand[]): ReadonlyMap<string, readonly CompletedCommand[]> {
  const groups = new Map<string, CompletedCommand[]>();
  for (const command of table) {
    const [first = '', second] = command.name.split(' ');
    if (second !== undefined) groups.set(first, [...(groups.get(first) ?? []), command]);
  }
  return groups;
}

/** The possible first words of a command line, with what they do. */
export function firstWords(table: readonly CompletedCommand[]): { readonly name: string; readonly summary: string }[] {
  const names = new Map<string, string>();
  for (const [first, members] of groupsOf(table)) {
    names.set(first, members.map(({ name }) => name.slice(first.length + 1)).join(', '));
  }
  for (const { name, summary } of table) if (!name.includes(' ')) names.set(name, summary);
  return [...names].map(([name, summary]) => ({ name, summary }));
}
