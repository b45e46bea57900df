import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Problem } from './problem.mjs';

/**
 * Builds the page of `attn serve` and `attn export --web` from src/web into a folder: self-contained scripts, the style
 * sheet, tfjs's WebAssembly. Whatever they import from src/ must work without Node, or the build fails.
 * @param scale the style sheet's variables for the attention colours
 */
export function buildPage(root, out, scale) {
  // required here: a package that is set up by itself has neither the sources nor esbuild
  const require = createRequire(join(root, 'package.json'));
  const { buildSync } = require('esbuild');
  const web = join(root, 'src/web');
  mkdirSync(out, { recursive: true });
  const settings = {
    ...{ bundle: true, format: 'esm', target: 'es2022', platform: 'browser', minify: true, legalComments: 'linked' },
    ...{ absWorkingDir: root, tsconfig: join(web, 'tsconfig.json'), outdir: out, logLevel: 'silent' },
    // sentencepiece-js and tfjs require them when they detect Node
    alias: Object.fromEntries(['fs', 'module', 'url'].map((name) => [name, join(web, 'no-files.ts')])),
    define: { __filename: '""' },
    mainFields: ['browser', 'module', 'main'],
  };
  try {
    buildSync({ ...settings, splitting: true, entryPoints: ['page.ts', 'worker.ts'].map((name) => join(web, name)) });
    // not a module: not every browser supports modules as service workers
    buildSync({ ...settings, format: 'iife', entryPoints: [join(web, 'service-worker.ts')] });
  } catch (error) {
    throw new Problem(`the page does not build: ${error.message}`, 'fix it, then: npm run setup');
  }
  const wasm = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  // the build for browsers with SIMD: all that support modules in workers, except Safari before 16.4
  const simd = 'tfjs-backend-wasm-simd.wasm';
  copyFileSync(join(wasm, 'dist', simd), join(out, simd));
  const sentencepiece = dirname(dirname(require.resolve('sentencepiece-js')));
  copyFileSync(join(sentencepiece, 'LICENSE'), join(out, 'sentencepiece-js.LICENSE.txt'));
  copyFileSync(join(web, 'index.html'), join(out, 'index.html'));
  const sheets = [join(root, 'src/reports/page/style.css'), join(web, 'page.css')];
  const style = sheets.map((sheet) => readFileSync(sheet, 'utf8')).join('\n');
  writeFileSync(join(out, 'page.css'), `${style}\n:root { ${scale} }\n`);
}
