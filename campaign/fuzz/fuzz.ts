import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../src/support/random.ts';
import { isAnswer, makeValid, type Target } from './targets.ts';

/** The maximum processor time of an input, in seconds, and memory of the process, in bytes. Fixed beforehand. */
export const MOST_SECONDS = 2;
export const MOST_MEMORY = 768e6;

/** An input that was not handled properly. */
export interface Finding {
  readonly target: string;
  /** Regenerates the input. */
  readonly number: number;
  readonly file: string;
  readonly problem: string;
}

/** A target with its valid files, in its own folder. */
export interface Bench {
  readonly target: Target;
  readonly folder: string;
  /** The results so far: read as valid, rejected. */
  readonly counts: { read: number; refused: number };
  /** Tries one input. @returns what is wrong with the result */
  attempt(number: number): Promise<Finding | undefined>;
  /** Writes one input into the folder, for inspection. @returns the path of the changed file */
  put(number: number): string;
  close(): void;
}

/** Writes a target's valid files, in a memory file system if there is one. */
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
