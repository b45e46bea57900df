// The command line as a process of its own, from the sources: `node --import tsx test/helpers/attn.ts train ...`.
import { runProcess } from '../../src/cli/process.ts';

await runProcess(process.argv.slice(2));
