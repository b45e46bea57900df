import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InputError } from './errors.ts';
import { readFailure } from './file-failures.ts';
import { firstIssue } from './issues.ts';

/**
 * Reads a JSON file of attn's own and validates it: a person, a disk fault or an older version may have changed it.
 * @param writer the command that writes such files: `attn sweep`
 * @throws InputError if the file cannot be read, is not JSON, or lacks a required value
 */
export function readJsonFile<S extends z.ZodType>(
  path: string,
  schema: S,
  writer: string,
  remedy = 'remove the file',
): z.output<S> {
  const refuse = (message: string, cause?: unknown) => new InputError(message, { where: path, remedy, cause });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw refuse(`is not what ${writer} writes`, error);
    throw readFailure(path, error);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw refuse(`is not what ${writer} writes: ${firstIssue(result.error)}`, result.error);
}

/** A number read from JSON, which writes infinity as null. */
export const jsonNumber = z.number().or(z.null().transform(() => Number.POSITIVE_INFINITY));
