import { existsSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AttnError, InputError } from '../support/errors.ts';
import { writeFailure } from '../support/file-failures.ts';
import { makeFolder } from '../support/files.ts';
import { refuseForeign } from '../support/foreign-files.ts';
import { temporaryPath } from '../support/temporary-names.ts';

/** What `attn export` writes, each by a file that nothing else has. */
const exports = {
  'model.safetensors': 'a model',
  'service-worker.js': 'a page',
  'decoder_model.onnx': 'ONNX models',
} as const;

/** @throws InputError for a folder that holds an earlier export */
export function refuseEarlierExport(out: string): void {
  for (const [file, what] of Object.entries(exports)) {
    if (!existsSync(join(out, file))) continue;
    throw new InputError(`already holds ${what}`, { where: out, remedy: 'remove it, or name another folder' });
  }
}

/** @throws InputError for a folder that is not empty: it says so if an earlier export is in it */
export function checkExportFolder(out: string): void {
  refuseEarlierExport(out);
  refuseForeign(out);
}

/**
 * Writes a folder whose files belong together: into a temporary one beside it, so that a failure leaves nothing behind.
 * @param fill writes the files into the folder that it is given
 * @throws what `fill` throws, and like `writeFileAtomic`
 */
export async function writeExportFolder<T>(out: string, fill: (made: string) => Promise<T>): Promise<T> {
  const made = temporaryPath(out);
  try {
    makeFolder(made);
    const result = await fill(made);
    makeFolder(out);
    for (const name of readdirSync(made)) renameSync(join(made, name), join(out, name));
    rmdirSync(made);
    return result;
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    throw error instanceof AttnError ? error : writeFailure(out, error);
  }
}
