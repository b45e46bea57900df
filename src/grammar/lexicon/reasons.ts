import type { Verb } from '../syntax.ts';
import { readVerb } from './read-verbs.ts';
import { lines, outline, table } from './tables.ts';

/** What one does, or does not do. */
export interface Deed {
  readonly verb: Verb;
  readonly negated: boolean;
}

/** A state and what comes of it: *ho fame*, so *mangio un panino*. */
export interface Reason {
  readonly cause: Verb;
  readonly effects: readonly Deed[];
}

/** A line of read-verbs.ts; an exclamation mark in front says that it is not done. */
export function readDeeds(table: string): Deed[] {
  return lines(table).map((line) => ({ verb: readVerb(line.replace('! ', '')), negated: line.startsWith('! ') }));
}

const reason = ([cause, effects]: readonly [string, string]): Reason => ({
  cause: readVerb(`${cause} | state`),
  effects: readDeeds(effects),
});

/** Why people do what they do. */
export const reasons: readonly Reason[] = outline(table('reasons', 'reasons')).map(reason);

/** What one does all the same: *anche se era stanca, ha finito i compiti*. */
export const concessions: readonly Reason[] = outline(table('reasons', 'concessions')).map(reason);

/** What one does in the rain, and in the sun. */
export const rainyDeeds = readDeeds(table('reasons', 'rainyDeeds'));
export const sunnyDeeds = readDeeds(table('reasons', 'sunnyDeeds'));
