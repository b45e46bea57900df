// The command line as a process of its own, from the sources: `node --import tsx test/helpers/attn.ts train ...`.
import { main } from '../../src/cli/main.ts';

process.exitCode = await main(process.argv.slice(2));
