// The MPIs of this machine, for tests that run with each of them.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { MpiFamily } from '../../src/cluster/launch.ts';

export interface Mpi {
  readonly name: string;
  readonly family: MpiFamily;
  /** The command that starts this many workers, to put before theirs. */
  words(workers: number): string[];
}

const root = process.getuid?.() === 0 ? ['--allow-run-as-root'] : [];

const known: readonly Mpi[] = [
  { name: 'MPICH', family: 'mpich', words: (n) => ['mpiexec.mpich', '-launcher', 'fork', '-n', String(n)] },
  {
    ...{ name: 'Open MPI', family: 'openmpi' },
    words: (n) => ['mpiexec.openmpi', ...root, '--oversubscribe', '--bind-to', 'none', '-n', String(n)],
  },
];

/** MPICH and Open MPI, each with the reason why its tests are skipped, or false. */
export const mpis = known.map((mpi) => ({ ...mpi, skip: missing(mpi) }));

function missing({ words }: Mpi): string | false {
  const program = words(1)[0] as string;
  const there = (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
  return there ? false : `there is no ${program}: sudo apt-get install mpich openmpi-bin`;
}

/** Runs a program of test/helpers in several workers. */
export function inWorkers(mpi: Mpi, workers: number, file: string, ...args: string[]): SpawnSyncReturns<string> {
  const [program = '', ...words] = [
    ...mpi.words(workers),
    ...[process.execPath, '--import', 'tsx', `test/helpers/${file}`, ...args],
  ];
  const { ATTN_MPI: _, ...environment } = process.env;
  return spawnSync(program, words, { encoding: 'utf8', env: environment, timeout: 120_000, killSignal: 'SIGKILL' });
}

/**
 * A library that is the system's MPI, but for an MPI_Finalize that never returns. Undefined without a compiler.
 * @param folder where it is put
 */
export function withoutFinalize({ family }: Mpi, folder: string): string | undefined {
  const real = { mpich: 'libmpich.so.12', openmpi: 'libmpi.so.40' }[family];
  const source = join(folder, 'finalize.c');
  const library = join(folder, real);
  writeFileSync(source, '#include <unistd.h>\nint MPI_Finalize(void) { for (;;) pause(); }\n');
  const words = ['-shared', '-fPIC', '-o', library, source, '-Wl,--no-as-needed', `-l:${real}`];
  const { error, status, stderr } = spawnSync('gcc', words, { encoding: 'utf8' });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(stderr);
  return library;
}
