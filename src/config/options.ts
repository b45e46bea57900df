import { z } from 'zod';
import { InputError } from '../support/errors.ts';
import { inPlainWords } from '../support/issues.ts';
import { didYouMean } from '../support/nearest.ts';
import { readYamlFile } from './yaml-file.ts';

/** The options of a command: one zod object that defines the flags, the keys of `--config`, the help and the docs. */
export type OptionSchema = z.ZodObject<Record<string, z.ZodType>>;

/** What the command line needs to know about one option, read from its schema. */
export interface OptionInfo {
  /** The key in a config file, camelCase. */
  readonly key: string;
  /** The flag on the command line, kebab-case with its dashes. */
  readonly flag: string;
  readonly description: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'list';
  /** The valid values of an enumeration. */
  readonly choices?: readonly string[];
  readonly default: unknown;
  /** The option's key in the previous version, which still works. */
  readonly formerly?: string;
  /** If a source sets one option of a group, it replaces the whole group as set by earlier sources. */
  readonly group?: string;
  readonly schema: z.ZodType;
}

/** `batchTokens` to `--batch-tokens`. */
export function flagName(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Every option of a schema, in the order of declaration. */
export function describeOptions(schema: OptionSchema): OptionInfo[] {
  return Object.entries(schema.shape).map(([key, field]) => {
    const { inner, fallback } = unwrap(field);
    const element = inner instanceof z.ZodArray ? unwrap(inner.element as z.ZodType).inner : inner;
    const choices = element instanceof z.ZodEnum ? element.options.map(String) : undefined;
    const kind =
      inner instanceof z.ZodArray
        ? 'list'
        : inner instanceof z.ZodBoolean
          ? 'boolean'
          : inner instanceof z.ZodNumber
            ? 'number'
            : 'text';
    const description = field.description ?? inner.description ?? '';
    const { formerly, group } = (field.meta() ?? {}) as { formerly?: string; group?: string };
    return {
      key,
      flag: flagName(key),
      description,
      kind,
      ...(choices && { choices }),
      default: fallback,
      ...(formerly !== undefined && { formerly }),
      ...(group !== undefined && { group }),
      schema: field,
    };
  });
}

/** Converts a flag's text to the number the schema expects; other text stays, so that the schema rejects it. */
export function numberOf(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** A list written as one text, separated by commas. */
export function splitList({ schema }: Pick<OptionInfo, 'schema'>, text: string): (number | string)[] {
  const numeric = schema.safeParse([1]).success && !schema.safeParse(['a']).success;
  const items = text.split(',').map((item) => item.trim());
  return numeric ? items.map(numberOf) : items;
}

/** Where a value came from, for error messages. */
export interface OptionSource {
  readonly values: Readonly<Record<string, unknown>>;
  /** How an error names an option of this source: `--batch-tokens` or `run.yaml:7: batchTokens`. */
  readonly name: (key: string) => string;
}

/** The current name of an option that may be given by its name of the previous version. */
export function currentName(schema: OptionSchema, key: string): string {
  return key in schema.shape ? key : (describeOptions(schema).find(({ formerly }) => formerly === key)?.key ?? key);
}

/** Values under their current names, where some may have names of the previous version. */
export function withCurrentNames<T extends object>(schema: OptionSchema, values: T): T {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [currentName(schema, key), value])) as T;
}

/** Warns a program that uses attn as a library about an old name. */
function warnOfOldName(text: string): void {
  process.emitWarning(text, 'DeprecationWarning');
}

/**
 * Merges sources (later ones win, by option or by group) over the schema's defaults and validates every value. A list
 * may be one text, as on the command line. A custom issue of the schema (two options that conflict) is reported in its
 * own words, with `params.remedy`.
 * @param onOldName called for each value given under its old name
 * @throws InputError that names the source, the value and what would be valid
 */
export function resolveOptions<S extends OptionSchema>(
  schema: S,
  sources: readonly OptionSource[],
  onOldName: (text: string) => void = warnOfOldName,
): z.output<S> {
  const infos = describeOptions(schema);
  const keys = infos.map(({ key }) => key);
  const merged: Record<string, unknown> = {};
  const origin: Record<string, OptionSource> = {};
  for (const source of sources) {
    const names = (group: string) => infos.some((one) => one.group === group && source.values[one.key] !== undefined);
    for (const { key, group } of infos) if (group !== undefined && names(group)) delete merged[key];
    for (const [given, value] of Object.entries(source.values)) {
      if (value === undefined) continue;
      const info = infos.find((one) => one.key === given) ?? infos.find((one) => one.formerly === given);
      if (info === undefined) {
        throw new InputError(`unknown option '${given}'`, {
          where: source.name(given),
          remedy: `${didYouMean(given, keys)}valid options: ${keys.join(', ')}`,
        });
      }
      const { key } = info;
      if (given !== key) {
        const name = source.name(given).startsWith('--') ? info.flag : key;
        if (source.values[key] !== undefined) {
          throw new InputError(`is the old name of ${name}, and both are given`, {
            where: source.name(given),
            remedy: 'leave out the old one',
          });
        }
        onOldName(`${source.name(given)} is now called ${name}; the old name works for this version only`);
      }
      const oneText = info.kind === 'list' && ['string', 'number'].includes(typeof value);
      merged[key] = oneText ? splitList(info, String(value)) : value;
      origin[key] = { ...source, name: () => source.name(given) };
    }
  }
  for (const [key, value] of Object.entries(merged)) {
    if (!Array.isArray(value) || !value.includes('')) continue;
    throw new InputError('has an empty item', { where: origin[key]?.name(key) ?? key });
  }
  const result = schema.safeParse(merged);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const key = String(issue?.path[0] ?? '');
  const where = origin[key]?.name(key) ?? flagName(key);
  if (issue?.code === 'custom') throw new InputError(issue.message, { where, remedy: issue.params?.remedy });
  const field = schema.shape[key];
  const choices = infos.find((one) => one.key === key)?.choices;
  if (merged[key] === undefined) {
    throw new InputError('is required', { where, remedy: field?.description });
  }
  // of a list, the item that is wrong
  const listed =
    choices && Array.isArray(merged[key]) ? merged[key].find((item) => !choices.includes(item)) : undefined;
  const given = listed ?? merged[key];
  // JSON has no NaN and no Infinity
  const value = typeof given === 'number' ? String(given) : JSON.stringify(given);
  throw choices
    ? new InputError(`${value} is not one of ${choices.join(', ')}`, {
        where,
        remedy: didYouMean(String(given), choices).trim() || undefined,
      })
    : new InputError(`${value}: ${issue === undefined ? 'not valid' : inPlainWords(issue)}`, { where });
}

/** Reads a YAML config file whose keys are camelCase option names; errors name the file and line. */
export function readConfigFile(path: string): OptionSource {
  const { values, where } = readYamlFile(path, 'a config file is YAML; docs/config.md shows every key');
  return { values, name: (key) => `${where(key)}: ${key}` };
}

/** Removes `.default()` and `.optional()` from a schema. */
function unwrap(schema: z.ZodType): { inner: z.ZodType; fallback: unknown } {
  let inner = schema;
  let fallback: unknown;
  for (;;) {
    if (inner instanceof z.ZodDefault) {
      fallback ??= inner.def.defaultValue;
      inner = inner.def.innerType as z.ZodType;
    } else if (inner instanceof z.ZodOptional || inner instanceof z.ZodNullable || inner instanceof z.ZodReadonly) {
      inner = inner.unwrap() as z.ZodType;
    } else {
      return { inner, fallback };
    }
  }
}
