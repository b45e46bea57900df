// Tries the inputs FROM to TO of a target and prints a line of JSON for each finding, and sometimes the progress.
import { MOST_MEMORY, openBench } from './fuzz.ts';
import { targets } from './targets.ts';

const [name, from, to] = process.argv.slice(2);
const target = targets.find((one) => one.name === name);
if (target === undefined) throw new Error(`no target ${name}`);
const bench = await openBench(target);
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
let number = Number(from);
let largest = 0;
const fail = (error: unknown) =>
  print({ target: name, number, file: '', problem: `outside: ${error instanceof Error ? error.stack : error}` });
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
let told = performance.now();
for (; number < Number(to); number++) {
  if (performance.now() - told > 1000) {
    print({ at: number });
    told = performance.now();
  }
  const finding = await bench.attempt(number);
  if (finding !== undefined) print(finding);
  const memory = process.resourceUsage().maxRSS * 1024;
  if (memory > MOST_MEMORY && largest <= MOST_MEMORY)
    print({ target: name, number, file: '', problem: `memory reached ${(memory / 1e6).toFixed(0)} MB` });
  largest = Math.max(largest, memory);
}
bench.close();
const { user, system } = process.cpuUsage();
print({ at: number, ...bench.counts, memory: largest, seconds: (user + system) / 1e6 });
process.exit(0);
