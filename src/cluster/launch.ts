/** The two families of MPI: a program that was started by the one cannot speak through the other's library. */
export type MpiFamily = 'mpich' | 'openmpi';

/** How this process was started together with others. */
export interface Launch {
  readonly rank: number;
  readonly size: number;
  /** Who started it, in words. */
  readonly by: string;
  /** Whose library it needs, where that is known. */
  readonly family?: MpiFamily;
}

/**
 * Who started this process as one of several, as the environment says: Open MPI's `mpiexec`, that of MPICH and its kin
 * (Intel MPI, MVAPICH, Cray), or Slurm's `srun`. Undefined for a process alone.
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
    // a step's variables, not a job's: a batch script has those, and is one process
    launch('SLURM_PROCID', 'SLURM_STEP_NUM_TASKS', 'srun', environment.PMI_FD === undefined ? undefined : 'mpich') ??
    launch('PMI_RANK', 'PMI_SIZE', "MPICH's mpiexec", 'mpich')
  );
}
