import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, say } from './problem.mjs';

/**
 * The npm packages of a checkout: `npm ci` if node_modules does not match package-lock.json. A package installed by npm
 * (attn as a dependency) has no lock file, so nothing is done.
 */
export function installPackages(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (wanted === undefined || installed(root, wanted)) return;
  say('installing the npm packages');
  const words = ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  // the npm that runs this script, if any: the user may have several
  const npm = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  const { status } = spawnSync(npm ? process.execPath : 'npm', npm ? [npm, ...words] : words, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: npm === undefined && process.platform === 'win32',
  });
  if (status === 0 && installed(root, wanted)) return;
  throw new Problem('npm ci failed (see its output above)', 'fix that or connect to the network, then: npm run setup');
}

/**
 * Whether every package is installed in the right version. npm writes its own list last, so a killed install has none.
 */
function installed(root, wanted) {
  const present = readPackages(join(root, 'node_modules/.package-lock.json')) ?? {};
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' ||
      (present[path] === undefined ? optional : present[path].version === version && existsSync(join(root, path))),
  );
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
