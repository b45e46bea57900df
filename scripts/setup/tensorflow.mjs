import { copyFileSync, existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { compiledBinding, findCompiler, hasCuda, loadBinding } from './binding.mjs';
import { cacheFolder } from './cache.mjs';
import { Problem, say } from './problem.mjs';
import { place, readRecord, setupFiles, writeRecord } from './record.mjs';
import { removeIfDamaged, unpackedWheel } from './wheel.mjs';

/**
 * TensorFlow and tfjs-node's binding to it: an existing build, else from the folder that ATTN_LIBTENSORFLOW names, else
 * from TensorFlow's Python wheel. The result is written beside the binding (`lib/attn-setup.json`, read by
 * src/tensor/location.ts); without TensorFlow the record says why, and attn runs on WebAssembly.
 * @param {string} root attn's own folder
 */
export async function installTensorFlow(root) {
  const files = setupFiles(root);
  const require = createRequire(join(root, 'package.json'));
  const packages = {
    tfjsNode: files.tfjsNode,
    nodeApiHeaders: dirname(require.resolve('node-api-headers/package.json')),
  };
  const named = process.env.ATTN_LIBTENSORFLOW && resolve(process.env.ATTN_LIBTENSORFLOW);
  if (isBuilt(readRecord(files), named)) return;

  try {
    const { tensorflow, binding, version } = await build(packages, named, files.retry);
    await place(files, files.binding, (path) => copyFileSync(binding, path));
    const { libraryDirectory, library, frameworkLibrary } = tensorflow;
    const location = { version, libraryDirectory, library, frameworkLibrary };
    await writeRecord(files, {
      ...{ backend: 'tensorflow', ...location, named },
      // a user's own TensorFlow may support GPUs too
      ...(named && hasCuda(tensorflow, root) && { gpu: location }),
      files: [library, frameworkLibrary, files.binding].map(fingerprint),
    });
    say(`TensorFlow ${version} is ready`);
  } catch (error) {
    // a folder that the user named is never silently ignored
    if (!(error instanceof Problem) || named) throw error;
    const { message: what, remedy } = error;
    say(`${what}; using WebAssembly instead, about 10 times slower\n  ${remedy}`);
    await writeRecord(files, { backend: 'wasm', problem: { what, remedy } });
  }
}

/** The libraries, and a binding that has been loaded with them once. A damaged cache is repaired on the way. */
async function build(packages, named, retry) {
  const cache = cacheFolder();
  const compiler = () => findCompiler(retry);
  if (named) return bind(findLibraries(named), packages, compiler, cache, retry);
  // without a compiler the download would be useless
  const unpacked = await unpackedWheel(cache, retry, compiler);
  try {
    return await bind(findLibraries(unpacked), packages, compiler, cache, retry);
  } catch (error) {
    if (!(error instanceof Problem) || !(await removeIfDamaged(unpacked))) throw error;
    say(`TensorFlow in ${unpacked} was damaged and is being downloaded again`);
    return bind(findLibraries(await unpackedWheel(cache, retry, compiler)), packages, compiler, cache, retry);
  }
}

async function bind(tensorflow, packages, compiler, cache, retry) {
  const binding = await compiledBinding(tensorflow, packages, compiler, cache, retry);
  return { tensorflow, binding, version: loadBinding(binding, tensorflow, retry) };
}

/**
 * The libraries and headers in a folder: an unpacked wheel or an installed Python package
 * (`.../site-packages/tensorflow`), or TensorFlow's distribution for C (`lib/`, `include/`).
 */
function findLibraries(folder) {
  const suffix = process.platform === 'darwin' ? '2.dylib' : 'so.2';
  for (const libraryDirectory of [folder, join(folder, 'lib')]) {
    const frameworkLibrary = join(libraryDirectory, `libtensorflow_framework.${suffix}`);
    const library = ['libtensorflow_cc', 'libtensorflow']
      .map((name) => join(libraryDirectory, `${name}.${suffix}`))
      .find(existsSync);
    const include = [join(folder, 'include'), join(folder, '../include')].find((path) =>
      existsSync(join(path, 'tensorflow/c/c_api.h')),
    );
    if (library && include && existsSync(frameworkLibrary)) {
      return { libraryDirectory, library, frameworkLibrary, include };
    }
  }
  throw new Problem(
    `${folder} does not hold TensorFlow's C library (libtensorflow_cc.${suffix}, libtensorflow_framework.${suffix}, include/)`,
    'name another folder in ATTN_LIBTENSORFLOW, or unset it to download TensorFlow',
  );
}

/** Whether the last set-up's libraries and binding exist, unchanged, and are those that the user names now, if any. */
function isBuilt(record, named) {
  try {
    return (
      record.files.length > 0 &&
      record.files.every((file) => JSON.stringify(file) === JSON.stringify(fingerprint(file.path))) &&
      (!named || named === record.named)
    );
  } catch {
    return false;
  }
}

function fingerprint(path) {
  const { size, mtimeMs } = statSync(path);
  return { path, size, modified: mtimeMs };
}
