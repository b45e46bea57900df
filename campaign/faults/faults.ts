import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { attn } from '../../test/helpers/command.ts';
import { digest, leftovers } from './digest.ts';
import { canStrike, injectFaults, type Journal, type Operation, type Plan } from './file-faults.ts';
import { makeTemplate, type Scenario } from './scenarios.ts';

/** One thing that went wrong with the program, not with the disk. */
export interface Finding {
  readonly scenario: string;
  readonly plan: Pick<Plan, 'at' | 'fault' | 'stays'>;
  /** The operation that failed: `write prepared/train.pairs`. */
  readonly operation: string;
  readonly problem: string;
}

/** One kind of failure for an operation. */
export type Way = Pick<Plan, 'fault' | 'stays'>;

/** All kinds: each fault once, and a disk that stays full or broken. */
export const ways: readonly Way[] = [
  { fault: 'ENOSPC' },
  { fault: 'ENOSPC', stays: true },
  { fault: 'EIO' },
  { fault: 'EIO', stays: true },
  { fault: 'EMFILE' },
  { fault: 'short' },
  { fault: 'kill' },
];

/** The folder in which the commands run: reset to the same state before each. */
export interface Workplace {
  readonly folder: string;
  restore(): void;
  remove(): void;
}

/** Creates a workplace and changes to it. */
export async function openWorkplace(): Promise<Workplace> {
  const home = process.cwd();
  const parent = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'attn-faults-'));
  const folder = join(parent, 'work');
  const template = join(parent, 'template');
  mkdirSync(folder);
  process.chdir(folder);
  await makeTemplate();
  cpSync(folder, template, { recursive: true, preserveTimestamps: true });
  return {
    folder,
    restore: () => {
      // the folder itself stays: it is the working directory
      for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
      cpSync(template, folder, { recursive: true, preserveTimestamps: true });
    },
    remove: () => {
      process.chdir(home);
      rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** A scenario that has been run once without faults. */
export interface Measured {
  readonly scenario: Scenario;
  readonly operations: Journal['operations'];
  /** The wholes before and after, and the results. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly results: string;
}

/** Runs a scenario without faults and counts its operations. */
export async function measure(place: Workplace, scenario: Scenario): Promise<Measured> {
  place.restore();
  const wholes = () => scenario.wholes.map((paths) => digest(place.folder, paths));
  const before = wholes();
  const { code, err, journal } = await underPlan(place, scenario, { at: 0, fault: 'EIO' });
  if (code !== 0) throw new Error(`${scenario.name} fails without any fault: ${err}`);
  return {
    scenario,
    operations: journal.operations,
    before,
    after: wholes(),
    results: digest(place.folder, scenario.results),
  };
}

/** Makes one operation fail and examines what is left, then runs the command again. @returns what is not as promised */
export async function tryFault(place: Workplace, measured: Measured, way: Way, at: number): Promise<Finding[]> {
  const { scenario, operations } = measured;
  const { kind, path } = operations[at - 1] as (typeof operations)[number];
  const findings: Finding[] = [];
  const report = (problem: string) =>
    findings.push({
      scenario: scenario.name,
      plan: { ...way, at },
      operation: `${kind} ${relative(place.folder, path)}`,
      problem,
    });
  place.restore();
  let code: number;
  if (way.fault === 'kill') {
    code = await killed(place, scenario, at);
    if (code !== 137) report(`the child was not killed: ${code}`);
  } else {
    const run = await underPlan(place, scenario, { ...way, at });
    code = run.code;
    if (/internal error| {4}at /.test(run.err)) report(`a crash: ${run.err.trim()}`);
    if (code !== 0 && !/attn: /.test(run.err)) report(`exit ${code} without a word: ${run.err}`);
    if (run.journal.open > 0) report(`${run.journal.open} files stay open`);
    if (way.fault === 'short' && code !== 0) report(`a short ${kind} is no failure: ${run.err.trim()}`);
    // a disk on which nothing can be removed keeps them
    const cannotRemove = way.fault === 'EIO' && (way.stays || kind === 'remove');
    const left = cannotRemove ? [] : leftovers(place.folder);
    if (left.length > 0) report(`left behind: ${left.join(', ')}`);
  }
  if (code === 0) check(() => same(digest(place.folder, scenario.results), measured.results), 'exit 0', report);
  // if even restoring fails, an incomplete whole must be recognisable as such
  const gone =
    way.stays || way.fault === 'kill'
      ? (scenario.signs ?? []).filter((path) => !existsSync(join(place.folder, path)))
      : [];
  scenario.wholes.forEach((paths, i) => {
    if (paths.some((path) => gone.some((sign) => sign.startsWith(path)))) return;
    check(
      () => whole(digest(place.folder, paths), measured.before[i] ?? '', measured.after[i] ?? ''),
      paths.join(' '),
      report,
    );
  });
  for (const path of scenario.readable ?? []) check(() => void digest(place.folder, [path]), path, report);
  if (code === 0) return findings;
  // if the last operations fail everything is done, and a command that never overwrites a result reports that there is
  // one
  const done = digest(place.folder, scenario.results) === measured.results;
  const again = await attn(...scenario.words);
  if (again.code !== 0 && done && /already holds a model/.test(again.err)) return findings;
  if (again.code !== 0) report(`the same command again: exit ${again.code}: ${again.err.trim()}`);
  else check(() => same(digest(place.folder, scenario.results), measured.results), 'the same command again', report);
  return findings;
}

function check(action: () => void, what: string, report: (problem: string) => void): void {
  try {
    action();
  } catch (error) {
    report(`${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function same(found: string, expected: string): void {
  if (found !== expected) throw new Error(`not what it writes when nothing fails: ${difference(found, expected)}`);
}

function whole(found: string, before: string, after: string): void {
  if (found !== before && found !== after)
    throw new Error(`neither as before nor as after: ${difference(found, before)}`);
}

/** The lines that are only in one of two digests. */
function difference(found: string, expected: string): string {
  const [a, b] = [found, expected].map((text) => text.split('\n').filter(Boolean)) as [string[], string[]];
  const missing = b.filter((line) => !a.includes(line)).map((line) => `-${line.split(' ')[0]}`);
  const added = a.filter((line) => !b.includes(line)).map((line) => `+${line.split(' ')[0]}`);
  return [...missing, ...added].slice(0, 4).join(' ');
}

async function underPlan(place: Workplace, scenario: Scenario, plan: Omit<Plan, 'folder'>) {
  const journal = injectFaults({ ...plan, folder: place.folder });
  try {
    return { ...(await attn(...scenario.words)), journal };
  } finally {
    journal.stop();
  }
}

/**
 * Runs the command as a separate process that kills itself before an operation. @returns its exit code, 137 for SIGKILL
 */
async function killed(place: Workplace, scenario: Scenario, at: number): Promise<number> {
  const script = new URL('./killed.ts', import.meta.url).pathname;
  const loader = import.meta.resolve('tsx');
  // the order of parallel reads may differ in another process: strike the next possible operation
  const plan: Plan = { folder: place.folder, at, fault: 'kill', stays: true };
  const child = spawn(process.execPath, ['--import', loader, script, JSON.stringify(plan), ...scenario.words], {
    stdio: 'ignore',
    cwd: place.folder,
  });
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal === 'SIGKILL' ? 137 : (code ?? 1)));
  });
}

/**
 * The operations of a scenario that a fault can strike, by number from 1. Of the reads and writes of a file, which may
 * be hundreds, only the first two and the last.
 */
export function pointsOf({ operations }: Measured, { fault }: Way): number[] {
  const sameAs = ({ kind, path }: Operation) => `${kind} ${path}`;
  const first = new Map<string, number>();
  const last = new Map(operations.map((operation, i) => [sameAs(operation), i]));
  return operations.flatMap((operation, i) => {
    if (!canStrike(fault, operation)) return [];
    const key = sameAs(operation);
    const before = first.get(key) ?? 0;
    first.set(key, before + 1);
    const repeats = operation.kind === 'read' || operation.kind === 'write';
    return !repeats || before < 2 || last.get(key) === i ? [i + 1] : [];
  });
}
