import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Finding } from './fuzz.ts';

/** The result of fuzzing one target. */
export interface FuzzResult {
  readonly inputs: number;
  readonly read: number;
  readonly refused: number;
  /** The maximum memory of a process, in bytes. */
  readonly memory: number;
  /** Processor time of all inputs, in seconds. */
  readonly seconds: number;
  readonly findings: readonly Finding[];
}

/**
 * A process hangs if it is silent for this many seconds of processor time, or of any time: other work may delay a good
 * one for long.
 */
const SILENCE = { processor: 20, any: 1800 };

/** Tries the inputs `from` to `to` of a target in a separate process, and starts another after one that crashes. */
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
  const sum = { read: 0, refused: 0, memory: 0, seconds: 0 };
  let at = from;
  while (at < to) {
    const { reached, done, ending } = await stretch(target, at, to, add);
    if (done !== undefined) {
      sum.read += done.read;
      sum.refused += done.refused;
      sum.seconds += done.seconds;
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
  readonly done: Pick<FuzzResult, 'read' | 'refused' | 'memory' | 'seconds'> | undefined;
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
  let heard = { at: performance.now(), used: 0 };
  const timer = setInterval(() => {
    const silent = (performance.now() - heard.at) / 1000;
    if (processorSeconds(child.pid) - heard.used < SILENCE.processor && silent < SILENCE.any) return;
    ending = 'it hangs';
    child.kill('SIGKILL');
  }, 5000);
  createInterface({ input: child.stdout }).on('line', (line) => {
    heard = { at: performance.now(), used: processorSeconds(child.pid) };
    const value = JSON.parse(line);
    if (value.problem !== undefined) add(value);
    if (value.at !== undefined) reached = value.at;
    if (value.memory !== undefined) done = value;
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearInterval(timer);
      resolve({ reached, done, ending: ending || `code ${code}, signal ${signal}` });
    });
  });
}

/** The processor time of a process, in seconds, if Linux tells; else 0. */
function processorSeconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user, system] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
    return (Number(user) + Number(system)) / 100;
  } catch {
    return 0;
  }
}
