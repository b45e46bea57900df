import { z } from 'zod';
import { openCorpus } from '../../corpus/corpus.ts';
import { MalformedLines } from '../../corpus/malformed.ts';
import { type SplitMethod, splitCorpus } from '../../corpus/split.ts';
import type { SplitFile } from '../../corpus/split-folder.ts';
import { InputError } from '../../support/errors.ts';
import { shellWord } from '../../support/shell.ts';
import { defineCommand } from '../command.ts';
import { corpusOptions } from './data-options.ts';

export const dataSplit = defineCommand({
  name: 'data split',
  summary: 'split a corpus into train, dev and test without leaks',
  options: z.object({
    ...corpusOptions,
    out: z.string().describe('folder for train.tsv, dev.tsv, test.tsv (source<TAB>target) and split.json'),
    method: z
      .enum(['component', 'row'])
      .optional()
      .describe('unit of the split: components of pairs that share a sentence, or single rows, which leak'),
    seed: z.number().int().default(1).describe('random seed'),
    devSize: z
      .number()
      .int()
      .min(0)
      .optional()
      .describe('pairs for dev; default: 2000, at most a tenth (row: a tenth)'),
    testSize: z.number().int().min(0).optional().describe('pairs for test; default: as for dev'),
    devLines: z.string().optional().describe('file of 1-based line numbers of the corpus to take as dev'),
    testLines: z.string().optional().describe('file of 1-based line numbers of the corpus to take as test'),
  }),
  json: true,
  handlesInterrupt: true,
  examples: [
    'attn data split --corpus ita.txt --out datasets/tatoeba',
    'attn data split --corpus corpus.tsv.gz --columns en,it --source it --target en --seed 2 --out datasets/mine',
    'attn data split --corpus train --columns it,en --out datasets/paired      # train.it and train.en',
  ],
  async run(options, _, context) {
    const how = splitMethod(options);
    const corpus = await openCorpus(options, context);
    try {
      const malformed = new MalformedLines(options.maxMalformed);
      const split = await splitCorpus(corpus, how, options.out, malformed, context.signal);
      if (split === undefined) return;
      const total = split.pairs.train + split.pairs.dev + split.pairs.test;
      if (malformed.count > 0) context.say(`${corpus.name}: ${malformed.describe(total + malformed.count)}`);
      if (context.json) context.print(JSON.stringify(split));
      context.say(describe(split, options));
    } finally {
      corpus.close();
    }
  },
});

interface SplitOptions {
  readonly out: string;
  readonly method?: 'component' | 'row' | undefined;
  readonly seed: number;
  readonly devSize?: number | undefined;
  readonly testSize?: number | undefined;
  readonly devLines?: string | undefined;
  readonly testLines?: string | undefined;
}

function splitMethod(options: SplitOptions): SplitMethod {
  const { devLines, testLines, devSize, testSize, method } = options;
  if (devLines === undefined && testLines === undefined) {
    return {
      method: method ?? 'component',
      seed: options.seed,
      ...(devSize !== undefined && { dev: devSize }),
      ...(testSize !== undefined && { test: testSize }),
    };
  }
  if (devLines === undefined || testLines === undefined) {
    throw new InputError('--dev-lines and --test-lines go together', { remedy: 'give both files of line numbers' });
  }
  if (method !== undefined || devSize !== undefined || testSize !== undefined) {
    throw new InputError('--dev-lines and --test-lines already say which pairs are held out', {
      remedy: 'leave out --method, --dev-size and --test-size',
    });
  }
  return { method: 'lines', devLines, testLines };
}

function describe(split: SplitFile, options: SplitOptions): string {
  const { pairs, components, sharedWithTrain, languages } = split;
  const lines = [
    `${languages.source} to ${languages.target}: ${pairs.train} pairs in train, ${pairs.dev} in dev, ${pairs.test} in test (${components.count} components, the largest of ${components.largest} pairs)`,
  ];
  for (const [part, wanted] of [
    ['dev', options.devSize],
    ['test', options.testSize],
  ] as const) {
    if (wanted !== undefined && pairs[part] < wanted) {
      lines.push(`${part} has ${pairs[part]} pairs, not ${wanted}: no other component fits`);
    }
  }
  if (split.leaks) {
    const share = (part: 'dev' | 'test', side: 'source' | 'target') =>
      `${Math.round((100 * sharedWithTrain[part][side]) / Math.max(1, pairs[part]))} %`;
    lines.push(
      `THIS SPLIT LEAKS: of the test sentences, ${share('test', 'source')} of the ${languages.source} and ${share('test', 'target')} of the ${languages.target} ones are also in train;`,
      `  scores on it favour a model that memorizes${split.method === 'row' ? '; --method component does not leak' : ''} (docs/data.md)`,
    );
  } else {
    lines.push('no sentence of dev or test is in train');
  }
  lines.push(
    `next: attn vocab --train ${shellWord(`${options.out}/train.tsv`)} --out ${shellWord(`${options.out}/vocabulary`)}`,
  );
  return lines.join('\n');
}
