import { alone, type Cluster } from '../cluster/cluster.ts';
import { WORDS_ARRIVE, watchWorkers } from '../cluster/heartbeat.ts';
import { launchOf } from '../cluster/launch.ts';
import { LAUNCHED, launchWorkers } from '../cluster/launcher.ts';
import { joinMpi } from '../cluster/mpi.ts';
import { type Place, takePlace } from '../cluster/place.ts';
import { AlreadySaid } from '../support/errors.ts';
import { attnCommand } from '../support/program.ts';
import { systemFailure } from '../support/system-failure.ts';
import type { Team } from '../workflows/team.ts';
import type { Context } from './command.ts';

/** Milliseconds that a worker waits for the first one to report an error that all have met. */
const FIRST_SPEAKS = 2000;

/**
 * Does the work of one worker among those that this process was started with, or alone. A failure in one ends all, with
 * its message and exit code.
 */
export async function withTeam(
  context: Context,
  work: (team: Team | undefined, context: Context) => Promise<void>,
): Promise<void> {
  const launch = launchOf();
  // Open MPI gives all but the first an input that has already ended
  const listens = process.env[LAUNCHED] !== undefined && (launch?.rank ?? 0) === 0;
  const own = listens ? { ...context, signal: endOfInput(context.signal) } : context;
  if (launch === undefined) return work(undefined, own);
  const joined = joinMpi(launch);
  let cluster: Cluster = joined;
  let name = `worker ${joined.rank}`;
  try {
    const place = await takePlace(joined);
    name = place.names[joined.rank] ?? name;
    cluster = await watchWorkers(joined, place.names);
    await work({ cluster, place }, cluster.rank === 0 ? own : silent(own));
  } catch (error) {
    const known = systemFailure(error);
    if (cluster.rank > 0) await new Promise((resolve) => setTimeout(resolve, FIRST_SPEAKS));
    const text = known?.describe() ?? `internal error: ${error instanceof Error ? error.stack : String(error)}`;
    await new Promise((resolve) => {
      const words = `attn: ${cluster.rank > 0 ? `${name}: ` : ''}${text}\n`;
      process.stderr.write(words, () => setTimeout(resolve, WORDS_ARRIVE));
    });
    cluster.abort(known?.exitCode ?? 1);
  }
  await cluster.close();
}

/** The GPU of a worker if none is named by number: each worker of a machine has its own, of those that are shown. */
export function cardOf(team: { readonly place: Pick<Place, 'localRank'> } | undefined): number {
  if (team === undefined) return 0;
  const shown = process.env.CUDA_VISIBLE_DEVICES?.split(',').length ?? Number.POSITIVE_INFINITY;
  // Slurm may have shown each worker only its own
  return team.place.localRank % shown;
}

/** Runs in one worker after the first has finished: the first prepares what all need. */
export async function firstBefore<T>(cluster: Cluster = alone, work: () => Promise<T>): Promise<T> {
  if (cluster.rank > 0) await cluster.barrier();
  const result = await work();
  if (cluster.rank === 0) await cluster.barrier();
  return result;
}

/** Whether this process is to start workers, or one that it may have to start again, and not to be one. */
export function supervises(workers: number, restarts: number): boolean {
  return (workers > 1 || restarts > 0) && launchOf() === undefined && process.env[LAUNCHED] === undefined;
}

/**
 * Starts workers on this machine and waits for them. If one fails, all are started again from the last save.
 * @param restarts how many times at most
 * @param begun whether this training has taken over the folder: until then, a save there is of the run to overwrite
 * @throws AlreadySaid if one has failed for good
 */
export async function superviseWorkers(
  workers: number,
  restarts: number,
  begun: () => boolean,
  context: Context,
): Promise<void> {
  const { signal, stdout, stderr, words } = context;
  for (let start = 0; ; start++) {
    const first = start === 0 || (words.includes('--overwrite') && !begun());
    const again = first ? words : [...words.filter((word) => word !== '--overwrite'), '--resume'];
    const command = [...attnCommand(), ...again];
    const code = await launchWorkers({ command, workers, signal, stdout, stderr });
    if (code === 0 || signal.aborted) return;
    // bad input stays bad
    if (code === 2 || start === restarts) throw new AlreadySaid(code);
    context.say(`restart ${start + 1} of ${restarts}, from the last save`);
  }
}

function silent(context: Context): Context {
  return { ...context, quiet: true, json: false, say: () => {} };
}

/** Aborts with `signal`, and when standard input ends, which is how the launcher tells it to stop. */
function endOfInput(signal: AbortSignal): AbortSignal {
  const stop = new AbortController();
  signal.addEventListener('abort', () => stop.abort());
  process.stdin.on('end', () => stop.abort()).resume();
  process.stdin.unref?.();
  return stop.signal;
}
