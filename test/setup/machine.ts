import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';

/** The real C++ compiler of this machine, or undefined. */
const compiler = ['/usr/bin/g++', '/usr/bin/clang++', '/usr/bin/c++'].find(existsSync);

// @ts-expect-error set-up is JavaScript: it runs before anything is built
const owner = await import('../../scripts/setup/owner.mjs');
/** The name of this process in set-up's cache. */
export const thisProcess: () => string = owner.thisProcess;

/** Why the tests that compile cannot run here, or false. */
export const skip =
  process.platform !== 'linux' ? 'Linux only' : compiler === undefined ? 'needs a C++ compiler in /usr/bin' : false;

/** The smallest wheel that set-up can use: a TensorFlow with one function, which returns its version. */
export interface TinyWheel {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly name: string;
}

const platform = 'test_platform';
const scratch = mkdtempSync(join(tmpdir(), 'attn-setup-'));

/** The folder of the tests' files: removed by the test file that imports this. */
export const scratchFolder = scratch;

/** Makes the tiny wheel: its library returns version 2.21.0, and contains `more` code. */
export function makeWheel(more = ''): TinyWheel {
  const bytes = zipSync({
    'tensorflow/libtensorflow_cc.so.2': library(
      'libtensorflow_cc.so.2',
      `extern "C" const char* TF_Version() { return "2.21.0"; } ${more}`,
    ),
    'tensorflow/libtensorflow_framework.so.2': [
      library('libtensorflow_framework.so.2', 'extern "C" int TF_Framework() { return 0; }'),
      { level: 0 },
    ],
    'tensorflow/include/tensorflow/c/c_api.h': Buffer.from('extern "C" const char* TF_Version();\n'),
    'tensorflow/python/unwanted.py': Buffer.from('raise SystemExit\n'),
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, sha256, name: `tensorflow_cpu-2.21.0-cp313-cp313-${platform}.whl` };
}

/** A shared library of this name, compiled from C++. */
export function library(name: string, code: string): Buffer {
  const output = join(mkdtempSync(join(scratch, 'lib-')), name);
  const { status, stderr } = spawnSync(
    compiler ?? '',
    ['-shared', '-fPIC', `-Wl,-soname,${name}`, '-x', 'c++', '-', '-o', output],
    { input: code, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  return readFileSync(output);
}

/** What a stand-in for pip does. */
export type PipBehaviour = 'serve' | 'offline' | 'hang';

/** A separate machine: an installed attn with stand-ins for its packages, a cache, and programs. */
export class Machine {
  readonly home = mkdtempSync(join(scratch, 'machine-'));
  readonly cache = join(this.home, 'cache');
  readonly environment: Record<string, string> = {
    PATH: join(this.home, 'bin'),
    HOME: this.home,
    ATTN_CACHE: this.cache,
  };

  constructor() {
    mkdirSync(join(this.home, 'bin'));
    this.compiler();
  }

  /** Puts this machine's compiler on the PATH, which contains nothing else of it. */
  compiler(): void {
    const run = `require('node:child_process').spawnSync(${JSON.stringify(compiler)}, process.argv.slice(2), {
      stdio: 'inherit', env: { PATH: '/usr/bin:/bin' },
    })`;
    this.program('g++', `process.exitCode = ${run}.status;`);
  }

  /** Removes a program from the PATH. */
  without(program: string): void {
    rmSync(join(this.home, 'bin', program));
  }

  /**
   * Installs attn as npm would inside another package, with the wheels that its set-up expects.
   * @param gpu those for GPUs, as in wheels.json
   */
  install(name: string, wheel: TinyWheel, gpu?: readonly object[]): string {
    const modules = join(this.home, name, 'node_modules');
    const root = join(modules, 'attn');
    cpSync('scripts', join(root, 'scripts'), { recursive: true });
    this.write(join(root, 'package.json'), '{ "name": "attn", "type": "module" }');
    this.write(
      join(root, 'scripts/setup/wheels.json'),
      JSON.stringify({
        version: '2.21.0',
        wheels: {
          [`${process.platform}-${process.arch}`]: {
            ...{ project: 'tensorflow-cpu', platform, sha256: wheel.sha256, megabytes: 1 },
          },
        },
        ...(gpu && { gpu: { [`${process.platform}-${process.arch}`]: gpu } }),
      }),
    );
    const tfjsNode = join(modules, '@tensorflow/tfjs-node');
    this.write(join(tfjsNode, 'package.json'), '{ "name": "@tensorflow/tfjs-node" }');
    this.write(join(tfjsNode, 'binding/tfjs_binding.cc'), bindingSource);
    // those that set-up itself uses
    for (const name of ['node-api-headers', 'yauzl', 'pend']) {
      cpSync(`node_modules/${name}`, join(modules, name), { recursive: true });
    }
    return root;
  }

  /** Puts a Python on the PATH whose pip has `wheel`, is offline, or stops half-way and waits. */
  python(behaviour: PipBehaviour, wheel: TinyWheel): void {
    const served = join(this.home, 'served.whl');
    writeFileSync(served, wheel.bytes);
    this.program(
      'python3',
      `const words = process.argv.slice(2);
      if (words.includes('--version')) { console.log('pip 25.0 from /usr/lib (python 3.13)'); process.exit(); }
      if (words[2] === 'config') { console.log(process.env.STAND_IN_PIP_CONFIG ?? ''); process.exit(); }
      if (words[0] === '-c') { console.log(process.env.STAND_IN_PIP_INDEX ?? ''); process.exit(); }
      const fs = require('node:fs');
      fs.appendFileSync(${JSON.stringify(join(this.home, 'pip.log'))}, words.join(' ') + '\\n');
      const target = words[words.indexOf('--dest') + 1] + '/${wheel.name}';
      const behaviour = ${JSON.stringify(behaviour)};
      if (behaviour === 'offline') {
        console.error('WARNING: Retrying (Retry(total=1)) after connection broken by NewConnectionError');
        console.error('ERROR: No matching distribution found for tensorflow-cpu==2.21.0');
        process.exit(1);
      }
      const bytes = fs.readFileSync(${JSON.stringify(served)});
      if (behaviour === 'serve') fs.writeFileSync(target, bytes);
      else { fs.writeFileSync(target, bytes.subarray(0, 100)); console.log(process.pid); setInterval(() => {}, 1000); }`,
    );
  }

  /** Puts a Node program on the PATH. */
  program(name: string, code: string): string {
    const path = join(this.home, 'bin', name);
    writeFileSync(path, `#!${process.execPath}\n${code}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** How often pip was asked for a wheel. */
  downloads(): number {
    const log = join(this.home, 'pip.log');
    return existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0;
  }

  /** Runs an installed attn's set-up to its end, while this process can serve requests. */
  async setUpServed(root: string, words: readonly string[], extra: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(root, 'scripts/setup.mjs'), ...words], {
      env: { ...this.environment, ...extra },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { status, said };
  }

  /** Runs an installed attn's set-up to its end. */
  setUp(root: string, extra: Record<string, string> = {}): { readonly status: number | null; readonly said: string } {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs')], {
      env: { ...this.environment, ...extra },
      encoding: 'utf8',
    });
    return { status, said: stdout + stderr };
  }

  /** Starts a set-up in its own process group and kills all of it once `ready` is true. */
  async setUpKilled(root: string, ready: () => boolean, words: readonly string[] = []): Promise<void> {
    const child = spawn(process.execPath, [join(root, 'scripts/setup.mjs'), ...words], {
      env: this.environment,
      detached: true,
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    for (let tries = 0; !ready() && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(-(child.pid ?? 0), 'SIGKILL');
    await ended;
  }

  /** What set-up recorded, as src/tensor/location.ts reads it. */
  record(root: string): Record<string, unknown> {
    return JSON.parse(readFileSync(join(root, '../@tensorflow/tfjs-node/lib/attn-setup.json'), 'utf8'));
  }

  /** TensorFlow's version through the binding that tfjs-node would load. */
  loadedVersion(root: string): string {
    const binding = join(root, '../@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');
    return spawnSync(process.execPath, ['-p', `require(${JSON.stringify(binding)}).TF_Version`], {
      encoding: 'utf8',
    }).stdout.trim();
  }

  /** The names in the cache. */
  cached(): string[] {
    return existsSync(this.cache) ? readdirSync(this.cache).sort() : [];
  }

  /** Where the unpacked wheel's libraries are. */
  get unpacked(): string {
    return join(this.cache, `tensorflow-2.21.0-${process.platform}-${process.arch}/tensorflow`);
  }

  write(path: string, text: string): void {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
  }
}

/** A binding in place of tfjs-node's: with the one property that set-up reads. */
const bindingSource = `#include <node_api.h>
#include "tensorflow/c/c_api.h"
static napi_value init(napi_env env, napi_value exports) {
  napi_value version;
  napi_create_string_utf8(env, TF_Version(), NAPI_AUTO_LENGTH, &version);
  napi_set_named_property(env, exports, "TF_Version", version);
  return exports;
}
NAPI_MODULE(tfjs_binding, init)
`;
