import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { generatePairs } from '../../grammar/generate.ts';
import { writeGeneratedCorpus } from '../../grammar/write.ts';
import { shellWord } from '../../support/shell.ts';
import { type Context, defineCommand } from '../command.ts';

export const dataGenerate = defineCommand({
  name: 'data generate',
  summary: 'generate Italian sentences with English translations from the built-in grammar',
  options: z.object({
    pairs: z.number().int().min(1).default(30_000).describe('number of pairs'),
    seed: z.number().int().default(1).describe('random seed'),
    out: z.string().optional().describe('output folder for train.tsv, dev.tsv, test.tsv; default: print the pairs'),
  }),
  handlesInterrupt: true,
  examples: [
    'attn data generate --out new           # the embedded corpus',
    'attn data generate --pairs 20 --seed 7',
    'attn data generate --pairs 1000000 | gzip > million.tsv.gz',
  ],
  async run({ pairs, seed, out }, _, context) {
    if (out === undefined) return printPairs(pairs, seed, context);
    const sizes = await writeGeneratedCorpus(pairs, seed, out, context.signal);
    if (sizes === undefined) return;
    context.say(`${out}: ${sizes.train} train, ${sizes.dev} dev, ${sizes.test} test pairs, it to en`);
    context.say(`next: attn vocab --train ${shellWord(`${out}/train.tsv`)} --out vocabulary`);
  },
});

/** Prints a thousand pairs at a time, no faster than they are read. */
async function printPairs(pairs: number, seed: number, { write, signal }: Context): Promise<void> {
  let lines: string[] = [];
  for (const { source, target } of generatePairs(pairs, seed)) {
    if (lines.push(`${source}\t${target}\n`) < 1000) continue;
    await write(lines.join(''));
    // a signal is only noticed between two batches
    await setImmediate();
    if (signal.aborted) return;
    lines = [];
  }
  await write(lines.join(''));
}
