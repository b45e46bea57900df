/** The two families of MPI: a program started by one cannot use the other's library. */
export type MpiFamily = 'mpich' | 'openmpi';

/** How this process was started together with others. */
export interface Launch {
  readonly rank: number;
  readonly size: number;
  /** What started it, for people. */
  readonly by: string;
  /** The family of the library it needs, if known. */
  readonly family?: MpiFamily;
}

/**
 * What started this process as one of several, according to the environment: Open MPI's `mpiexec`, that of MPICH and
 * its relatives (Intel MPI, MVAPICH, Cray), or Slurm's `srun`. Undefined for a single process.
 */
export function launchOf(environment: NodeJS.ProcessEnv = process.env): Launch | undefined {
  const number = (name: string) => {
    const text = environment[name];
    return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const launch = (rank: string, size: string, by: string, family?: MpiFamily): Launch | undefined => {
    const [r, s] = [number(rank), number(size)];
    return r === undefined || s === undefined || s < 2
      ? undefined
      : { rank: r, size: s, by, ...(family && { family }) };
  };
  return (
    launch('OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE', "Open MPI's mpiexec", 'openmpi') ??
    // variables of a step, not of a job: a batch script has the latter, and is a single process
    launch('SLURM_PROCID', 'SLURM_STEP_NUM_TASKS', 'srun', environment.PMI_FD === undefined ? undefined : 'mpich') ??
    launch('PMI_RANK', 'PMI_SIZE', "MPICH's mpiexec", 'mpich')
  );
}
