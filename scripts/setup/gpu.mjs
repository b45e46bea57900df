import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadBinding } from './binding.mjs';
import { cacheFolder } from './cache.mjs';
import { gigabytes, gpuWheels, unpackedGpuWheels } from './gpu-wheels.mjs';
import { Problem, say } from './problem.mjs';
import { readRecord, setupFiles, writeRecord } from './record.mjs';
import { isWhole, otherLibc, removeIfDamaged } from './wheel.mjs';

/** The oldest compute capability that TensorFlow's wheel has code for, and the oldest driver for CUDA 12. */
const OLDEST_CARD = 6;
const OLDEST_DRIVER = 525;

/**
 * TensorFlow for NVIDIA's GPUs besides the one for the CPU: the recorded one, else the one in the cache, else fetched
 * if requested. If it was not requested and there is a GPU, one line tells what it would take.
 * @param {string} root attn's own folder
 * @param {boolean} wanted `--gpu`, or ATTN_GPU=1
 */
export async function installGpu(root, wanted) {
  const files = setupFiles(root);
  const record = readRecord(files);
  if (record?.gpu && existsSync(record.gpu.library)) return;
  const { version, home, wheels } = gpuWheels(cacheFolder());
  const serves = wheels !== undefined && otherLibc() === undefined;
  if (!wanted) {
    // not requested, so anything that does not fit is left alone
    if (!serves || record?.backend !== 'tensorflow' || record.version !== version) return;
    if (!isWhole(home)) return offer(wheels, files.retry);
  }
  try {
    await addGpu(files, record, { root, wheels, serves, version });
  } catch (error) {
    // a problem with something not requested does not stop the rest
    if (wanted || !(error instanceof Problem)) throw error;
    say(`${error.message}\n  ${error.remedy}`);
    return;
  }
  if (wanted && findCard() === undefined) say('there is no NVIDIA card here that it could use now');
}

async function addGpu(files, record, { root, wheels, serves, version }) {
  const retry = gpuCommand(files.retry);
  checkFits(record, version, serves, retry);
  const libraryDirectory = await unpackedGpuWheels(cacheFolder(), systemHasCuda(wheels, root), retry);
  try {
    loadBinding(files.binding, { libraryDirectory }, retry);
  } catch (error) {
    if (!(error instanceof Problem) || !(await removeIfDamaged(libraryDirectory))) throw error;
    throw new Problem(
      `TensorFlow for GPUs in ${libraryDirectory} was damaged; it was removed`,
      `download it again: ${retry}`,
    );
  }
  const [library, frameworkLibrary] = ['cc', 'framework'].map((part) =>
    join(libraryDirectory, `libtensorflow_${part}.so.2`),
  );
  await writeRecord(files, { ...record, gpu: { version, libraryDirectory, library, frameworkLibrary } });
  say(`TensorFlow ${version} for GPUs is ready`);
}

/** @throws Problem if TensorFlow for GPUs does not fit what set-up has recorded */
function checkFits(record, version, serves, retry) {
  const platform = otherLibc() ?? `${process.platform} ${process.arch}`;
  if (!serves) throw new Problem(`there is no TensorFlow for GPUs for this machine (${platform})`, 'leave out --gpu');
  if (record?.backend !== 'tensorflow') {
    throw new Problem(
      'TensorFlow for GPUs needs the binding to TensorFlow, which is not there',
      `npx attn doctor says why; then: ${retry}`,
    );
  }
  if (record.version === version) return;
  throw new Problem(
    `TensorFlow for GPUs has version ${version}, but the one in ${record.libraryDirectory} has ${record.version}`,
    'ATTN_LIBTENSORFLOW=DIR names a folder with one of that version, or one that was built with CUDA itself',
  );
}

/** The command that repeats set-up with the download. `npm run` would pass --gpu to the last of its commands. */
function gpuCommand(retry) {
  return retry.startsWith('npm') ? `ATTN_GPU=1 ${retry}` : `${retry} --gpu`;
}

/** Reports what an existing GPU would need. */
function offer(wheels, retry) {
  const card = findCard();
  if (card === undefined) return;
  const bytes = wheels.reduce((sum, wheel) => sum + wheel.bytes, 0);
  const command = gpuCommand(retry);
  say(`to compute on the GPU here, ${card}: ${command} (downloads ${gigabytes(bytes)})`);
}

/** The name of the first GPU that TensorFlow supports, as listed by `nvidia-smi`, or undefined. */
function findCard() {
  const query = ['--query-gpu=name,compute_cap,driver_version', '--format=csv,noheader'];
  const { status, stdout } = spawnSync('nvidia-smi', query, { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const cards = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(', '));
  return cards.find(
    ([, capability, driver]) =>
      Number.parseInt(capability, 10) >= OLDEST_CARD && Number.parseInt(driver, 10) >= OLDEST_DRIVER,
  )?.[0];
}

/** Whether the system, or LD_LIBRARY_PATH, has every library that would be unpacked from NVIDIA's wheels. */
function systemHasCuda(wheels, root) {
  const names = wheels.flatMap(({ project, members }) =>
    project === 'tensorflow' ? [] : members.map((member) => basename(member)).filter((name) => /\.so\./.test(name)),
  );
  const open = `const koffi = require('koffi');
    for (const name of process.argv.slice(1)) koffi.load(name, { lazy: true });
    process.reallyExit(0);`;
  return spawnSync(process.execPath, ['-e', open, ...names], { cwd: root }).status === 0;
}
