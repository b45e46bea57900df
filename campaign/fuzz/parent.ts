import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Finding } from './fuzz.ts';

/** What came of fuzzing one target. */
export interface FuzzResult {
  readonly inputs: number;
  readonly read: number;
  readonly refused: number;
  /** Most memory that a process took, bytes. */
  readonly memory: number;
  readonly findings: readonly Finding[];
}

/** Without a sign of life for so long, in milliseconds, a process hangs: other work may keep a good one waiting. */
const SILENCE = 60_000;

/** Tries the inputs `from` to `to` of a target in a process of its own, and begins another behind one that ends it. */
export async function fuzz(
  target: string,
  from: number,
  to: number,
  onFinding: (finding: Finding) => void,
): Promise<FuzzResult> {
  const findings: Finding[] = [];
  const add = (finding: Finding) => {
    findings.push(finding);
    onFinding(finding);
  };
  const sum = { read: 0, refused: 0, memory: 0 };
  let at = from;
  while (at < to) {
    const { reached, done, ending } = await stretch(target, at, to, add);
    if (done !== undefined) {
      sum.read += done.read;
      sum.refused += done.refused;
      sum.memory = Math.max(sum.memory, done.memory);
      break;
    }
    add({ target, number: reached, file: '', problem: `near this input the process ended: ${ending}` });
    at = reached + 1000;
  }
  return { inputs: to - from, ...sum, findings };
}

interface Stretch {
  readonly reached: number;
  readonly done: { readonly read: number; readonly refused: number; readonly memory: number } | undefined;
  readonly ending: string;
}

function stretch(target: string, from: number, to: number, add: (finding: Finding) => void): Promise<Stretch> {
  const script = new URL('./worker.ts', import.meta.url).pathname;
  const flags = ['--max-old-space-size=256', '--import', import.meta.resolve('tsx')];
  const child = spawn(process.execPath, [...flags, script, target, String(from), String(to)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let reached = from;
  let done: Stretch['done'];
  let ending = '';
  const hang = () => {
    ending = 'it hangs';
    child.kill('SIGKILL');
  };
  let timer = setTimeout(hang, SILENCE);
  createInterface({ input: child.stdout }).on('line', (line) => {
    clearTimeout(timer);
    timer = setTimeout(hang, SILENCE);
    const value = JSON.parse(line);
    if (value.problem !== undefined) add(value);
    if (value.at !== undefined) reached = value.at;
    if (value.memory !== undefined) done = value;
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ reached, done, ending: ending || `code ${code}, signal ${signal}` });
    });
  });
}
