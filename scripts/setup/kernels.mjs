import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { findCompiler } from './binding.mjs';
import { cacheFolder, inCache } from './cache.mjs';
import { Problem, say } from './problem.mjs';
import { readRecord, setupFiles, writeRecord } from './record.mjs';

/**
 * Custom TensorFlow operations, compiled for this processor: once for each (source, compiler, variant) into the cache.
 * The available ones are written into set-up's record (`kernels`, read by src/tensor/kernel-library.ts). Without them
 * everything runs on TensorFlow's own operations, so nothing here stops set-up.
 * @param {string} root attn's own folder
 */
export async function installKernels(root) {
  const folder = join(root, 'src/tensor/kernels');
  const files = setupFiles(root);
  const record = readRecord(files);
  if (record?.backend !== 'tensorflow' || !existsSync(folder)) return;
  const sources = sourcesKey(folder);
  const compiler = process.env.CXX ?? '';
  const kernels = { ...record.kernels };
  for (const variant of wantedVariants(folder)) {
    const known = kernels[variant];
    const current = known?.sources === sources && known.compiler === compiler;
    if (current && known.library !== undefined && isWhole(known.library)) return;
    const result = { sources, compiler };
    let key;
    try {
      const command = findCompiler(files.retry);
      key = compilerKey(command);
      // what this compiler has failed at it would fail at again
      if (current && known.unusable === key) continue;
      result.library = await compiledKernels({
        folder,
        variant,
        sources,
        root,
        record,
        command,
        key,
        retry: files.retry,
      });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      result.problem = { what: error.message, remedy: error.remedy };
      if (error instanceof Unusable) result.unusable = key;
      say(`${error.message}; set-up goes on without them\n  ${error.remedy}`);
    }
    kernels[variant] = result;
    await writeRecord(files, { ...readRecord(files), kernels });
    if (result.unusable === undefined) return;
  }
}

/** A variant that this compiler does not know, or that does not load here: the next one may. */
class Unusable extends Problem {}

/** The variant that ATTN_KERNELS names, else those that this processor supports, best first. */
function wantedVariants(folder) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const variants = JSON.parse(readFileSync(join(folder, 'variants.json'), 'utf8'));
  const named = process.env.ATTN_KERNELS;
  if (named) return named in variants ? [named] : [];
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1].split(' '));
  return Object.keys(variants).filter((name) => variants[name].features.every((feature) => flags.has(feature)));
}

/** A hash of everything that is compiled. src/tensor/kernel-library.ts computes the same. */
function sourcesKey(folder) {
  const key = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (/\.(h|cpp|json)$/.test(name)) key.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
  }
  return key.digest('hex').slice(0, 16);
}

/** A hash of a compiler's command and version. */
function compilerKey([program, ...flags]) {
  const { stdout: version } = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return createHash('sha256').update(`${program} ${flags}\0${version}`).digest('hex').slice(0, 8);
}

async function compiledKernels({ folder, variant, sources, root, record, command, key, retry }) {
  const cache = cacheFolder();
  const [program, ...flags] = command;
  const prefix = `kernels-${variant}-${sources}-${key}-`;
  const kept = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith(prefix)) : [];
  const whole = kept.find((name) => isWhole(join(cache, name)));
  if (whole) return join(cache, whole);

  say(`compiling kernels for this processor (${variant}) with ${[program, ...flags].join(' ')}`);
  const words = JSON.parse(readFileSync(join(folder, 'variants.json'), 'utf8'))[variant].flags;
  return inCache(cache, retry, (partial) => {
    const output = join(partial, 'kernels.so');
    const { status, stderr } = spawnSync(
      program,
      [
        ...[...flags, '-std=c++17', '-O3', '-shared', '-fPIC', '-fvisibility=hidden', ...words],
        ...[`-DATTN_VARIANT=${variant}`, join(folder, 'operations.cpp'), '-o', output, '-lpthread'],
      ],
      { encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    if (status !== 0) {
      const first = stderr.split('\n').find((line) => /error|undefined|cannot/i.test(line)) ?? stderr.split('\n')[0];
      throw new Unusable(`${program} could not compile the kernels: ${first}`, `CXX=COMPILER ${retry}, with another`);
    }
    tryKernels(output, variant, root, record, retry);
    const path = join(cache, `${prefix}${contentKey(output)}.so`);
    renameSync(output, path);
    return path;
  });
}

/** Loads them into TensorFlow in a separate process: a crash ends only that one. */
function tryKernels(path, variant, root, { library, frameworkLibrary }, retry) {
  const load = `const koffi = require('koffi');
    const [path, library, framework] = process.argv.slice(1);
    koffi.load(framework, { global: true, lazy: true });
    const tensorflow = koffi.load(library, { lazy: true });
    const status = tensorflow.func('void* TF_NewStatus()')();
    tensorflow.func('void* TF_LoadLibrary(const char*, void*)')(path, status);
    const problem = tensorflow.func('int TF_GetCode(void*)')(status) === 0
      ? koffi.load(path).func('int AttnKernelsReady()')() === 1 ? '' : 'they are not ready in this process'
      : tensorflow.func('const char* TF_Message(void*)')(status);
    require('node:fs').writeSync(1, 'loaded' + problem);
    process.reallyExit(0);`;
  const { stdout, stderr, signal } = spawnSync(process.execPath, ['-e', load, path, library, frameworkLibrary], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  if (stdout === 'loaded') return;
  const reason =
    stdout.replace(/^loaded/, '') ||
    signal ||
    stderr.split('\n').find((line) => /error/i.test(line)) ||
    'no reason given';
  throw new Unusable(
    `the kernels for ${variant} do not load: ${reason}`,
    `CXX=COMPILER ${retry} tries another compiler`,
  );
}

/** Whether a library's content is that for which it is named. */
const isWhole = (path) => existsSync(path) && path.endsWith(`-${contentKey(path)}.so`);

const contentKey = (path) => createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
