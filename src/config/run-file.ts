import { stringify } from 'yaml';
import { shellWord } from '../support/shell.ts';
import { describeOptions, type OptionInfo, readConfigFile, resolveOptions } from './options.ts';
import { completeRun, type Run, runSchema } from './run.ts';
import { runSections } from './run-options.ts';

/** The text of a run's `config.yaml`: every option with its value, enough to repeat the run. */
export function toYaml(run: Run): string {
  const values: Readonly<Record<string, unknown>> = run;
  return renderSections((info) =>
    values[info.key] === undefined ? [] : [`${info.key}: ${oneLine(values[info.key])}`],
  );
}

/**
 * Reads a `config.yaml`.
 * @throws InputError with file and line for what is missing, unknown or invalid
 */
export function readRun(path: string): Run {
  return completeRun(resolveOptions(runSchema, [readConfigFile(path)]));
}

/** The command that repeats a run: every option that differs from its default, the preset spelled out. */
export function toCommand(run: Run): string {
  const values: Readonly<Record<string, unknown>> = { ...run, preset: undefined };
  const flags = describeOptions(runSchema).flatMap(({ key, flag, default: usual }) => {
    const value = values[key];
    // the values that --from would otherwise set
    const takenOver = run.from !== undefined && (key === 'learningRate' || key === 'dropout');
    if (value === undefined || (value === usual && !takenOver)) return [];
    if (typeof value === 'boolean') return [value ? flag : flag.replace('--', '--no-')];
    return [`${flag} ${shellWord(String(value))}`];
  });
  return ['attn train', ...flags].join(' ');
}

/** A config file that lists every key with its default, its valid values and what it does. */
export function exampleYaml(): string {
  return renderSections((info) => {
    const choices = info.choices ? ` (${info.choices.join(', ')})` : '';
    const line = info.default === undefined ? `# ${info.key}:` : `${info.key}: ${oneLine(info.default)}`;
    return ['', `# ${info.description}${choices}`, line];
  });
}

/** A value as YAML on one line: further lines would have to be indented below the key. */
function oneLine(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value);
  return stringify(value, { lineWidth: 0, blockQuote: false }).trim();
}

/** Sections in order, each under its title; empty ones are left out. */
function renderSections(render: (info: OptionInfo) => readonly string[]): string {
  const infos = new Map(describeOptions(runSchema).map((info) => [info.key, info]));
  const sections = runSections.map(({ title, options }) => ({
    title,
    lines: Object.keys(options).flatMap((key) => render(infos.get(key) as OptionInfo)),
  }));
  return sections
    .filter(({ lines }) => lines.length > 0)
    .map(({ title, lines }) => `# ${title}\n${lines.join('\n')}\n`)
    .join('\n');
}
