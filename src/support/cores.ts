import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** The numbers of the cores this process may use. */
export function allowedCores(): number[] {
  return parseCores(allowedList()) ?? Array.from({ length: availableParallelism() }, (_, core) => core);
}

function allowedList(): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  } catch {
    return ''; // not Linux
  }
}

/** `0-2,5` as 0, 1, 2, 5; undefined for anything else. */
export function parseCores(list: string): number[] | undefined {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return undefined;
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/**
 * Splits the cores into this many groups, as equal as possible. With more groups than cores, some groups share a core.
 */
export function divideCores(cores: readonly number[], parts: number): number[][] {
  const start = (part: number) => Math.floor((part * cores.length) / parts);
  return Array.from({ length: parts }, (_, part) => {
    const own = cores.slice(start(part), start(part + 1));
    return own.length > 0 ? own : cores.slice(part % cores.length, (part % cores.length) + 1);
  });
}

/** The command prefix that pins a process to some cores; empty where there is no `taskset`. */
export function pinnedTo(cores: readonly number[]): string[] {
  hasTaskset ??= spawnSync('taskset', ['--version']).status === 0;
  return hasTaskset ? ['taskset', '--cpu-list', cores.join(',')] : [];
}

let hasTaskset: boolean | undefined;
