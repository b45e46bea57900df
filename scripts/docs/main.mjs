// Writes docs/api/: a page for every function and type of the library. `npm run docs`. TypeDoc needs TypeScript 5, so
// both are packages of this folder, installed the first time and when their lock has changed. A warning (a function
// without a description, a type that cannot be imported) is an error.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const lock = `${folder}package-lock.json`;
const installed = `${folder}node_modules/.attn-lock.json`;
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== readFileSync(lock, 'utf8')) {
  run('npm', ['ci', '--silent']);
  copyFileSync(lock, installed);
}
if (!process.argv.includes('--install-only')) {
  run(process.execPath, ['node_modules/typedoc/bin/typedoc', '--options', 'typedoc.json']);
}

function run(command, words) {
  const { status, error } = spawnSync(command, words, { cwd: folder, stdio: 'inherit' });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}
