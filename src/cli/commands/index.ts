import type { AnyCommand } from '../command.ts';

/** A command as the overview lists it; its code is loaded when it is called, so that each starts as fast as it can. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
}

/** Every command, in the order of the work. */
export const commands: readonly CommandEntry[] = [];
