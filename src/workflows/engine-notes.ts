import { setupProblems } from '../tensor/location.ts';
import type { Runtime } from '../tensor/runtime.ts';

/** Why training is slow, if the reason is that TensorFlow cannot be used. */
export function engineNotes({ backend }: Pick<Runtime, 'backend'>, problems = setupProblems()): string[] {
  if (backend !== 'wasm') return [];
  const reasons = problems.map(({ what, remedy }) => ` ${what} (${remedy})`);
  return [`warning: on WebAssembly, 6 to 11 times slower than TensorFlow:${reasons.join(';')}`];
}

/**
 * Why a resumed training does not give the same numbers as one that was never stopped, if the reason is other kernels.
 * @param before those it was saved with; undefined if nothing is resumed
 */
export function kernelNotes({ kernels }: Pick<Runtime, 'kernels'>, before: string | undefined): string[] {
  if (before === undefined || before === kernels) return [];
  return [
    `saved with the kernels '${before}', resumed with '${kernels}': the last digits will differ from those of a training that was not stopped (ATTN_KERNELS=${before} keeps them, where this machine has those)`,
  ];
}
