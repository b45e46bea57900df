import { z } from 'zod';
import { type CleaningReport, cleanCorpus } from '../../corpus/clean.ts';
import { openCorpus } from '../../corpus/corpus.ts';
import { cleaningDefaults } from '../../corpus/filters.ts';
import { MalformedLines } from '../../corpus/malformed.ts';
import { AtomicFile } from '../../support/files.ts';
import { shellWord } from '../../support/shell.ts';
import { formatTable } from '../../support/table.ts';
import { defineCommand } from '../command.ts';
import { corpusOptions } from './data-options.ts';

const filter = (summary: string) => z.boolean().default(true).describe(summary);

export const dataClean = defineCommand({
  name: 'data clean',
  summary: 'clean and filter a corpus, and report what each filter did',
  options: z.object({
    ...corpusOptions,
    out: z.string().optional().describe('file for the cleaned pairs, source<TAB>target; default: standard output'),
    report: z.boolean().default(false).describe('print what each filter did; without --out the pairs are not printed'),
    controls: filter('remove control and zero-width characters'),
    nfkc: filter('normalise characters to Unicode NFKC'),
    quotes: filter('make curly and angled quotes straight'),
    words: z.boolean().default(false).describe('lowercase and remove punctuation, as a words vocabulary does'),
    spaces: filter('replace runs of white space by one space'),
    length: filter('drop pairs longer than --max-tokens'),
    maxTokens: z.number().int().min(1).default(cleaningDefaults.maxTokens).describe('maximum tokens per side'),
    ratio: filter('drop pairs whose lengths differ by more than --max-ratio'),
    maxRatio: z
      .number()
      .min(1)
      .default(cleaningDefaults.maxRatio)
      .describe('maximum ratio of the two lengths, in characters'),
    identical: filter('drop pairs whose sides are identical'),
    script: filter('drop pairs with a side in a script that its language does not use'),
    duplicates: filter('drop repeated pairs'),
  }),
  json: true,
  handlesInterrupt: true,
  examples: [
    'attn data clean --corpus ita.txt --report',
    'attn data clean --corpus ita.txt --out clean.tsv --no-duplicates',
    'zcat raw.tsv.gz | attn data clean --corpus - --columns en,it | attn data split --corpus - --columns it,en --out datasets/mine',
  ],
  async run(options, _, context) {
    const corpus = await openCorpus(options, context);
    const showReport = options.report || context.json;
    const file = options.out === undefined ? undefined : new AtomicFile(options.out);
    try {
      const write = file ? (lines: string) => file.write(lines) : showReport ? () => {} : context.write;
      const malformed = new MalformedLines(options.maxMalformed);
      const report = await cleanCorpus(corpus, options, write, malformed, context.signal);
      if (report === undefined) return;
      file?.commit();
      if (malformed.count > 0) context.say(`${corpus.name}: ${malformed.describe(report.read + malformed.count)}`);
      if (context.json) context.print(JSON.stringify(report));
      else if (options.report) context.print(formatReport(report));
      const { source, target } = report.languages;
      context.say(`${report.kept} of ${report.read} pairs kept (${source} to ${target})`);
      if (options.out !== undefined) {
        context.say(`next: attn data split --corpus ${shellWord(options.out)} --columns ${source},${target} --out DIR`);
      }
    } finally {
      file?.abort();
      corpus.close();
    }
  },
});

function formatReport(report: CleaningReport): string {
  const rows = report.filters.map((filter) => [
    filter.name,
    filter.on ? `${filter.pairs}` : 'off',
    filter.does === 'edits' ? 'edited' : 'dropped',
    filter.examples.map(({ line }) => line).join(', '),
    filter.summary,
  ]);
  return formatTable(
    [
      { heading: 'filter' },
      { heading: 'pairs', align: 'right' },
      { heading: '' },
      { heading: 'first lines' },
      { heading: 'what it does' },
    ],
    rows,
  );
}
