import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/support/random.ts';
import { isAnswer, makeValid, type Target } from './targets.ts';

/** An input may take this much processor time, in seconds, and the process this much memory, in bytes. Fixed beforehand. */
export const MOST_SECONDS = 2;
export const MOST_MEMORY = 768e6;

/** An input that was not answered as it should be. */
export interface Finding {
  readonly target: string;
  /** Makes the input again. */
  readonly number: number;
  readonly file: string;
  readonly problem: string;
}

/** A target with its valid files, in a folder of its own. */
export interface Bench {
  readonly target: Target;
  readonly folder: string;
  /** Answers to all inputs so far: read as valid, refused. */
  readonly counts: { read: number; refused: number };
  /** Tries one input. @returns what is not right with it */
  attempt(number: number): Promise<Finding | undefined>;
  /** Writes one input into the folder, to look at it. @returns the path of the file that was changed */
  put(number: number): string;
  close(): void;
}

/** Writes a target's valid files where files are in memory, if there is such a place. */
export async function openBench(target: Target): Promise<Bench> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `attn-fuzz-${target.name}-`));
  await makeValid(target, folder);
  const names = Object.keys(target.files);
  const valid = new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
  const counts = { read: 0, refused: 0 };
  let changed: string | undefined;

  const restore = () => {
    if (changed !== undefined) writeFileSync(join(folder, changed), valid.get(changed) as Buffer);
    changed = undefined;
  };
  const put = (number: number): string => {
    restore();
    const random = new Random('fuzz', target.name, number);
    const name = random.choice(names);
    const mutate = target.files[name] as Target['files'][string];
    writeFileSync(join(folder, name), mutate(random, valid.get(name) as Buffer));
    changed = name;
    return name;
  };
  const attempt = async (number: number): Promise<Finding | undefined> => {
    const file = put(number);
    const report = (problem: string) => ({ target: target.name, number, file, problem });
    const before = process.cpuUsage();
    try {
      await target.read(folder);
      counts.read++;
    } catch (error) {
      if (!isAnswer(error)) return report(error instanceof Error ? (error.stack ?? error.message) : String(error));
      counts.refused++;
    }
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    return seconds > MOST_SECONDS ? report(`took ${seconds.toFixed(1)} s`) : undefined;
  };
  return { target, folder, counts, attempt, put, close: () => rmSync(folder, { recursive: true, force: true }) };
}
