#!/usr/bin/env node
// The `attn` command: loads what `npm run setup` built from src/. If that cannot be loaded, this file itself reports
// why.
import { existsSync } from 'node:fs';
import module from 'node:module';

function giveUp(message, remedy, exitCode) {
  process.stderr.write(`attn: ${message}\n  ${remedy}\n`);
  process.exit(exitCode);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  giveUp(`Node ${process.version} is too old`, 'install Node 20 or newer', 2);
}
const built = new URL('../dist/cli/process.js', import.meta.url);
if (!existsSync(built)) giveUp('not built yet', 'npm run setup', 2);
// compiled code is cached between runs (Node 22.1 and later)
module.enableCompileCache?.();
try {
  const { runProcess } = await import(built.href);
  await runProcess(process.argv.slice(2));
} catch (error) {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  giveUp(
    'the system does not let this process open more files',
    'allow more, then run the same command again: ulimit -n 1024',
    1,
  );
}
