import { existsSync, realpathSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { InputError } from '../support/errors.ts';
import { loadKoffi } from '../tensor/library.ts';
import { readSetupRecord } from '../tensor/location.ts';
import type { Launch, MpiFamily } from './launch.ts';

/** An available MPI library. */
export interface MpiLibrary {
  /** What to load: a path, or a name known to the system's loader. */
  readonly path: string;
  readonly family: MpiFamily;
  /** Whether it has MPI 5.0's standard binary interface (chapter 20 of the standard), or its family's own. */
  readonly standard: boolean;
  /** As it reports: `MPICH 4.0.2`. */
  readonly version: string;
}

const mac = process.platform === 'darwin';

/**
 * The files of MPI libraries: MPI 5.0's own name, that of MPICH and its relatives, Debian's name for MPICH, Open MPI's.
 */
const names = mac
  ? ['libmpi_abi.1.dylib', 'libmpi.12.dylib', 'libmpi.40.dylib']
  : ['libmpi_abi.so.1', 'libmpi.so.12', 'libmpich.so.12', 'libmpi.so.40'];

const ownFamily: Readonly<Record<string, MpiFamily>> = { '12': 'mpich', '40': 'openmpi' };

/**
 * The MPI to use: the one that ATTN_MPI names (a library, or a folder with lib/ or bin/ in it), else the system's, else
 * the one that `attn setup --mpi` has downloaded; of several the first that fits whatever started this process.
 * @throws InputError if there is none
 */
export function findMpi(launch?: Launch): MpiLibrary {
  const wanted = launch?.family;
  const named = process.env.ATTN_MPI;
  for (const path of named ? namedFiles(named) : candidates()) {
    const library = inspect(path);
    if (library !== undefined && (wanted === undefined || named || library.family === wanted)) return library;
  }
  const title = wanted && { mpich: 'MPICH', openmpi: 'Open MPI' }[wanted];
  if (named) {
    throw new InputError(`ATTN_MPI=${named} is no MPI library, and no folder that holds one`, {
      remedy: `name the file ${names.join(', ')} or the folder above its lib/`,
    });
  }
  const install = { mpich: 'mpich', openmpi: 'openmpi-bin' }[wanted ?? 'mpich'];
  throw new InputError(
    launch && title
      ? `${launch.by} started this process, but the library of ${title} is not found`
      : 'there is no MPI on this machine, which connects the workers of a training',
    {
      remedy: `${wanted === 'openmpi' ? '' : 'attn setup --mpi fetches MPICH (13 MB); or '}sudo apt-get install ${install}; or ATTN_MPI=PATH, if it is in a folder of its own`,
    },
  );
}

/** The folder of the MPI that `attn setup --mpi` downloaded, or undefined. */
export function fetchedMpi(): string | undefined {
  const directory = readSetupRecord()?.mpi?.directory;
  return directory !== undefined && existsSync(directory) ? directory : undefined;
}

/** The `mpiexec` of an MPI: beside its library, or on the path, where Debian names it after its family. */
export function findMpiexec({ path, family }: MpiLibrary): string | undefined {
  const own = { mpich: 'mpiexec.mpich', openmpi: 'mpiexec.openmpi' }[family];
  const beside = path.includes('/') ? [join(dirname(path), '../bin')] : [];
  const folders = [...beside, ...(process.env.PATH ?? '').split(delimiter)];
  const found = folders.flatMap((folder) => [join(folder, own), join(folder, 'mpiexec')]).filter(isFile);
  return found.find((file) => familyOfMpiexec(file) === family);
}

/** By the file to which `mpiexec` links: Hydra is MPICH's launcher, orterun and prterun are Open MPI's. */
function familyOfMpiexec(file: string): MpiFamily | undefined {
  const real = realpathSync(file);
  if (/openmpi|orterun|prterun|prte/.test(real)) return 'openmpi';
  if (/mpich|hydra/.test(real)) return 'mpich';
  // a file that is not a link: by the programs beside it
  return existsSync(join(dirname(real), 'ompi_info')) ? 'openmpi' : 'mpich';
}

function* candidates(): Generator<string> {
  yield* names;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const mpiexec = join(folder, 'mpiexec');
    if (isFile(mpiexec)) yield* filesIn(dirname(dirname(realpathSync(mpiexec))));
  }
  const fetched = fetchedMpi();
  if (fetched !== undefined) yield* filesIn(fetched);
}

function namedFiles(path: string): string[] {
  return isFile(path) || !path.includes('/') ? [path] : filesIn(path);
}

function filesIn(folder: string): string[] {
  return ['lib', 'lib64', '.', '../lib'].flatMap((part) =>
    names.map((name) => join(folder, part, name)).filter(isFile),
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Loads a library and reads its version. Undefined if it does not exist, or is something else. */
function inspect(path: string): MpiLibrary | undefined {
  const koffi = loadKoffi();
  tameUcx();
  try {
    const text = Buffer.alloc(8192);
    const length = [text.length];
    koffi.load(path, { lazy: true }).func('int MPI_Get_library_version(_Out_ void*, _Out_ int*)')(text, length);
    const words = text.toString('utf8', 0, text.indexOf(0)).replaceAll(/\s+/g, ' ').trim();
    const standard = /mpi_abi/.test(path);
    const number = /\.(12|40)(\.|$)/.exec(path)?.[1] ?? '';
    const family = /Open MPI/i.test(words) ? 'openmpi' : (ownFamily[number] ?? 'mpich');
    const release = /(?:Version:?|v)\s*(\d+(?:\.\w+)+)/.exec(words)?.[1];
    return {
      path,
      family,
      standard,
      version: `${family === 'openmpi' ? 'Open MPI' : maker(words)}${release ? ` ${release}` : ''}`,
    };
  } catch {
    return undefined;
  }
}

/**
 * UCX, which carries the messages of many MPIs, patches the C library's memory functions and handles faults, according
 * to variables that it reads when it is loaded. In Node the former corrupts its heap in one of forty runs (UCX 1.13),
 * and the latter mistakes WebAssembly's checks for crashes.
 */
function tameUcx(): void {
  process.env.UCX_MEM_EVENTS ??= 'n';
  process.env.UCX_ERROR_SIGNALS ??= '';
}

function maker(words: string): string {
  return /Intel|MVAPICH|CRAY/i.exec(words)?.[0] ?? 'MPICH';
}
