import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { inCache } from './cache.mjs';
import { downloadWithPip } from './pip.mjs';
import { Problem, say } from './problem.mjs';
import { unzip } from './unzip.mjs';

/** Which wheel serves which platform, each fixed by its SHA-256. */
const { version, wheels } = JSON.parse(readFileSync(new URL('wheels.json', import.meta.url), 'utf8'));

/** From a wheel's 16,000 files: the two libraries, and the headers that tfjs-node's binding includes. */
const wanted = (name) =>
  /^tensorflow\/libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/.test(name) ||
  /^tensorflow\/include\/(tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/platform\/ctstring|xla\/tsl\/c\/)/.test(
    name,
  );

/**
 * TensorFlow's C++ library from its Python wheel, unpacked once per user into `cache`: fetched by pip, checked,
 * unpacked under another name and renamed, so that what is there is complete. A set-up that was killed continues from
 * the wheel.
 * @param {() => void} beforeDownload throws if the wheel would be useless
 * @returns {Promise<string>} the folder with the libraries and `include/`
 */
export async function unpackedWheel(cache, retry, beforeDownload) {
  const wheel = wheels[`${process.platform}-${process.arch}`];
  if (wheel === undefined || otherLibc()) {
    throw new Problem(
      `there is no TensorFlow ${version} wheel for this machine (${otherLibc() ?? `${process.platform} ${process.arch}`})`,
      `ATTN_LIBTENSORFLOW=DIR ${retry}, with a folder that holds TensorFlow's C library`,
    );
  }
  const home = join(cache, `tensorflow-${version}-${process.platform}-${process.arch}`);
  if (isWhole(home)) return join(home, 'tensorflow');
  beforeDownload();
  await inCache(cache, retry, async (partial) => {
    try {
      const archive = await verifiedWheel(wheel, cache, partial, retry);
      say(`unpacking TensorFlow ${version} into ${home}`);
      const unpacked = join(partial, 'unpacked');
      const members = await unzip(archive, unpacked, wanted);
      writeFileSync(join(unpacked, 'members.json'), JSON.stringify(members));
      // another checkout may have been faster
      if (!isWhole(home)) {
        rmSync(home, { recursive: true, force: true });
        renameSync(unpacked, home);
      }
      rmSync(archive, { force: true });
    } catch (error) {
      if (!isWhole(home)) throw error;
    }
  });
  return join(home, 'tensorflow');
}

/**
 * Removes an unpacked wheel whose files have changed.
 * @returns {Promise<boolean>} whether it was damaged (if not, this machine cannot run the wheel's library)
 */
export async function removeIfDamaged(directory) {
  const home = join(directory, '..');
  const members = readMembers(home) ?? {};
  for (const [name, { sha256 }] of Object.entries(members)) {
    if ((await digest(join(home, name))) === sha256) continue;
    rmSync(home, { recursive: true });
    return true;
  }
  return false;
}

/** The wheel itself, kept in the cache until it is unpacked. */
async function verifiedWheel({ project, platform, sha256, megabytes }, cache, partial, retry) {
  const file = `${project.replaceAll('-', '_')}-${version}-cp313-cp313-${platform}.whl`;
  const kept = join(cache, file);
  if (existsSync(kept) && (await digest(kept)) === sha256) return kept;
  say(`downloading TensorFlow ${version} with pip (${megabytes} MB)`);
  const fetched = downloadWithPip({ project, version, file }, partial, retry);
  if ((await digest(fetched)) !== sha256) throw wrongWheel('TensorFlow', retry);
  renameSync(fetched, kept);
  return kept;
}

/** The error for a wheel that differs from the one in wheels.json. */
export function wrongWheel(name, retry) {
  return new Problem(
    `the downloaded wheel is not the original ${name} (its SHA-256 differs); it was removed`,
    `run ${retry} again; if this happens again, the package index or a proxy alters files: set PIP_INDEX_URL to another index`,
  );
}

/** Whether every file unpacked from wheels exists with its right size. @param list the file that lists them */
export function isWhole(home, list = 'members.json') {
  const members = Object.entries(readMembers(home, list) ?? {});
  return (
    members.length > 0 &&
    members.every(([name, { size }]) => statSync(join(home, name), { throwIfNoEntry: false })?.size === size)
  );
}

export function readMembers(home, list = 'members.json') {
  try {
    return JSON.parse(readFileSync(join(home, list), 'utf8'));
  } catch {
    return undefined;
  }
}

/** On Linux the wheels need GNU's C library of 2018 or newer: a description of a different one, or undefined. */
export function otherLibc() {
  if (process.platform !== 'linux') return undefined;
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  if (glibc === undefined) return 'its C library is not GNU’s';
  const [major, minor] = glibc.split('.').map(Number);
  return major > 2 || minor >= 27 ? undefined : `GNU C library ${glibc}, 2.27 is needed`;
}

/** SHA-256 of a file. */
export async function digest(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
