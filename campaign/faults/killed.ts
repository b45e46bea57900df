// A command line in a process that kills itself before one of its file operations: `killed.ts PLAN train ...`.
import { main } from '../../src/cli/main.ts';
import { injectFaults, type Plan } from './file-faults.ts';

const [plan, ...words] = process.argv.slice(2);
injectFaults(JSON.parse(plan as string) as Plan);
process.exitCode = await main(words);
