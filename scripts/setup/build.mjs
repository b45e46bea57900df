import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPage } from './page.mjs';
import { Problem, say } from './problem.mjs';

/**
 * Builds dist/ from src/ if a source changed since the last build. An installed package has dist/ and no build
 * settings.
 */
export async function buildSources(root) {
  if (!existsSync(join(root, 'tsconfig.build.json'))) return;
  const stamp = join(root, 'dist/.built');
  // taken before the build, so that a source changed during it counts as changed
  const change = lastChange(root);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === change) return;
  say('building dist/');
  // into a new folder that then replaces dist/: files whose source was removed do not stay, and no command sees half a
  // build
  const built = join(root, `dist.${process.pid}.tmp`);
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', built], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) {
    rmSync(built, { recursive: true, force: true });
    throw new Problem("the sources do not compile (see the compiler's output above)", 'fix them, then: npm run setup');
  }
  requireTensorFlowJs(built);
  // the tests' clones have sources without a page
  if (existsSync(join(root, 'src/web'))) {
    const { scaleVariables } = await import(pathToFileURL(join(built, 'reports/html-page.js')).href);
    buildPage(root, join(built, 'web'), scaleVariables());
  }
  writeFileSync(join(built, '.built'), change);
  replaceFolder(join(root, 'dist'), built);
}

/** Replaces a folder with another. If two processes do so at once, such as two tests, the faster wins. */
function replaceFolder(path, replacement) {
  const old = `${replacement}.old`;
  try {
    renameSync(path, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  try {
    renameSync(replacement, path);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    rmSync(replacement, { recursive: true });
  }
  rmSync(old, { recursive: true, force: true });
}

/**
 * Makes dist/ load tfjs-core with `require`: for an `import` Node first reads its 1.2 MB for the exported names, which
 * takes 0.1 to 0.2 s of every command's start. TypeScript has no way to express this that the tests' loader also
 * understands.
 */
function requireTensorFlowJs(dist) {
  const imported = /^import \* as tf from '@tensorflow\/tfjs-core';$/m;
  // on one line, so that the source maps stay correct
  const required =
    "import { createRequire as requireFor } from 'node:module'; const tf = requireFor(import.meta.url)('@tensorflow/tfjs-core');";
  for (const name of readdirSync(dist, { recursive: true })) {
    if (!name.endsWith('.js')) continue;
    const file = join(dist, name);
    const text = readFileSync(file, 'utf8');
    if (imported.test(text)) writeFileSync(file, text.replace(imported, required));
  }
}

/** When src/ or the compiler's settings last changed; removing a file changes its folder's date. */
function lastChange(root) {
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'scripts/setup/page.mjs'];
  const sources = readdirSync(join(root, 'src'), { recursive: true }).map((name) => join('src', name));
  return String(Math.max(...[...settings, 'src', ...sources].map((name) => statSync(join(root, name)).mtimeMs)));
}
