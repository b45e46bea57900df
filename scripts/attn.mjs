#!/usr/bin/env node
// The `attn` command: loads what `npm run setup` built from src/.
import { existsSync } from 'node:fs';
import module from 'node:module';

const built = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(built)) {
  process.stderr.write('attn: not built yet\n  npm run setup\n');
  process.exit(2);
}
// compiled code is kept between runs (Node 22.1 and later)
module.enableCompileCache?.();
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));
const { main } = await import(built.href);
process.exitCode = await main(process.argv.slice(2));
