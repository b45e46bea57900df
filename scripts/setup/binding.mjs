import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inCache } from './cache.mjs';
import { Problem, say } from './problem.mjs';

/**
 * tfjs-node's N-API binding, compiled from the C++ source in its npm package: once for each (source, library) into the
 * cache, so that a second checkout compiles nothing. Its name ends with the hash of its content: a damaged one is not
 * used.
 * @param {{libraryDirectory: string, library: string, frameworkLibrary: string, include: string}} tensorflow
 * @param {{tfjsNode: string, nodeApiHeaders: string}} packages the folders of the two npm packages
 * @param {() => string[]} compiler finds the command of a C++ compiler
 * @returns {Promise<string>} the compiled binding in the cache
 */
export async function compiledBinding(tensorflow, packages, compiler, cache, retry) {
  const source = join(packages.tfjsNode, 'binding');
  const key = createHash('sha256').update(`${tensorflow.library}\0${statSync(tensorflow.library).size}`);
  for (const name of readdirSync(source).sort()) key.update(`\0${name}\0`).update(readFileSync(join(source, name)));
  const prefix = `binding-${shortHex(key)}-`;
  const kept = existsSync(cache) ? readdirSync(cache).filter((name) => name.startsWith(prefix)) : [];
  const whole = kept.find((name) => name === `${prefix}${contentKey(join(cache, name))}.node`);
  if (whole) return join(cache, whole);

  const words = compiler();
  say(`compiling tfjs-node's binding with ${words.join(' ')}`);
  return inCache(cache, retry, (partial) => {
    const output = join(partial, 'tfjs_binding.node');
    compile(tensorflow, packages, words, output, retry);
    const path = join(cache, `${prefix}${contentKey(output)}.node`);
    renameSync(output, path);
    return path;
  });
}

const shortHex = (hash) => hash.digest('hex').slice(0, 16);
const contentKey = (path) => shortHex(createHash('sha256').update(readFileSync(path)));

function compile(tensorflow, { tfjsNode, nodeApiHeaders }, [program, ...flags], output, retry) {
  const include = [join(tfjsNode, 'binding'), tfjsNode, tensorflow.include, join(nodeApiHeaders, 'include')];
  // on macOS Node's own symbols are resolved when the binding is loaded, which Linux does anyway
  const shared = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-fPIC'];
  const sources = readdirSync(join(tfjsNode, 'binding')).filter((name) => name.endsWith('.cc'));
  const { status, stderr } = spawnSync(
    program,
    [
      ...[...flags, '-std=c++17', '-O2', ...shared, '-DNAPI_VERSION=8', ...include.map((folder) => `-I${folder}`)],
      ...[...sources.map((name) => join(tfjsNode, 'binding', name)), '-o', output],
      ...[tensorflow.library, tensorflow.frameworkLibrary],
      ...['-Xlinker', '-rpath', '-Xlinker', tensorflow.libraryDirectory],
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  if (status === 0) return;
  const first = stderr.split('\n').find((line) => /error|undefined|cannot/i.test(line)) ?? stderr.split('\n')[0];
  throw new Problem(
    `${program} could not compile tfjs-node's binding: ${first}`,
    `CXX=COMPILER ${retry}, with another`,
  );
}

/** The command of a C++ compiler: CXX if set, else the first of g++, clang++ and c++. */
export function findCompiler(retry) {
  const { CXX } = process.env;
  const candidates = CXX ? [CXX.trim().split(/\s+/)] : [['g++'], ['clang++'], ['c++']];
  const found = candidates.find(([program]) => spawnSync(program, ['--version']).status === 0);
  if (found) return found;
  const install = process.platform === 'darwin' ? 'xcode-select --install' : 'sudo apt-get install -y g++';
  throw CXX
    ? new Problem(`CXX=${CXX} is not a C++ compiler`, `CXX=g++ ${retry}`)
    : new Problem('there is no C++ compiler for the binding to TensorFlow', `${install} && ${retry}`);
}

/**
 * Loads a binding, and TensorFlow with it, in a separate process: a library that is broken or needs a newer CPU crashes
 * only that one.
 * @param {{libraryDirectory: string}} tensorflow the one to load, even if the binding was compiled with another
 * @returns {string} TensorFlow's version
 */
export function loadBinding(path, { libraryDirectory }, retry) {
  const load = 'process.stdout.write(require(process.argv[1]).TF_Version)';
  const { LD_LIBRARY_PATH } = process.env;
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', load, path], {
    encoding: 'utf8',
    env: {
      ...process.env,
      LD_LIBRARY_PATH: LD_LIBRARY_PATH ? `${libraryDirectory}:${LD_LIBRARY_PATH}` : libraryDirectory,
    },
  });
  if (status === 0) return stdout;
  const message = stderr.split('\n').find((line) => line.startsWith('Error: '));
  const reason =
    signal === 'SIGILL'
      ? 'this processor lacks instructions it needs (AVX)'
      : (message?.slice('Error: '.length) ?? `it ended with ${signal ?? `code ${status}`}`);
  throw new Problem(
    `TensorFlow in ${libraryDirectory} does not load: ${reason}`,
    `ATTN_LIBTENSORFLOW=DIR ${retry}, with a folder that holds a TensorFlow built for this machine`,
  );
}

/** Whether a TensorFlow reports that it was built with CUDA. */
export function hasCuda({ frameworkLibrary }, root) {
  const ask = `const library = require('koffi').load(process.argv[1], { lazy: true });
    const built = library.func('bool _ZN10tensorflow19IsGoogleCudaEnabledEv()')();
    require('node:fs').writeSync(1, String(built));
    process.reallyExit(0);`;
  const { stdout } = spawnSync(process.execPath, ['-e', ask, frameworkLibrary], { cwd: root, encoding: 'utf8' });
  return stdout === 'true';
}
