import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InputError } from '../support/errors.ts';

/**
 * Runs set-up (`scripts/setup.mjs`, which needs no packages and so can run before everything else) in a separate
 * process. Its progress goes to stderr. Throws an InputError if it failed.
 * @param options.gpu also fetch TensorFlow for NVIDIA's GPUs
 * @param options.mpi also fetch an MPI
 */
export function runSetup(options: { readonly quiet: boolean; readonly gpu: boolean; readonly mpi: boolean }): void {
  const script = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
  const flags = [...(options.gpu ? ['--gpu'] : []), ...(options.mpi ? ['--mpi'] : [])];
  const { status, stderr } = spawnSync(process.execPath, [script, ...flags], {
    stdio: ['ignore', 'inherit', options.quiet ? 'pipe' : 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new InputError(options.quiet ? stderr.trim() : 'set-up did not finish; see its output above');
}
