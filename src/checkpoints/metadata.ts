import { z } from 'zod';
import { withCurrentNames } from '../config/options.ts';
import { defaultBatches, type Run, runSchema } from '../config/run.ts';
import { InputError } from '../support/errors.ts';
import { inPlainWords } from '../support/issues.ts';
import { dataFromHere } from './data-path.ts';
import { CHECKSUM, type Metadata } from './safetensors.ts';

/**
 * Reads one entry of a checkpoint's metadata.
 * @throws InputError that names the entry if it is missing, not JSON, or has the wrong shape: a person may have edited
 *   it
 */
export function entryOf<T>(metadata: Metadata, name: string, schema: z.ZodType<T>, path: string): T {
  const text = metadata[name];
  const remedy = 'name a model written by attn train; docs/formats.md describes the metadata';
  if (text === undefined) throw new InputError(`its metadata has no '${name}'`, { where: path, remedy });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`'${name}' in its metadata is not JSON`, { where: path, remedy, cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = [name, ...(issue?.path ?? [])].join('.');
  throw new InputError(`'${key}' in its metadata: ${issue ? inPlainWords(issue) : 'not valid'}`, {
    where: path,
    remedy,
  });
}

/**
 * The options of the run that made a checkpoint, validated like those of a command line: no size is larger than attn
 * builds. Its data are a path relative to the working directory, or absolute.
 */
export function runOf(metadata: Metadata, path: string): Run {
  const written = withCurrentNames(runSchema, entryOf(metadata, 'run', z.looseObject({ out: z.string() }), path));
  const renamed = { ...metadata, run: JSON.stringify(written) };
  const options = entryOf(renamed, 'run', runSchema, path);
  const { batchTokens = defaultBatches.cpu.batchTokens, maxShapes = defaultBatches.cpu.maxShapes } = options;
  const run = { ...written, ...options, batchTokens, maxShapes, out: written.out };
  return run.data === undefined ? run : { ...run, data: dataFromHere(run.data, path) };
}

/**
 * @throws InputError for a file of another kind, and for one whose checksum entry was renamed: a file without any was
 *   changed on purpose (docs/formats.md)
 */
export function checkKind(metadata: Metadata, kind: string, path: string): void {
  if (metadata.kind !== kind) {
    throw new InputError(`not a checkpoint of this kind: it says '${metadata.kind ?? ''}', not '${kind}'`, {
      where: path,
      remedy: 'name a run folder written by attn train',
    });
  }
  if (metadata[CHECKSUM] !== undefined) return;
  const misnamed = Object.keys(metadata).find((name) => name !== 'data' && /^[0-9a-f]{64}$/.test(metadata[name] ?? ''));
  if (misnamed === undefined) return;
  throw new InputError(`its checksum is named '${misnamed}', not '${CHECKSUM}'`, {
    where: path,
    remedy: 'use another copy of the file; if you changed it on purpose, remove its checksum',
  });
}
