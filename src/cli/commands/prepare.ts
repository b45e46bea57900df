import { dirname, join } from 'node:path';
import { z } from 'zod';
import { flagName } from '../../config/options.ts';
import { defaultBatches } from '../../config/run.ts';
import { type SplitName, splitNames } from '../../corpus/splits.ts';
import { openDataset, verifyDataset } from '../../dataset/dataset.ts';
import { type EpochSummary, summarizeEpoch } from '../../dataset/epoch-plan.ts';
import { recordLatestDataset } from '../../dataset/latest.ts';
import type { SplitManifest } from '../../dataset/manifest.ts';
import { LONGEST_SIDE } from '../../dataset/pair-file.ts';
import { prepareDataset } from '../../dataset/prepare.ts';
import { chooseShapes } from '../../dataset/shapes.ts';
import { InputError } from '../../support/errors.ts';
import { shellWord } from '../../support/shell.ts';
import { formatTable } from '../../support/table.ts';
import { type Context, defineCommand } from '../command.ts';
import { progressLine } from '../progress-line.ts';

export const prepare = defineCommand({
  name: 'prepare',
  summary: 'encode a split corpus with its vocabularies for training',
  options: z.object({
    train: z.string().default('data/train.tsv').describe('TSV file, source<TAB>target, plain or gzip'),
    dev: z.string().optional().describe('TSV file; default: dev.tsv beside train'),
    test: z.string().optional().describe('TSV file; default: test.tsv beside train'),
    vocabulary: z
      .string()
      .optional()
      .describe('folder with source.model and target.model; default: vocabulary/ beside train'),
    out: z.string().optional().describe('output folder; default: prepared/ beside train'),
    maxLength: z
      .number()
      .int()
      .min(1)
      .max(LONGEST_SIDE)
      .default(100)
      .describe('maximum ids per side: longer train pairs are left out, longer dev sides cut'),
    guidedAlignment: z
      .string()
      .optional()
      .describe(
        'word alignments of the training pairs for attn train --guided-weight: one line of links 0-0 1-2 per pair (Pharaoh format)',
      ),
    verify: z.string().optional().describe('check this prepared folder against its checksums; prepares nothing'),
  }),
  json: true,
  handlesInterrupt: true,
  examples: ['attn prepare --train datasets/tatoeba/train.tsv', 'attn prepare --verify datasets/tatoeba/prepared'],
  async run(options, _, context) {
    if (options.verify !== undefined) {
      refuseOthers(options);
      const { splits } = verifyDataset(options.verify);
      if (context.json) context.print(JSON.stringify({ verified: options.verify }));
      context.say(
        `${options.verify} is intact: ${splitNames.map((name) => `${splits[name].pairs} ${name}`).join(', ')}`,
      );
      return;
    }
    const folder = dirname(options.train);
    const out = options.out ?? join(folder, 'prepared');
    const progress = progressLine(context);
    try {
      await prepareDataset({
        corpus: {
          train: options.train,
          dev: options.dev ?? join(folder, 'dev.tsv'),
          test: options.test ?? join(folder, 'test.tsv'),
        },
        vocabulary: options.vocabulary ?? join(folder, 'vocabulary'),
        out,
        maxLength: options.maxLength,
        ...(options.guidedAlignment !== undefined && { guidedAlignment: options.guidedAlignment }),
        onProgress: (name, pairs) => progress.show(`${name}: ${pairs.toLocaleString('en')} pairs encoded`),
        signal: context.signal,
      });
    } catch (error) {
      if (!context.signal.aborted) throw error;
      context.say('interrupted; nothing was written');
      return;
    } finally {
      progress.clear();
    }
    recordLatestDataset(out);
    report(out, context);
  },
});

/** @throws InputError for options of a preparation, given together with --verify */
function refuseOthers(options: Readonly<Record<string, unknown>>): void {
  for (const key of ['dev', 'test', 'vocabulary', 'out', 'guidedAlignment']) {
    if (options[key] === undefined) continue;
    throw new InputError('has no effect with --verify, which prepares nothing', {
      where: flagName(key),
      remedy: 'leave one of the two out',
    });
  }
}

/** Reports what was written, and how training will use it. */
function report(out: string, context: Context): void {
  const dataset = openDataset(out);
  const { splits } = dataset.manifest;
  const lengths = dataset.split('train').lengthCounts();
  dataset.close();
  const { batchTokens } = defaultBatches.cpu;
  const epoch = summarizeEpoch(lengths, chooseShapes(lengths, { batchTokens, longest: splits.dev.longest }));
  if (context.json) {
    context.print(
      JSON.stringify({ out, fingerprint: dataset.fingerprint, splits, batches: { batchTokens, ...epoch } }),
    );
  }
  context.say(splitTable(splits));
  const { alignment } = splits.train;
  if (alignment !== undefined) context.say(`\n${alignmentLine(alignment)}`);
  context.say(
    `\n${batchLine(batchTokens, epoch)}\nnext: attn train --data ${shellWord(out)}${alignment === undefined ? '' : ' --guided-weight 1'}`,
  );
}

function splitTable(splits: Readonly<Record<SplitName, SplitManifest>>): string {
  const right = (heading: string) => ({ heading, align: 'right' as const });
  return formatTable(
    [
      { heading: 'split' },
      ...['pairs', 'too long', 'empty', 'cut', 'source ids', 'target ids', 'unknown source', 'unknown target'].map(
        right,
      ),
    ],
    splitNames.map((name) => {
      const { pairs, tooLong, empty, truncated, tokens, unknown } = splits[name];
      const mean = (total: number) => (pairs === 0 ? '' : (total / pairs).toFixed(1));
      return [
        ...[name, ...[pairs, tooLong, empty, truncated].map(String), mean(tokens.source), mean(tokens.target)],
        ...[percent(unknown.source / Math.max(1, tokens.source)), percent(unknown.target / Math.max(1, tokens.target))],
      ];
    }),
  );
}

/** How many training pairs can guide the attention. */
function alignmentLine({ linked, unmatched }: NonNullable<SplitManifest['alignment']>): string {
  const lost = unmatched === 0 ? '' : `; ${unmatched} lost their links because the vocabulary drops or splits words`;
  return `alignments: ${linked} training pairs with links${lost}`;
}

function batchLine(batchTokens: number, { shapes, batches, padding }: EpochSummary): string {
  return `batches of ${batchTokens} tokens: ${batches} per epoch in ${shapes} shape${shapes === 1 ? '' : 's'}; padding: ${percent(padding.source)} of the source, ${percent(padding.target)} of the target`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}
