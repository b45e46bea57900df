import { spawn } from 'node:child_process';

/**
 * Runs a Python program that reads JSON from its standard input and prints one JSON document last.
 * @param python the interpreter, as given to `--python`
 * @param words its arguments: a script and its own, or `-c` and a program
 * @returns the last line it printed, parsed
 * @throws Error with what it wrote to stderr when it fails
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
