import { z } from 'zod';
import { openCorpus } from '../../corpus/corpus.ts';
import { embeddedCorpus } from '../../corpus/embedded.ts';
import { isSplitFolder, openSplitFolder } from '../../corpus/split-folder.ts';
import { type CorpusStatistics, countCorpus } from '../../corpus/statistics.ts';
import { formatTable } from '../../support/table.ts';
import { defineCommand } from '../command.ts';
import { corpusOptions } from './data-options.ts';

export const dataStats = defineCommand({
  name: 'data stats',
  summary: 'corpus statistics: sizes, lengths, types, coverage, shared sentences',
  options: z.object({
    ...corpusOptions,
    corpus: corpusOptions.corpus
      .optional()
      .describe('a folder written by `attn data split`, or a corpus as for that command; default: the embedded corpus'),
  }),
  json: true,
  examples: ['attn data stats', 'attn data stats --corpus ita.txt', 'attn data stats --corpus datasets/tatoeba --json'],
  async run(options, _, context) {
    const { corpus = [embeddedCorpus] } = options;
    const [path] = corpus;
    const parts =
      corpus.length === 1 && path !== undefined && isSplitFolder(path)
        ? openSplitFolder(path)
        : [{ name: 'all', corpus: await openCorpus({ ...options, corpus }, context) }];
    try {
      const statistics = await countCorpus(parts, options.maxMalformed, context.say);
      context.print(context.json ? JSON.stringify(statistics) : formatStatistics(statistics));
    } finally {
      for (const { corpus } of parts) corpus.close();
    }
  },
});

function formatStatistics(statistics: CorpusStatistics): string {
  const { languages, uniqueSentences: unique, components, randomRowLeak } = statistics;
  const sides = statistics.parts.flatMap((part) =>
    (['source', 'target'] as const).map((side) => ({ part, language: languages[side], counts: part[side] })),
  );
  const number = { align: 'right' } as const;
  const sizes = formatTable(
    [
      { heading: 'split' },
      { heading: 'side' },
      ...['pairs', 'tokens', 'mean', 'median', '95 %', 'longest', '20 or more', 'types'].map((heading) => ({
        heading,
        ...number,
      })),
    ],
    sides.map(({ part, language, counts }) => [
      part.name,
      language,
      String(part.pairs),
      String(counts.tokens),
      counts.meanTokens.toFixed(1),
      String(counts.lengthPercentiles[50]),
      String(counts.lengthPercentiles[95]),
      String(counts.longest),
      String(counts.atLeast20Tokens),
      String(counts.types),
    ]),
  );
  const coverage = formatTable(
    [
      { heading: 'split' },
      { heading: 'side' },
      ...(sides[0]?.counts.coverage ?? []).map(({ types }) => ({ heading: `${types / 1000}k types`, ...number })),
      { heading: 'most frequent words' },
    ],
    sides.map(({ part, language, counts }) => [
      part.name,
      language,
      ...counts.coverage.map(({ share }) => percent(share)),
      counts.frequentWords
        .slice(0, 5)
        .map(({ word, share }) => `${word} ${percent(share, 0)}`)
        .join(', '),
    ]),
  );
  const stray = statistics.parts
    .map(
      ({ name, strayCharacters: s, malformed }) =>
        `${name}: ${s.noBreakSpace} no-break spaces, ${s.curlyApostrophe} curly apostrophes, ${s.zeroWidthSpace} zero-width spaces, ${s.softHyphen} soft hyphens, ${malformed} malformed lines`,
    )
    .join('\n');
  const { source, target } = languages;
  const facts = [
    `different sentences: ${unique.source.exact} ${source}, ${unique.target.exact} ${target} (${unique.source.normalised} and ${unique.target.normalised} ignoring case and punctuation)`,
    `components of pairs that share a sentence: ${components.exact} (${components.normalised} ignoring case and punctuation, the largest of ${components.largest} pairs)`,
    `of ${randomRowLeak.testPairs} random rows, ${percent(randomRowLeak.source, 0)} of the ${source} and ${percent(randomRowLeak.target, 0)} of the ${target} sides are also in the rest: what a split by rows leaks`,
    ...statistics.overlaps.map(
      (o) =>
        `${o.part} pairs whose sentence is also in ${o.within}: ${o.source} by ${source}, ${o.target} by ${target}`,
    ),
  ];
  return [sizes, coverage, stray, facts.join('\n')].join('\n\n');
}

function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}
