import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * Runs a Python program that reads JSON from its standard input and prints one JSON document last.
 * @param python the interpreter, as given to `--python`
 * @param words its arguments: a script and its own, or `-c` and a program
 * @returns the last line it printed, parsed
 * @throws Error with its stderr if it fails
 */
export function runPython<T>(python: string, words: readonly string[], input: unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, words, { stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.stdin.on('error', () => {}); // a program that ends early is reported by its exit code below
    child.on('error', reject);
    child.on('close', (code) => {
      const last = Buffer.concat(output).toString('utf8').trimEnd().split('\n').at(-1) ?? '';
      if (code === 0) resolve(JSON.parse(last) as T);
      else reject(new Error(`${python} ended with ${code}: ${Buffer.concat(errors).toString('utf8').slice(-2000)}`));
    });
    child.stdin.end(JSON.stringify(input));
  });
}

/** A Python program that keeps running and answers each line of JSON with one. */
export interface Peer {
  /** @throws Error with its stderr if it ends instead */
  ask<T>(question: unknown): Promise<T>;
  close(): void;
}

/**
 * Starts a Python program that keeps running.
 * @param python the interpreter, as given to `--python`
 * @param words its arguments
 * @param first the first line it reads, without an answer
 */
export function startPython(python: string, words: readonly string[], first: unknown): Peer {
  const child = spawn(python, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString('utf8')).slice(-2000);
  });
  child.stdin.on('error', () => {}); // a program that ends early gives no answer, see below
  child.on('error', (error) => {
    errors += error.message;
  });
  const say = (line: unknown) => child.stdin.write(`${JSON.stringify(line)}\n`);
  say(first);
  return {
    ask: async <T>(question: unknown): Promise<T> => {
      say(question);
      const answer = await answers.next();
      if (answer.done) throw new Error(`${python} ended: ${errors}`);
      return JSON.parse(answer.value) as T;
    },
    close: () => child.stdin.end(),
  };
}

/** Whether a Python has JoeyNMT; if not, reports that its rows will be missing. */
export function hasJoeynmt(python: string): boolean {
  return has(python, 'JoeyNMT', 'joeynmt.model, joeynmt.search', 'its version 2.3.0 is in the package joeynmt');
}

/** The same for CTranslate2 and what reads our checkpoints. */
export function hasCtranslate2(python: string): boolean {
  return has(python, 'CTranslate2', 'ctranslate2, safetensors', 'pip install ctranslate2 safetensors');
}

function has(python: string, name: string, modules: string, remedy: string): boolean {
  const { status, stderr } = spawnSync(python, ['-c', `import ${modules}`], { encoding: 'utf8' });
  if (status === 0) return true;
  const reason = stderr?.trimEnd().split('\n').at(-1) ?? 'not a Python';
  console.error(`without ${name}: ${reason}; ${remedy}`);
  return false;
}
