import type { Cluster } from '../cluster/cluster.ts';
import { checkSameFacts } from '../cluster/fingerprint.ts';
import type { Place } from '../cluster/place.ts';
import { shareFromFirst } from '../cluster/share.ts';
import type { Run } from '../config/run.ts';
import { InputError } from '../support/errors.ts';
import type { HostTensor } from '../tensor/session.ts';

/** The workers that train one model, and the place of this one. */
export interface Team {
  readonly cluster: Cluster;
  readonly place: Place;
}

/** @throws InputError for a run that needs workers in a process that has none */
export function checkWorkers(run: Run, team: Team | undefined): void {
  if (run.workers === (team?.cluster.size ?? 1)) return;
  throw new InputError(`${run.workers} workers are processes, which attn train, mpiexec or srun starts`, {
    where: 'workers',
    remedy: 'attn train starts them, attn compare and attn sweep for each run; leave it out here',
  });
}

/** @param fingerprint of the data @throws InputError for workers that would not train the same */
export function checkTeam({ cluster, place }: Team, run: Run, fingerprint: string): Promise<void> {
  const { data, device, threads, ...same } = run;
  const options = Object.entries(same).map(([key, value]) => [`option ${key}`, String(value)] as const);
  return checkSameFacts(cluster, { ...Object.fromEntries(options), 'data and vocabularies': fingerprint }, place.names);
}

/** Gives all workers the first one's start. @param own the first worker's */
export async function sharedStart<T extends { readonly variables: Record<string, HostTensor> }>(
  team: Team | undefined,
  own: T | undefined,
): Promise<T> {
  if (team === undefined) return own as T;
  const { variables, ...plain } = own ?? {};
  const first = variables && { plain, values: variables };
  const shared = await shareFromFirst(team.cluster, first);
  return { ...shared.plain, variables: shared.values } as unknown as T;
}

/** How several workers train, for people: it changes what an update is. */
export function teamNotes(team: Team | undefined, run: Run, threads: number): string[] {
  if (team === undefined) return [];
  const { size, engine } = team.cluster;
  const batches = run.accumulate === 1 ? '' : `${run.accumulate} batches of `;
  return [
    `${size} workers by ${engine}, ${threads} ${threads === 1 ? 'thread' : 'threads'} each: an update takes ${batches}up to ${run.batchTokens} tokens from each; the learning rate stays as given (${run.learningRate}).`,
  ];
}
