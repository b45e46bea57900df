import { fileURLToPath } from 'node:url';

/** The words that start `attn` in a process of its own: from `dist/` as a user has it, from the sources as tests run them. */
export function attnCommand(): readonly string[] {
  if (!import.meta.url.endsWith('.ts')) {
    return [process.execPath, fileURLToPath(new URL('../../scripts/attn.mjs', import.meta.url))];
  }
  const entry = new URL('../cli/main.ts', import.meta.url).href;
  const start = `import('${entry}').then(async ({ main }) => { process.exitCode = await main(process.argv.slice(1)); })`;
  return [process.execPath, '--import', import.meta.resolve('tsx'), '--eval', start, '--'];
}
