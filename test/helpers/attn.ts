// The command line as a separate process, from the sources: `node --import tsx test/helpers/attn.ts train ...`.
import { runProcess } from '../../src/cli/process.ts';

await runProcess(process.argv.slice(2));
