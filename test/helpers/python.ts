import { spawnSync } from 'node:child_process';

/**
 * A Python that has some modules: the one in ATTN_PYTHON, or `python3`.
 * @returns its path, or why a test that needs it is skipped
 */
export function pythonWith(...modules: readonly string[]): { readonly python: string } | { readonly skip: string } {
  for (const python of [process.env.ATTN_PYTHON ?? '', 'python3']) {
    if (python !== '' && spawnSync(python, ['-c', `import ${modules.join(', ')}`]).status === 0) return { python };
  }
  return { skip: `neither ATTN_PYTHON nor python3 has ${modules.join(' and ')}` };
}
