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
  summary: 'mend and filter a corpus, and say what each filter did',
  options: z.object({
    ...corpusOptions,
    out: z.string().optional().describe('file for the cleaned pairs, source<TAB>target; standard output unless said'),
    report: z.boolean().default(false).describe('print what each filter did; without --out the pairs are not printed'),
    controls: filter('remove control and zero-width characters'),
    nfkc: filter('bring characters to Unicode NFKC'),
    quotes: filter('make curly and angled quotes straight'),
    words: z.boolean().default(false).describe('lowercase without punctuation, as a vocabulary of words reads text'),
    spaces: filter('make runs of white space one space'),
    length: filter('drop pairs longer than --max-tokens'),
    maxTokens: z.number().int().min(1).default(cleaningDefaults.maxTokens).describe('most tokens on a side'),
    ratio: filter('drop pairs whose lengths differ by more than --max-ratio'),
    maxRatio: z
      .number()
      .min(1)
      .default(cleaningDefaults.maxRatio)
      .describe('how many times as many characters one side may have'),
    identical: filter('drop pairs whose sides are the same'),
    script: filter('drop pairs with a side in another script than its language’s'),
    duplicates: filter('drop pairs that were there before'),
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
      context.say(`${report.kept} of ${report.read} pairs stay (${source} to ${target})`);
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
