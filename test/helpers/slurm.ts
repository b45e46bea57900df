// A Slurm cluster of one node on this machine: our own munged, slurmctld and slurmd, with all their files in one
// folder.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, hostname, totalmem, userInfo } from 'node:os';
import { join } from 'node:path';

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'sinfo'] as const;

/** The path of a program; daemons are not on everyone's PATH. */
function find(name: (typeof programs)[number]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Why no cluster can run here, for skipped tests; false if one can. */
export function withoutSlurm(): string | false {
  const missing = programs.filter((name) => find(name) === undefined);
  return missing.length > 0 && `no ${missing.join(', ')} here: apt-get install slurm-wlm munge`;
}

export interface Cluster {
  /** For `SLURM_CONF`: read by sbatch, squeue and the rest. */
  readonly config: string;
  stop(): Promise<void>;
}

/** Starts a cluster whose node has this machine's cores and memory, and waits until it accepts jobs. */
export async function startSlurm(folder: string): Promise<Cluster> {
  for (const name of ['control', 'node']) mkdirSync(join(folder, name), { recursive: true });
  const key = join(folder, 'munge.key');
  const socket = join(folder, 'munge.socket');
  writeFileSync(key, randomBytes(128), { mode: 0o400 });
  const config = join(folder, 'slurm.conf');
  writeFileSync(config, slurmConfig(folder, socket, await freePort(), await freePort()));
  process.env.SLURM_CONF = config;

  const daemons: ChildProcess[] = [];
  const start = (name: 'munged' | 'slurmctld' | 'slurmd', words: readonly string[]) =>
    daemons.push(spawn(find(name) as string, words, { stdio: 'ignore' }));
  const stop = async () => {
    for (const daemon of daemons.reverse()) {
      const gone = daemon.exitCode !== null || new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await gone;
    }
  };
  const files = ['log', 'pid', 'seed'].map((name) => `--${name}-file=${join(folder, `munge.${name}`)}`);
  // --force: a test's folder is not as private as munge requires
  start('munged', ['--foreground', '--force', `--key-file=${key}`, `--socket=${socket}`, ...files]);
  try {
    await until(() => existsSync(socket), 'munged', join(folder, 'munge.log'));
    start('slurmctld', ['-D', '-c']);
    start('slurmd', ['-D']);
    await until(() => nodeState().startsWith('idle'), 'the node', join(folder, 'control.log'));
  } catch (error) {
    await stop();
    throw error;
  }
  return { config, stop };
}

/** No accounting, no cgroups, and a scheduler that does not wait: everything else as on a small cluster. */
function slurmConfig(folder: string, socket: string, controlPort: number, nodePort: number): string {
  const host = hostname().split('.')[0];
  const user = userInfo().username;
  const megabytes = Math.floor(totalmem() / 2 ** 20 / 2);
  return `ClusterName=attn
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${controlPort}
SlurmdPort=${nodePort}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${socket}
StateSaveLocation=${folder}/control
SlurmdSpoolDir=${folder}/node
SlurmctldPidFile=${folder}/control.pid
SlurmdPidFile=${folder}/node.pid
SlurmctldLogFile=${folder}/control.log
SlurmdLogFile=${folder}/node.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
NodeName=${host} NodeAddr=127.0.0.1 CPUs=${availableParallelism()} RealMemory=${megabytes} State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP
`;
}

function nodeState(): string {
  return spawnSync(find('sinfo') as string, ['--noheader', '--format=%t'], { encoding: 'utf8' }).stdout.trim();
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function until(ready: () => boolean, what: string, log: string): Promise<void> {
  for (let i = 0; i < 300; i++) {
    if (ready()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what} did not start:\n${existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : 'no log'}`);
}
