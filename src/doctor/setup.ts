import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { InputError } from '../support/errors.ts';

/**
 * Runs set-up (`scripts/setup.mjs`, which needs no packages and so can run before everything else) in a separate
 * process. Its progress goes to stderr. Throws an InputError if it failed.
 * @param options.gpu also fetch TensorFlow for NVIDIA's GPUs
 */
export function runSetup(options: { readonly quiet: boolean; readonly gpu: boolean }): void {
  const script = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, [script, ...(options.gpu ? ['--gpu'] : [])], {
    stdio: ['ignore', 'inherit', options.quiet ? 'pipe' : 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new InputError(options.quiet ? stderr.trim() : 'set-up did not finish; see its output above');
}
