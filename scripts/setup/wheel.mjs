import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { inCache } from './cache.mjs';
import { Problem, say } from './problem.mjs';
import { unzip } from './unzip.mjs';

/** Which wheel serves which platform, each fixed by its SHA-256. */
const { version, wheels } = JSON.parse(readFileSync(new URL('wheels.json', import.meta.url), 'utf8'));

/** Of a wheel's 16,000 files: the two libraries, and the headers that tfjs-node's binding includes. */
const wanted = (name) =>
  /^tensorflow\/libtensorflow_(cc|framework)\.(so\.2|2\.dylib)$/.test(name) ||
  /^tensorflow\/include\/(tensorflow\/c\/|tensorflow\/core\/platform\/ctstring|tsl\/platform\/ctstring|xla\/tsl\/c\/)/.test(
    name,
  );

/**
 * TensorFlow's C++ library out of its Python wheel, unpacked once a user into `cache`: fetched by pip, checked, unpacked
 * under another name and renamed, so that what is there is whole. A set-up that was killed goes on from the wheel.
 * @param {() => void} beforeDownload throws where the wheel would be of no use
 * @returns {Promise<string>} the folder that holds the libraries and `include/`
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
      if (isWhole(home)) return; // another checkout was faster
      rmSync(home, { recursive: true, force: true });
      renameSync(unpacked, home);
      rmSync(archive);
    } catch (error) {
      if (!isWhole(home)) throw error;
    }
  });
  return join(home, 'tensorflow');
}

/**
 * Removes an unpacked wheel whose files are no longer those of the wheel.
 * @returns {Promise<boolean>} whether it was damaged (if not, this machine cannot run what the wheel holds)
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
  const name = `${project.replaceAll('-', '_')}-${version}-cp313-cp313-${platform}.whl`;
  const kept = join(cache, name);
  if (existsSync(kept) && (await digest(kept)) === sha256) return kept;
  const pip = findPip(retry);
  say(`downloading TensorFlow ${version} with pip (${megabytes} MB)`);
  const wheelTags = ['--python-version', '3.13', '--implementation', 'cp', '--abi', 'cp313', '--platform', platform];
  const { status, stderr } = spawnSync(
    pip[0],
    [
      ...[...pip.slice(1), 'download', '--no-deps', '--only-binary=:all:', ...wheelTags],
      ...['--no-cache-dir', '--disable-pip-version-check', '--no-input', '--retries', '2'],
      ...['--dest', partial, `${project}==${version}`],
    ],
    {
      // pip's progress bar is worth seeing on a terminal only
      stdio: ['ignore', process.stderr.isTTY ? 2 : 'ignore', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: partial, PIP_REQUIRE_VIRTUALENV: '0' },
    },
  );
  if (status !== 0) throw downloadProblem(project, stderr, retry);
  const fetched = join(partial, name);
  if (!existsSync(fetched) || (await digest(fetched)) !== sha256) {
    throw new Problem(
      `the wheel that pip fetched is not TensorFlow's own (its SHA-256 differs); it was removed`,
      `run ${retry} again; if it stays so, the package index or a proxy alters files: set PIP_INDEX_URL to another index`,
    );
  }
  renameSync(fetched, kept);
  return kept;
}

/** The words that start pip: PYTHON's where it is set, else any Python 3's, else a pip that stands alone. */
function findPip(retry) {
  const { PYTHON } = process.env;
  const modules = (PYTHON ? [PYTHON] : ['python3', 'python']).map((python) => [python, '-m', 'pip']);
  const candidates = PYTHON ? modules : [...modules, ['pip3'], ['pip']];
  for (const words of candidates) {
    const { status, stdout } = spawnSync(words[0], [...words.slice(1), '--version'], { encoding: 'utf8' });
    if (status === 0 && /\(python 3/.test(stdout)) return words;
  }
  const install = process.platform === 'darwin' ? 'brew install python' : 'sudo apt-get install -y python3-pip';
  throw PYTHON
    ? new Problem(`PYTHON=${PYTHON} is no Python 3 with pip`, `PYTHON=python3 ${retry}`)
    : new Problem('there is no Python 3 with pip, which fetches TensorFlow', `${install} && ${retry}`);
}

function downloadProblem(project, stderr, retry) {
  const last = stderr.match(/ERROR: .*/g)?.at(-1) ?? stderr.trim().split('\n').at(-1);
  if (/No space left/.test(stderr)) return new Problem('the disk is full', `free about 1.2 GB, then: ${retry}`);
  return /Retrying|Connection|timed out|name resolution|not known/i.test(stderr)
    ? new Problem(`no connection to the package index that has ${project}`, `connect to the network, then: ${retry}`)
    : new Problem(
        `pip cannot fetch ${project} ${version}: ${last}`,
        `mend that (PIP_INDEX_URL names an index), then: ${retry}`,
      );
}

/** Whether an unpacked wheel is there with every file in its size. */
function isWhole(home) {
  const members = Object.entries(readMembers(home) ?? {});
  return (
    members.length > 0 &&
    members.every(([name, { size }]) => statSync(join(home, name), { throwIfNoEntry: false })?.size === size)
  );
}

function readMembers(home) {
  try {
    return JSON.parse(readFileSync(join(home, 'members.json'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** On Linux the wheels want GNU's C library of 2018 or newer: the words for what is there instead, or undefined. */
function otherLibc() {
  if (process.platform !== 'linux') return undefined;
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  if (glibc === undefined) return 'its C library is not GNU’s';
  const [major, minor] = glibc.split('.').map(Number);
  return major > 2 || minor >= 27 ? undefined : `GNU C library ${glibc}, 2.27 is needed`;
}

/** SHA-256 of a file. */
async function digest(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
