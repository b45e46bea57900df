import type { Readable } from 'node:stream';
import { Argument, CommanderError, Option, Command as Parser } from 'commander';
import { z } from 'zod';
import {
  describeOptions,
  flagName,
  numberOf,
  type OptionInfo,
  type OptionSchema,
  type OptionSource,
  readConfigFile,
  resolveOptions,
  splitList,
} from '../config/options.ts';
import { InputError } from '../support/errors.ts';
import { shellWord } from '../support/shell.ts';
import type { Terminal } from '../support/terminal.ts';

/** The streams and switches of a command; the same in a terminal and in a test. */
export interface Context {
  readonly stdin: Readable & { isTTY?: boolean };
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly quiet: boolean;
  readonly json: boolean;
  readonly debug: boolean;
  /** The command line after `attn`. */
  readonly words: readonly string[];
  /** Aborted by the first Ctrl-C, for commands with `handlesInterrupt`. */
  readonly signal: AbortSignal;
  /** Output for programs and pipes: stdout, with a line end. */
  print(text: string): void;
  /** Like `print`, for drawings: their colours reach the terminal. */
  draw(text: string): void;
  /** Bulk output, unchanged: waits while its reader is slower. */
  write(text: string): Promise<void>;
  /** Messages for people: stderr, with a line end, silent under `--quiet`. */
  say(text: string): void;
}

/** One command: its help, its options, and what it does. */
export interface Command<S extends OptionSchema> {
  /** `train`, or two words: `data split`. */
  readonly name: string;
  readonly summary: string;
  /** Positional arguments in commander's notation: `<file>`, `[text...]`. */
  readonly arguments?: readonly { readonly name: string; readonly description: string }[];
  readonly options: S;
  /** Whether `--json` is offered. */
  readonly json?: boolean;
  /** Named sets of values that `--preset` chooses from; flags and `--config` override them. */
  readonly presets?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly examples?: readonly string[];
  /**
   * Options that apply if the command line, including its presets and config file, does not set them.
   * @param values set by the command line and its config file
   */
  recall?(values: Readonly<Record<string, unknown>>): OptionSource | undefined;
  /** Options of other programs for the same task, as people try them, and what to use here. */
  readonly foreignOptions?: Readonly<Record<string, string>>;
  /** The command watches `context.signal` and stops cleanly by itself on Ctrl-C. */
  readonly handlesInterrupt?: boolean;
  /** A signal is the normal way to end the command, not a failure: a server then exits with code 0. */
  readonly endsBySignal?: boolean;
  run(options: z.output<S>, positional: readonly string[], context: Context): Promise<void>;
}

/** A command without its schema type, for the list of all commands. */
export interface AnyCommand extends Omit<Command<OptionSchema>, 'run'> {
  run(options: never, positional: readonly string[], context: Context): Promise<void>;
}

/** A command in the overview; its code is loaded when it is called, so that each starts as fast as possible. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
}

/** Types a command from its own schema. */
export function defineCommand<S extends OptionSchema>(command: Command<S>): Command<S> {
  return command;
}

/** The result of parsing a command line: ready to run, or text that was requested (`--help`). */
export type ParsedCall =
  | { readonly help: string }
  | {
      readonly options: never;
      readonly positional: string[];
      readonly quiet: boolean;
      readonly json: boolean;
      readonly debug: boolean;
      /** Notices about options given under their old names. */
      readonly notices: readonly string[];
    };

/**
 * Parses the words after a command's name. A `.yaml` file as the first word of a command without positional arguments
 * is its config file (`attn train run.yaml --score dot`).
 * @throws InputError for unknown flags, missing values and invalid values
 */
export function parseCall(command: AnyCommand, words: readonly string[]): ParsedCall {
  let help = '';
  const infos = describeOptions(command.options);
  const parser = new Parser(`attn ${command.name}`)
    .description(command.summary)
    .helpOption('-h, --help', 'show this help');
  parser.exitOverride().configureOutput({
    writeOut: (text) => {
      help += text;
    },
    writeErr: () => {},
  });
  for (const { name, description } of command.arguments ?? []) parser.addArgument(new Argument(name, description));
  if (!command.arguments) parser.addArgument(new Argument('[config]', 'a YAML file with any of the options below'));
  for (const info of infos) {
    if (info.formerly !== undefined) {
      parser.addOption(new Option(`${flagName(info.formerly)} <value>`).argParser(collect(info)).hideHelp());
    }
    if (info.kind !== 'boolean') {
      const option = new Option(flagSyntax(info), helpText(info)).argParser(collect(info));
      // commander treats every `--no-` as the negation of an option, including --no-repeat-ngram
      option.negate = false;
      parser.addOption(option);
      continue;
    }
    // Both forms, so that a flag can override a preset or a file; the help shows the one that is not the default.
    for (const flag of [info.flag, negated(info)]) {
      const text = flag === info.flag ? helpText(info) : `do not: ${helpText(info)}`;
      parser.addOption(new Option(flag, text).hideHelp(flag !== flagSyntax(info)));
    }
  }
  parser.option('--config <file>', 'a YAML file with any of these options, in camelCase', plainText);
  if (command.json) parser.option('--json', 'print the result as JSON');
  parser.option('--quiet', 'print only the result').option('--debug', 'show stack traces');
  if (command.examples) parser.addHelpText('after', `\nExamples:\n${command.examples.map((e) => `  ${e}`).join('\n')}`);
  try {
    parser.parse(words.map(protectedText), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') return { help };
    throw new InputError(error.message.replace(/^error: /, '').replaceAll('\n', '\n  '), {
      remedy: remedyFor(command, error),
    });
  }
  const flags = parser.opts<Record<string, unknown>>();
  const positional = parser.args.map(plainText);
  const firstWord = command.arguments ? undefined : positional[0];
  if (firstWord !== undefined && flags.config !== undefined) {
    throw new InputError(`two config files, ${firstWord} and ${flags.config}`, {
      where: '--config',
      remedy: 'name one of them',
    });
  }
  const configFile = (flags.config as string | undefined) ?? firstWord;
  const file = configFile === undefined ? [] : [readConfigFile(configFile)];
  const own = { values: pick(flags, infos), name: flagName };
  const notices: string[] = [];
  const given = Object.fromEntries(
    [...file, own].flatMap(({ values }) => Object.entries(values).filter(([, value]) => value !== undefined)),
  );
  const recalled = command.recall?.(given);
  const presetName = own.values.preset ?? file[0]?.values.preset ?? infos.find((i) => i.key === 'preset')?.default;
  const preset = command.presets?.[String(presetName)];
  const presets = preset ? [{ values: preset, name: (key: string) => `preset ${presetName}: ${key}` }] : [];
  return {
    options: resolveOptions(command.options, [...(recalled ? [recalled] : []), ...presets, ...file, own], (text) =>
      notices.push(text),
    ) as never,
    notices,
    positional: command.arguments ? positional : [],
    quiet: flags.quiet === true,
    json: flags.json === true,
    debug: flags.debug === true,
  };
}

/** No process argument can contain it. */
const TEXT_MARK = '\0';

/**
 * `- Ho fame.` is a sentence: a word that starts with a dash and contains a space is not an option, unless it starts
 * like a long one.
 */
function protectedText(word: string): string {
  return /^-(?!-[a-z]).*\s/is.test(word) ? TEXT_MARK + word : word;
}

function plainText(word: string): string {
  return word.startsWith(TEXT_MARK) ? word.slice(1) : word;
}

/** What to do about words that commander rejects. */
function remedyFor(command: AnyCommand, error: CommanderError): string {
  const help = `attn ${command.name} --help`;
  const option = error.code === 'commander.unknownOption' ? /'([^']*)'/.exec(error.message)?.[1] : undefined;
  if (option === undefined) return help;
  const foreign = command.foreignOptions?.[option.replace(/=.*/s, '')];
  if (foreign !== undefined) return foreign;
  const takesText = command.arguments?.some(({ name }) => name.includes('text')) === true;
  return takesText && !/^--[a-z]/i.test(option)
    ? `${help}; a text that begins with a dash: attn ${command.name} -- ${shellWord(option)}`
    : help;
}

function flagSyntax(info: OptionInfo): string {
  if (info.kind === 'boolean') return info.default === true ? negated(info) : info.flag;
  if (info.kind === 'list') return `${info.flag} <${info.choices ? 'list' : 'values'}...>`;
  return `${info.flag} <${info.kind === 'number' ? 'n' : 'value'}>`;
}

function negated(info: OptionInfo): string {
  return info.flag.replace('--', '--no-');
}

function helpText(info: OptionInfo): string {
  const notes = [
    ...(info.choices ? [info.choices.join(', ')] : []),
    ...(info.default === undefined || info.kind === 'boolean' ? [] : [`default: ${[info.default].flat().join(',')}`]),
  ];
  return notes.length === 0 ? info.description : `${info.description} (${notes.join('; ')})`;
}

/** Converts text from the command line to the type the schema expects. */
function collect(info: OptionInfo): (text: string, previous: unknown) => unknown {
  if (info.kind === 'number') return numberOf;
  if (info.kind === 'text') return plainText;
  return (text, previous) => [...(Array.isArray(previous) ? previous : []), ...splitList(info, text)];
}

function pick(flags: Record<string, unknown>, infos: readonly OptionInfo[]): Record<string, unknown> {
  const keys = infos.flatMap(({ key, formerly }) => [key, ...(formerly === undefined ? [] : [formerly])]);
  return Object.fromEntries(keys.map((key) => [key, flags[key]]));
}

/** A schema with no options, for commands that have none. */
export const noOptions = z.object({});
