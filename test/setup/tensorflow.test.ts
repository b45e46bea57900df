import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Machine, makeWheel, scratchFolder, skip, thisProcess } from './machine.ts';

after(() => rmSync(scratchFolder, { recursive: true, force: true }));
const wheel = skip ? undefined! : makeWheel();

/** A machine with Python, pip and a compiler, and attn installed. */
function readyMachine() {
  const machine = new Machine();
  machine.python('serve', wheel);
  return { machine, root: machine.install('app', wheel) };
}

test('a fresh machine gets TensorFlow from its wheel; a second call does nothing, silently', { skip }, () => {
  const { machine, root } = readyMachine();
  const first = machine.setUp(root);
  assert.equal(first.status, 0, first.said);
  assert.match(first.said, /TensorFlow 2\.21\.0 is ready/);
  assert.equal(machine.loadedVersion(root), '2.21.0');
  const { backend, version, libraryDirectory, library } = machine.record(root);
  assert.deepEqual(
    { backend, version, libraryDirectory, library },
    {
      ...{ backend: 'tensorflow', version: '2.21.0', libraryDirectory: machine.unpacked },
      library: join(machine.unpacked, 'libtensorflow_cc.so.2'),
    },
  );
  assert.equal(existsSync(join(machine.unpacked, 'include/tensorflow/c/c_api.h')), true);
  assert.equal(existsSync(join(machine.unpacked, 'python')), false, 'unpacks what it needs, no more');
  assert.equal(machine.cached().length, 2, 'the libraries and the binding, not the wheel');
  assert.deepEqual(machine.setUp(root), { status: 0, said: '' });
  assert.equal(machine.downloads(), 1);
});

test('a second installation downloads and compiles nothing: it needs neither pip nor compiler', { skip }, () => {
  const { machine, root } = readyMachine();
  machine.setUp(root);
  machine.without('python3');
  machine.without('g++');
  const second = machine.install('second', wheel);
  const { status, said } = machine.setUp(second);
  assert.equal(status, 0);
  assert.equal(said, 'attn setup: TensorFlow 2.21.0 is ready\n');
  assert.equal(machine.loadedVersion(second), '2.21.0');
});

/** Set-up's message if TensorFlow is not available: one line with the reason, one with the remedy. */
function assertFallsBack(machine: Machine, root: string, what: RegExp, remedy: RegExp): void {
  const { status, said } = machine.setUp(root);
  const lines = said.trimEnd().split('\n');
  assert.equal(status, 0, said);
  assert.match(lines.at(-2) ?? '', what);
  assert.match(lines.at(-2) ?? '', /using WebAssembly instead, about \d+ times slower/);
  assert.match(lines.at(-1) ?? '', remedy);
  assert.equal(machine.record(root).backend, 'wasm');
  const problem = machine.record(root).problem as { what: string; remedy: string };
  assert.match(problem.what, what);
  assert.match(problem.remedy, remedy);
}

function assertSucceeds(machine: Machine, root: string): void {
  const { status, said } = machine.setUp(root);
  assert.equal(status, 0, said);
  assert.equal(machine.record(root).backend, 'tensorflow', said);
  assert.equal(machine.loadedVersion(root), '2.21.0');
  assert.deepEqual(
    machine.cached().filter((name) => name.startsWith('partial')),
    [],
    'no leftovers',
  );
}

test('a wheel with a wrong checksum is rejected and removed; a second run with the right one succeeds', {
  skip,
}, () => {
  const { machine, root } = readyMachine();
  const altered = Buffer.concat([wheel.bytes, Buffer.from('x')]);
  machine.python('serve', { ...wheel, bytes: altered });
  assertFallsBack(machine, root, /SHA-256 differs/, /run npx attn setup again/);
  assert.deepEqual(machine.cached(), []);
  machine.python('serve', wheel);
  assertSucceeds(machine, root);
});

test('without a compiler nothing is downloaded; a second run with one succeeds', { skip }, () => {
  const { machine, root } = readyMachine();
  machine.without('g++');
  assertFallsBack(machine, root, /no C\+\+ compiler/, /install.* && npx attn setup/);
  machine.environment.CXX = '/nowhere/g++';
  assertFallsBack(machine, root, /CXX=\/nowhere\/g\+\+ is not a C\+\+ compiler/, /CXX=g\+\+ npx attn setup/);
  assert.equal(machine.downloads(), 0);
  delete machine.environment.CXX;
  machine.compiler();
  assertSucceeds(machine, root);
});

test('the message of a failing compiler is quoted; a second run with another does not download again', { skip }, () => {
  const { machine, root } = readyMachine();
  machine.environment.CXX = machine.program(
    'broken-g++',
    `if (!process.argv.includes('--version')) {
      console.error('In file included from x.cc:1:\\nx.cc:2:5: error: expected a miracle');
      process.exit(1);
    }`,
  );
  assertFallsBack(machine, root, /broken-g\+\+ could not compile .*x\.cc:2:5: error: expected a miracle/, /CXX=/);
  delete machine.environment.CXX;
  assertSucceeds(machine, root);
  assert.equal(machine.downloads(), 1);
});

test('without pip the message names what installs it; a second run with it succeeds', { skip }, () => {
  const { machine, root } = readyMachine();
  machine.without('python3');
  assertFallsBack(machine, root, /no Python 3 with pip/, /install.*python.* && npx attn setup/);
  machine.environment.PYTHON = '/nowhere/python';
  assertFallsBack(machine, root, /PYTHON=\/nowhere\/python is not a Python 3 with pip/, /PYTHON=python3/);
  delete machine.environment.PYTHON;
  machine.python('serve', wheel);
  assertSucceeds(machine, root);
});

test('without a network the message says so; a second run with it succeeds', { skip }, () => {
  const { machine, root } = readyMachine();
  machine.python('offline', wheel);
  assertFallsBack(machine, root, /no connection to the package index/, /connect to the network, then: npx attn setup/);
  machine.python('serve', wheel);
  assertSucceeds(machine, root);
});

test('a cache that is not writable is named; a second run with another succeeds', { skip }, () => {
  const { machine, root } = readyMachine();
  // root may write to every folder, but not to the kernel's
  const readOnly = process.getuid?.() === 0 ? '/sys' : join(machine.home, 'read-only');
  if (readOnly !== '/sys') {
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o555);
  }
  machine.environment.ATTN_CACHE = join(readOnly, 'attn');
  assertFallsBack(machine, root, /\/attn cannot be written \((EACCES|EPERM|EROFS)\)/, /ATTN_CACHE=DIR npx attn setup/);
  machine.environment.ATTN_CACHE = machine.cache;
  assertSucceeds(machine, root);
});

test('a cache that is a file is named; a second run with a folder succeeds', { skip }, () => {
  const { machine, root } = readyMachine();
  writeFileSync(machine.cache, '');
  assertFallsBack(machine, root, /cache cannot be written \((EEXIST|ENOTDIR)\)/, /ATTN_CACHE=DIR npx attn setup/);
  rmSync(machine.cache);
  assertSucceeds(machine, root);
});

test('a set-up killed during a download leaves nothing that disturbs a second run', { skip }, async () => {
  const { machine, root } = readyMachine();
  machine.python('hang', wheel);
  await machine.setUpKilled(root, () => machine.downloads() > 0);
  assert.equal(machine.cached().length, 1, 'the half-finished download');
  machine.python('serve', wheel);
  assertSucceeds(machine, root);
});

test('a set-up killed while compiling continues from the unpacked wheel', { skip }, async () => {
  const { machine, root } = readyMachine();
  const started = join(machine.home, 'compiling');
  machine.environment.CXX = machine.program(
    'slow-g++',
    `if (!process.argv.includes('--version')) {
      require('node:fs').writeFileSync(${JSON.stringify(started)}, '');
      setInterval(() => {}, 1000);
    }`,
  );
  await machine.setUpKilled(root, () => existsSync(started));
  delete machine.environment.CXX;
  assertSucceeds(machine, root);
  assert.equal(machine.downloads(), 1);
});

test('a set-up killed after the download continues from the kept wheel', { skip }, () => {
  const { machine, root } = readyMachine();
  const killed = thisProcess().replace(/^\d+/, '999999999');
  mkdirSync(join(machine.cache, `partial-${killed}-x`), { recursive: true });
  writeFileSync(join(machine.cache, wheel.name), wheel.bytes);
  assertSucceeds(machine, root);
  assert.equal(machine.downloads(), 0);
});

test('unfinished work of other set-ups is left alone, also of another host; that of dead ones is not', {
  skip,
}, () => {
  const { machine, root } = readyMachine();
  const [pid, started, space] = thisProcess().split('-');
  const elsewhere = `${pid}-${started}-0000000000`;
  const left = {
    [`partial-${thisProcess()}-a`]: true,
    [`partial-${elsewhere}-b`]: true,
    [`partial-${elsewhere}-old`]: false,
    [`partial-${pid}-1-${space}-again`]: false, // its number was reused
  };
  for (const name of Object.keys(left)) machine.write(join(machine.cache, name, 'file'), '');
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
  utimesSync(join(machine.cache, `partial-${elsewhere}-old`), twoDaysAgo, twoDaysAgo);
  const { status, said } = machine.setUp(root);
  assert.equal(status, 0, said);
  assert.match(said, /is ready/);
  const kept = Object.keys(left).filter((name) => left[name]);
  assert.deepEqual(
    machine.cached().filter((name) => name.startsWith('partial-')),
    kept.sort(),
  );
});

test('two set-ups that share a cache both succeed', { skip }, async () => {
  const { machine, root } = readyMachine();
  const roots = [root, machine.install('second', wheel)];
  const ended = await Promise.all(roots.map((each) => machine.setUpServed(each, [])));
  for (const [i, { status, said }] of ended.entries()) {
    assert.equal(status, 0, said);
    assert.match(said, /is ready/);
    assert.equal(machine.loadedVersion(roots[i]!), '2.21.0');
  }
  assert.equal(machine.cached().length, 2, 'the libraries and the binding');
});

test('an incomplete kept wheel is downloaded again', { skip }, () => {
  const { machine, root } = readyMachine();
  mkdirSync(machine.cache);
  writeFileSync(join(machine.cache, wheel.name), wheel.bytes.subarray(0, 1000));
  assertSucceeds(machine, root);
  assert.equal(machine.downloads(), 1);
});

test('a library that is missing, cut short or altered is fetched again', { skip }, () => {
  const { machine, root } = readyMachine();
  assertSucceeds(machine, root);
  const library = join(machine.unpacked, 'libtensorflow_cc.so.2');
  const damages = [
    () => rmSync(library),
    () => truncateSync(library, 1000),
    // as long and as old as before: only loading reveals it
    () => writeFileSync(library, Buffer.alloc(statSync(library).size)),
  ];
  damages.forEach((damage, i) => {
    damage();
    if (i === 2) rmSync(join(root, '../@tensorflow/tfjs-node/lib'), { recursive: true });
    assertSucceeds(machine, root);
    assert.equal(machine.downloads(), i + 2);
  });
});

test('a damaged binding is replaced, in the cache too', { skip }, () => {
  const { machine, root } = readyMachine();
  assertSucceeds(machine, root);
  const binding = join(root, '../@tensorflow/tfjs-node/lib/napi-v8/tfjs_binding.node');
  truncateSync(binding, 10);
  assertSucceeds(machine, root);
  const cached = join(machine.cache, machine.cached().find((name) => name.startsWith('binding-')) ?? '');
  appendFileSync(cached, 'x');
  utimesSync(binding, 0, 0);
  assertSucceeds(machine, root);
  assert.notEqual(readFileSync(binding).at(-1), 'x'.charCodeAt(0));
  assert.equal(machine.downloads(), 1);
});

test('ATTN_LIBTENSORFLOW names a folder of libraries, and pip is not used', { skip }, () => {
  const { machine, root } = readyMachine();
  assertSucceeds(machine, root);
  // in the layout of TensorFlow's distribution for C
  const folder = join(machine.home, 'my tensorflow');
  cpSync(join(machine.unpacked, 'include'), join(folder, 'include'), { recursive: true });
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    cpSync(join(machine.unpacked, name), join(folder, 'lib', name));
  }
  const { status, said } = machine.setUp(root, { ATTN_LIBTENSORFLOW: folder });
  assert.equal(status, 0, said);
  assert.equal(machine.record(root).libraryDirectory, join(folder, 'lib'));
  assert.equal(machine.loadedVersion(root), '2.21.0');
  assert.deepEqual(machine.setUp(root), { status: 0, said: '' }, 'stays in use when it is not named again');
  assert.equal(machine.downloads(), 1);
});

test('a named folder without TensorFlow, or with a broken one, ends set-up with code 2; unset, it succeeds', {
  skip,
}, () => {
  const { machine, root } = readyMachine();
  const folder = join(machine.home, 'named');
  const absent = machine.setUp(root, { ATTN_LIBTENSORFLOW: folder });
  assert.equal(absent.status, 2);
  assert.match(
    absent.said,
    /^attn setup: \S+named does not hold TensorFlow's C library .*\n {2}name another folder.*\n$/,
  );

  mkdirSync(join(folder, 'include/tensorflow/c'), { recursive: true });
  writeFileSync(join(folder, 'include/tensorflow/c/c_api.h'), 'extern "C" const char* TF_Version();');
  for (const name of ['cc', 'framework']) writeFileSync(join(folder, `libtensorflow_${name}.so.2`), 'not a library');
  const broken = machine.setUp(root, { ATTN_LIBTENSORFLOW: folder });
  assert.equal(broken.status, 2);
  assert.match(broken.said, /libtensorflow_(cc|framework)\.so\.2/);
  assert.equal(machine.downloads(), 0);
  assertSucceeds(machine, root);
});

test('a TensorFlow that the machine cannot run stays in the cache, and the loader’s message is shown', { skip }, () => {
  const machine = new Machine();
  // its library needs a symbol that no other provides
  const unloadable = makeWheel('extern int missing; int* needed = &missing;');
  machine.python('serve', unloadable);
  const root = machine.install('app', unloadable);
  assertFallsBack(machine, root, /does not load/, /ATTN_LIBTENSORFLOW=DIR/);
  assertFallsBack(machine, root, /does not load/, /ATTN_LIBTENSORFLOW=DIR/);
  assert.equal(machine.downloads(), 1);
});
