import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { zipSync } from 'fflate';
import { library, Machine, makeWheel, scratchFolder, skip, thisProcess } from './machine.ts';
import { PackageIndex } from './package-index.ts';

after(() => rmSync(scratchFolder, { recursive: true, force: true }));

/** A wheel for GPUs: a file of an index, and its entry in wheels.json. */
function gpuWheel(project: string, version: string, files: Readonly<Record<string, Uint8Array>>) {
  const bytes = zipSync({ ...files, [`${project}/unwanted.py`]: Buffer.from('raise SystemExit\n') }, { level: 0 });
  return {
    ...{ project, version, file: `${project.replaceAll('-', '_')}-${version}-py3-none-test_platform.whl` },
    ...{ sha256: createHash('sha256').update(bytes).digest('hex'), bytes },
    unpacked: Object.values(files).reduce((sum, { length }) => sum + length, 0),
    members: Object.keys(files),
  };
}

const cpu = skip ? undefined! : makeWheel();
const says = (code: string) => `extern "C" const char* TF_Version() { return "2.21.0"; } ${code}`;
const wheels = skip
  ? []
  : [
      gpuWheel('tensorflow', '2.21.0', {
        'tensorflow/libtensorflow_cc.so.2': library('libtensorflow_cc.so.2', says('')),
        'tensorflow/libtensorflow_framework.so.2': library('libtensorflow_framework.so.2', ''),
      }),
      gpuWheel('nvidia-numbers-cu12', '12.1', {
        'nvidia/numbers/lib/libnumbers.so.12': library('libnumbers.so.12', 'int numbers;'),
      }),
      gpuWheel('nvidia-tools-cu12', '12.2', { 'nvidia/tools/bin/assembler': Buffer.from('#!/bin/sh\necho ready\n') }),
    ];
const [tensorflow, numbers, tools] = wheels as [(typeof wheels)[0], (typeof wheels)[0], (typeof wheels)[0]];
/** As in wheels.json. */
const listed = (own = wheels) => own.map(({ bytes, ...rest }) => ({ ...rest, bytes: bytes.length }));

/** A machine on which set-up has run, and an index that has the wheels for GPUs. */
async function ready(list: readonly object[] | undefined = listed()) {
  const machine = new Machine();
  machine.python('serve', cpu);
  const root = machine.install('app', cpu, list);
  const first = machine.setUp(root);
  assert.equal(first.status, 0, first.said);
  const index = new PackageIndex(wheels);
  machine.environment.PIP_INDEX_URL = await index.listen();
  after(() => index.close());
  const home = join(machine.cache, `tensorflow-2.21.0-gpu-${process.platform}-${process.arch}`);
  const setUp = (words = ['--gpu'], extra: Record<string, string> = {}) => machine.setUpServed(root, words, extra);
  return { machine, root, index, home, setUp };
}
type Ready = Awaited<ReturnType<typeof ready>>;

/** Everything is there, as it should be, and nothing more. */
function assertInstalled({ machine, root, home }: Pick<Ready, 'machine' | 'root' | 'home'>): void {
  for (const { members } of wheels) for (const member of members) assert.equal(existsSync(join(home, member)), true);
  assert.deepEqual(readdirSync(home).sort(), ['members.json', 'nvidia', 'tensorflow'], 'libraries, no Python');
  assert.ok(statSync(join(home, 'nvidia/tools/bin/assembler')).mode & 0o100, 'a program can be run');
  assert.deepEqual(
    machine.cached().filter((name) => !name.startsWith('binding-')),
    [
      `tensorflow-2.21.0-gpu-${process.platform}-${process.arch}`,
      `tensorflow-2.21.0-${process.platform}-${process.arch}`,
    ].sort(),
    'two installs side by side, no leftovers',
  );
  const { gpu, libraryDirectory } = machine.record(root) as { gpu: Record<string, string>; libraryDirectory: string };
  assert.deepEqual(gpu, {
    ...{ version: '2.21.0', libraryDirectory: join(home, 'tensorflow') },
    library: join(home, 'tensorflow/libtensorflow_cc.so.2'),
    frameworkLibrary: join(home, 'tensorflow/libtensorflow_framework.so.2'),
  });
  assert.equal(libraryDirectory, machine.unpacked, 'the one for the processor stays');
}

test('--gpu fetches the wheels one after another and unpacks them side by side; a second call is silent', {
  skip,
}, async () => {
  const all = await ready();
  const { status, said } = await all.setUp();
  assert.equal(status, 0, said);
  assert.match(said, /downloading tensorflow 2\.21\.0 \(1 MB; 1 of 3\)\n/);
  assert.match(said, /TensorFlow 2\.21\.0 for GPUs is ready\nattn setup: there is no NVIDIA card here/);
  assertInstalled(all);
  assert.deepEqual(
    all.index.asked,
    wheels.map(({ file }) => file),
  );
  assert.deepEqual(await all.setUp(), { status: 0, said: '' });
  assert.deepEqual(await all.setUp([]), { status: 0, said: '' });
});

test('ATTN_GPU=1 is --gpu; pages in HTML and pip’s own settings work as well', { skip }, async () => {
  const all = await ready();
  all.index.pages = 'html';
  const { PIP_INDEX_URL: url = '', ...environment } = all.machine.environment;
  Object.assign(all.machine, { environment });
  const config = `global.cert='/x.pem'\nglobal.index-url='${url}'`;
  const { status, said } = await all.setUp([], { ATTN_GPU: '1', STAND_IN_PIP_CONFIG: config });
  assert.equal(status, 0, said);
  assertInstalled(all);
});

test('a second installation uses what is in the cache without being asked', { skip }, async () => {
  const all = await ready();
  await all.setUp();
  const second = all.machine.install('second', cpu, listed());
  const { status, said } = all.machine.setUp(second);
  assert.equal(status, 0, said);
  assertInstalled({ ...all, root: second });
  assert.equal(all.index.asked.length, wheels.length);
});

test('an installation that does not fit what is in the cache leaves it alone', { skip }, async () => {
  const all = await ready();
  await all.setUp();
  rmSync(join(all.machine.unpacked, '..'), { recursive: true });
  all.machine.without('g++');
  const second = all.machine.install('second', cpu, listed());
  const { status, said } = all.machine.setUp(second);
  assert.equal(status, 0, said);
  assert.equal(all.machine.record(second).backend, 'wasm');
  const wanted = await all.machine.setUpServed(second, ['--gpu']);
  assert.equal(wanted.status, 2);
  assert.match(wanted.said, /TensorFlow for GPUs needs the binding to TensorFlow, which is not there\n/);
});

test('a GPU library altered in the cache is detected, removed and fetched again', { skip }, async () => {
  const all = await ready();
  await all.setUp();
  const path = join(all.home, 'tensorflow/libtensorflow_cc.so.2');
  writeFileSync(path, Buffer.alloc(statSync(path).size));
  const second = all.machine.install('second', cpu, listed());
  const unasked = all.machine.install('third', cpu, listed());
  const found = all.machine.setUp(unasked);
  assert.equal(found.status, 0, 'what nobody asked for keeps nobody from the rest');
  assert.match(
    found.said,
    /TensorFlow for GPUs in \S+ was damaged; it was removed\n {2}download it again: npx attn setup --gpu\n$/,
  );
  const anew = await all.machine.setUpServed(second, ['--gpu']);
  assert.equal(anew.status, 0, anew.said);
  assertInstalled({ ...all, root: second });
});

test('without --gpu nothing is fetched; if there is a GPU, one line tells what it would take', {
  skip,
}, async () => {
  const { machine, root, index } = await ready();
  assert.equal(machine.setUp(root).said, '', 'no driver');
  const cards = (lines: string) => machine.program('nvidia-smi', `console.log(${JSON.stringify(lines)})`);
  cards('NVIDIA H100 80GB HBM3, 9.0, 550.54.15\nNVIDIA H100 80GB HBM3, 9.0, 550.54.15');
  assert.equal(
    machine.setUp(root).said,
    'attn setup: to compute on the GPU here, NVIDIA H100 80GB HBM3: npx attn setup --gpu (downloads 0.0 GB)\n',
  );
  cards('Tesla K80, 3.7, 470.10');
  assert.equal(machine.setUp(root).said, '', 'a card that TensorFlow has no code for');
  cards('NVIDIA GeForce GTX 1080, 6.1, 470.10');
  assert.equal(machine.setUp(root).said, '', 'a driver that is too old');
  machine.program('nvidia-smi', `console.log('NVIDIA-SMI has failed'); process.exit(9);`);
  assert.equal(machine.setUp(root).said, '');
  assert.deepEqual(index.asked, []);
});

test('an interrupted download continues where it was, in the same set-up', { skip }, async () => {
  const all = await ready();
  all.index.behaviour.set(tensorflow.file, { kind: 'cut', after: Math.ceil(tensorflow.bytes.length / 3) });
  const { status, said } = await all.setUp();
  assert.equal(status, 0, said);
  assertInstalled(all);
  const parts = all.index.asked.filter((name) => name.startsWith(`${tensorflow.file} bytes=`));
  assert.ok(parts.length >= 2, all.index.asked.join());
});

test('a download that receives nothing more is given up, and continues in the next set-up', { skip }, async () => {
  const all = await ready();
  const half = Math.ceil(numbers.bytes.length / 2);
  writeFileSync(partOf(all, numbers.file), numbers.bytes.subarray(0, half));
  all.index.behaviour.set(numbers.file, { kind: 'cut', after: 0 });
  const { status, said } = await all.setUp();
  assert.equal(status, 2);
  assert.match(
    said,
    /continuing with nvidia-numbers-cu12.*\nattn setup: the download was interrupted: .*\n {2}to continue: npx attn setup --gpu\n$/s,
  );
  all.index.behaviour.clear();
  all.index.asked.length = 0;
  const second = await all.setUp();
  assert.equal(second.status, 0, second.said);
  assertInstalled(all);
  assert.deepEqual(all.index.asked, [`${numbers.file} bytes=${half}-`, tools.file], 'the first wheel was done');
});

/** The path of a wheel while it is downloaded. */
function partOf({ home }: Ready, file: string): string {
  mkdirSync(`${home}-unfinished`, { recursive: true });
  return join(`${home}-unfinished`, `${file}.part`);
}

test('a set-up killed in the middle of a wheel continues in the middle of it', { skip }, async () => {
  const all = await ready();
  const after = 3000;
  all.index.behaviour.set(numbers.file, { kind: 'hang', after });
  const part = partOf(all, numbers.file);
  const arrived = () => (statSync(part, { throwIfNoEntry: false })?.size ?? 0) >= after;
  await all.machine.setUpKilled(all.root, arrived, ['--gpu']);
  assert.equal(existsSync(all.home), false);
  all.index.behaviour.clear();
  const { status, said } = await all.setUp();
  assert.equal(status, 0, said);
  assertInstalled(all);
  assert.deepEqual(all.index.asked.slice(1), [numbers.file, `${numbers.file} bytes=${after}-`, tools.file]);
});

test('a server that cannot continue sends the wheel from the start', { skip }, async () => {
  const all = await ready();
  writeFileSync(partOf(all, tensorflow.file), Buffer.alloc(1000));
  all.index.behaviour.set(tensorflow.file, { kind: 'whole' });
  const { status, said } = await all.setUp();
  assert.equal(status, 0, said);
  assertInstalled(all);
});

test('a wheel with a wrong checksum is rejected and removed; the right one is accepted', { skip }, async () => {
  const all = await ready();
  const altered = Buffer.from(numbers.bytes);
  altered[50] = 255 - (altered[50] ?? 0);
  for (const wrong of [altered, Buffer.concat([altered, Buffer.from('more')])]) {
    all.index.altered.set(numbers.file, wrong);
    const { status, said } = await all.setUp();
    assert.equal(status, 2);
    assert.match(
      said,
      /nvidia_numbers_cu12-12\.1.*\.whl \(its SHA-256 differs\); it was removed\n {2}run npx attn setup --gpu again/,
    );
    assert.deepEqual(
      readdirSync(`${all.home}-unfinished`).filter((name) => name.startsWith(numbers.file)),
      [],
    );
  }
  all.index.altered.clear();
  const { status, said } = await all.setUp();
  assert.equal(status, 0, said);
  assertInstalled(all);
});

test('disk space is checked before anything is fetched', { skip }, async () => {
  const all = await ready(listed().map((wheel, i) => (i === 1 ? { ...wheel, unpacked: 1e15 } : wheel)));
  const { status, said } = await all.setUp();
  assert.equal(status, 2);
  assert.match(
    said,
    /needs 1000000\.0 GB in \S+cache, where [\d.]+ GB are free\n {2}free as much there, or ATTN_CACHE=DIR/,
  );
  assert.deepEqual(all.index.asked, []);
});

test('a disk that fills up all the same is named; with space the next set-up continues', {
  skip: skip || (process.getuid?.() === 0 ? false : 'only root may mount a small disk'),
}, async (t) => {
  const all = await ready(listed().map((wheel) => ({ ...wheel, unpacked: 0, bytes: wheel.bytes })));
  const disk = join(all.machine.home, 'disk');
  mkdirSync(disk);
  const whole = wheels.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const mount = (options: string) => spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]).status === 0;
  // room for the first wheel and its content, not for all
  if (!mount(`size=${Math.ceil((2.2 * tensorflow.bytes.length) / 1024)}k`))
    return t.skip('no disk may be mounted here');
  try {
    const extra = { ATTN_CACHE: disk };
    const { status, said } = await all.setUp(['--gpu'], extra);
    assert.equal(status, 2, said);
    assert.match(
      said,
      /the disk of \S+disk is full\n {2}free up to [\d.]+ GB there, then run the same command again\n$/,
    );
    assert.equal(mount(`remount,size=${3 * whole}`), true);
    const second = await all.setUp(['--gpu'], extra);
    assert.equal(second.status, 0, second.said);
    assert.equal((all.machine.record(all.root).gpu as { version: string }).version, '2.21.0');
    assert.equal(all.index.asked.filter((name) => name === tensorflow.file).length, 1, 'what was done stays done');
  } finally {
    spawnSync('umount', [disk]);
  }
});

test('if this process cannot use the index, pip fetches the wheel as a whole', { skip }, async () => {
  const own = wheels.filter(({ project }) => project === 'tensorflow');
  const all = await ready(listed(own));
  all.index.pages = 'none';
  all.machine.python('serve', { ...tensorflow, name: tensorflow.file });
  const { status, said } = await all.setUp();
  assert.equal(status, 0, said);
  assert.match(said, /downloading tensorflow 2\.21\.0 \(1 MB; 1 of 1\) with pip/);
  const asked = readFileSync(join(all.machine.home, 'pip.log'), 'utf8').trim().split('\n').at(-1) ?? '';
  assert.match(asked, /--platform test_platform .* tensorflow==2\.21\.0$/);
  all.machine.python('offline', cpu);
  rmSync(all.home, { recursive: true });
  const offline = await all.setUp();
  assert.equal(offline.status, 2);
  assert.match(offline.said, /no connection to the package index that has tensorflow\n/);
});

test('two set-ups do not fetch at the same time, even on two hosts; the lock of an ended set-up does not count', {
  skip,
}, async () => {
  const all = await ready();
  const path = `${all.home}.lock`;
  const [pid, started, space] = thisProcess().split('-');
  for (const name of [thisProcess(), `${pid}-${started}-0000000000`]) {
    writeFileSync(path, `${name} node3`);
    const { status, said } = await all.setUp();
    assert.equal(status, 2);
    assert.match(said, new RegExp(`another set-up \\(process ${pid} on node3\\) is fetching TensorFlow for GPUs\n`));
    assert.ok(said.includes(`rm ${path}`));
    assert.equal(readFileSync(path, 'utf8'), `${name} node3`);
  }
  writeFileSync(path, `${pid}-1-${space} node3`);
  assert.equal((await all.setUp()).status, 0);
  assertInstalled(all);
  assert.ok(!existsSync(path));
});

test('a platform without a TensorFlow for GPUs is reported', { skip }, async () => {
  const machine = new Machine();
  machine.python('serve', cpu);
  const root = machine.install('app', cpu);
  const { status, said } = await machine.setUpServed(root, ['--gpu']);
  assert.equal(status, 2);
  assert.match(said, /there is no TensorFlow for GPUs for this machine .*\n {2}leave out --gpu\n$/);
});

/** Gives an installed attn the real koffi, with which set-up examines libraries. */
function withKoffi(root: string): void {
  for (const name of ['koffi', '@koromix']) symlinkSync(resolve('node_modules', name), join(root, '..', name));
}

test('if the system has CUDA’s libraries, only TensorFlow’s own wheel is fetched', { skip }, async () => {
  const all = await ready();
  withKoffi(all.root);
  const system = mkdtempSync(join(all.machine.home, 'cuda-'));
  writeFileSync(join(system, 'libnumbers.so.12'), library('libnumbers.so.12', 'int numbers;'));
  const { status, said } = await all.setUp(['--gpu'], { LD_LIBRARY_PATH: system });
  assert.equal(status, 0, said);
  assert.deepEqual(all.index.asked, [tensorflow.file]);
  assert.equal(existsSync(join(all.home, 'nvidia')), false);
});

test('a user’s own TensorFlow that was built with CUDA supports GPUs too', { skip }, async () => {
  const all = await ready();
  withKoffi(all.root);
  const own = (cuda: boolean) => {
    const folder = mkdtempSync(join(all.machine.home, 'own-'));
    mkdirSync(join(folder, 'include/tensorflow/c'), { recursive: true });
    writeFileSync(join(folder, 'include/tensorflow/c/c_api.h'), 'extern "C" const char* TF_Version();');
    const framework = `namespace tensorflow { bool IsGoogleCudaEnabled() { return ${cuda}; } }`;
    writeFileSync(join(folder, 'libtensorflow_framework.so.2'), library('libtensorflow_framework.so.2', framework));
    writeFileSync(join(folder, 'libtensorflow_cc.so.2'), library('libtensorflow_cc.so.2', says('')));
    return folder;
  };
  for (const cuda of [false, true]) {
    const folder = own(cuda);
    const { status, said } = all.machine.setUp(all.root, { ATTN_LIBTENSORFLOW: folder });
    assert.equal(status, 0, said);
    const gpu = all.machine.record(all.root).gpu as { library: string } | undefined;
    assert.equal(gpu?.library, cuda ? join(folder, 'libtensorflow_cc.so.2') : undefined);
  }
  assert.deepEqual(await all.setUp(), { status: 0, said: '' }, 'nothing is to be fetched for it');
});
