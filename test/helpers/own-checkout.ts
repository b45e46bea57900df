import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';

const scratch = mkdtempSync(join(tmpdir(), 'attn-checkout-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** What a process of `inCheckout` finds. */
export interface CheckoutOptions {
  /** A tfjs-node with this set-up record and this code, instead of the real one. */
  readonly tfjsNode?: { readonly record?: object; readonly main?: string } | undefined;
  /** Variables besides this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The folder of a separate checkout with these files. Node must not resolve links (`--preserve-symlinks`), so that the
 * sources look for packages beside this checkout.
 */
export function ownCheckout(tfjsNode?: CheckoutOptions['tfjsNode']): string {
  const root = mkdtempSync(join(scratch, 'checkout-'));
  const link = (name: string) => symlinkSync(resolve(name), join(root, name));
  for (const name of ['src', 'test', 'scripts', 'package.json', 'tsconfig.json']) link(name);
  if (tfjsNode === undefined) link('node_modules');
  else {
    mkdirSync(join(root, 'node_modules/@tensorflow/tfjs-node/lib'), { recursive: true });
    for (const folder of ['node_modules', 'node_modules/@tensorflow']) {
      for (const name of readdirSync(folder)) {
        if (!['@tensorflow', 'tfjs-node'].includes(name)) link(join(folder, name));
      }
    }
    const write = (name: string, text: string) =>
      writeFileSync(join(root, 'node_modules/@tensorflow/tfjs-node', name), text);
    write('package.json', '{ "name": "@tensorflow/tfjs-node", "main": "main.js" }');
    write('main.js', tfjsNode.main ?? '');
    if (tfjsNode.record) write('lib/attn-setup.json', JSON.stringify(tfjsNode.record));
  }
  return root;
}

/** Runs a module's text in a separate process, in a separate checkout with these sources. */
export function inCheckout(code: string, words: readonly string[], { tfjsNode, env }: CheckoutOptions = {}) {
  const flags = ['--preserve-symlinks', '--import', 'tsx', '--input-type=module', '--eval', code];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, ...words], {
    ...{ cwd: ownCheckout(tfjsNode), encoding: 'utf8', env: { ...process.env, ...env } },
  });
  return { status, stdout, stderr };
}

/** Runs an attn command in a separate process, beside a tfjs-node in the given state (or the real one). */
export function attn(words: readonly string[], tfjsNode?: CheckoutOptions['tfjsNode'], env = {}) {
  const run = `const { main } = await import('./src/cli/main.ts'); process.exitCode = await main(process.argv.slice(1));`;
  return inCheckout(run, words, { tfjsNode, env });
}
