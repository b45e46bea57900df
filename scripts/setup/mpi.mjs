import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, inCache } from './cache.mjs';
import { downloadWithPip } from './pip.mjs';
import { Problem, say } from './problem.mjs';
import { readRecord, setupFiles, writeRecord } from './record.mjs';
import { unzip } from './unzip.mjs';
import { digest, isWhole, otherLibc, wrongWheel } from './wheel.mjs';

const mpi = JSON.parse(readFileSync(new URL('mpi-wheels.json', import.meta.url), 'utf8'));

/** From the wheel: MPICH's libraries and launcher, without compilers and headers. */
const wanted = (name) =>
  /\.data\/data\/(lib\/.*\.(so|dylib)[.\d]*$|lib\/mpich\/.*\.dylib$|bin\/(mpiexec|mpiexec\.hydra|hydra_pmi_proxy)$)/.test(
    name,
  ) || /\.dist-info\/licenses\//.test(name);

/**
 * MPICH, which connects the workers of a training run, from its Python wheel: the one in the user's cache, else
 * downloaded if requested. Recorded beside TensorFlow, for src/cluster/library.ts.
 * @param {string} root attn's own folder
 * @param {boolean} asked `--mpi`
 */
export async function installMpi(root, asked) {
  const files = setupFiles(root);
  const platform = `${process.platform}-${process.arch}`;
  const home = join(cacheFolder(), `mpich-${mpi.version}-${platform}`);
  const directory = join(home, `mpich-${mpi.version}.data/data`);
  const retry = `${files.retry.startsWith('npm') ? 'npx attn setup' : files.retry} --mpi`;
  if (!isWhole(home)) {
    if (!asked) return;
    await fetch(mpi.wheels[platform], home, retry);
  }
  const record = readRecord(files);
  if (record !== undefined && record.mpi?.directory !== directory) {
    await writeRecord(files, { ...record, mpi: { version: mpi.version, directory } });
  }
  if (asked) say(`MPICH ${mpi.version} is ready`);
}

async function fetch(wheel, home, retry) {
  if (wheel === undefined || otherLibc()) {
    throw new Problem(
      `there is no MPICH wheel for this machine (${otherLibc() ?? `${process.platform} ${process.arch}`})`,
      "install the system's own (sudo apt-get install mpich, brew install mpich), which attn finds by itself",
    );
  }
  const cache = cacheFolder();
  await inCache(cache, retry, async (partial) => {
    const { file, sha256, megabytes } = wheel;
    say(`downloading MPICH ${mpi.version} with pip (${megabytes} MB)`);
    const archive = downloadWithPip({ project: 'mpich', version: mpi.version, file }, partial, retry);
    if ((await digest(archive)) !== sha256) throw wrongWheel('MPICH', retry);
    const unpacked = join(partial, 'unpacked');
    const members = await unzip(archive, unpacked, wanted);
    for (const name of Object.keys(members).filter((member) => member.includes('/bin/'))) {
      chmodSync(join(unpacked, name), 0o755);
    }
    writeFileSync(join(unpacked, 'members.json'), JSON.stringify(members));
    // another checkout may have been faster
    if (isWhole(home)) return;
    rmSync(home, { recursive: true, force: true });
    renameSync(unpacked, home);
  });
}
