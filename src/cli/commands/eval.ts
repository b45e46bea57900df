import { join } from 'node:path';
import { z } from 'zod';
import { deviceOption } from '../../config/device.ts';
import { runSchema } from '../../config/run.ts';
import { checkSearch, searchOptions } from '../../decoding/search-flags.ts';
import { bestOf } from '../../reports/findings.ts';
import { formatScores } from '../../reports/score-table.ts';
import { shownMetrics } from '../../reports/tables.ts';
import type { Report } from '../../reports/types.ts';
import { whileOwning } from '../../support/folder-lock.ts';
import { shellWord } from '../../support/shell.ts';
import { chooseDevice } from '../../tensor/device.ts';
import { evaluate } from '../../workflows/evaluate.ts';
import { namedRuns } from '../../workflows/named-runs.ts';
import { readTestSet } from '../../workflows/test-set.ts';
import { defineCommand } from '../command.ts';
import { meantFolders } from '../meant-run.ts';

/** Flags of every command that ends with an evaluation. */
export const evaluationOptions = {
  beam: searchOptions.beam,
  lengthPenalty: searchOptions.lengthPenalty,
  tokenize: runSchema.shape.tokenize,
  tokenizerModel: runSchema.shape.tokenizerModel,
  attention: z
    .number()
    .int()
    .nonnegative()
    .default(10)
    .describe('number of test sentences whose attention is written; a large number writes all'),
};

const { nbest: _, beam: __, lengthPenalty: ___, ...otherSearchOptions } = searchOptions;

/** The command that translates with the best model of a report, whose models were all scored on the same sentences. */
export function nextTranslation({ models }: Report): string {
  const best = bestOf(models.map(({ checkpoint, bleu }) => ({ checkpoint, bleu: bleu.score })));
  return `Next: attn translate --checkpoint ${shellWord(best?.checkpoint ?? 'FOLDER')} "..."`;
}

export const evalCommand = defineCommand({
  name: 'eval',
  summary: 'score trained models on one test set; write reports and attention matrices',
  options: z
    .object({
      bleu: z
        .boolean()
        .default(false)
        .describe('show BLEU; with --chrf, --ter and --nltk those too. By default all are shown'),
      chrf: z.boolean().default(false).describe('show chrF'),
      ter: z.boolean().default(false).describe('show TER'),
      nltk: z.boolean().default(false).describe("show NLTK's BLEU-1 and BLEU-4"),
      checkpoints: z
        .array(z.string())
        .optional()
        .describe(
          'run folders, or folders that contain them; default: the runs in checkpoints/ on the data last prepared',
        ),
      test: z
        .string()
        .optional()
        .describe('TSV file, source<TAB>target; default: the test split of the data that the models were trained on'),
      gold: z
        .string()
        .optional()
        .describe(
          'gold alignments of the test set (0-1 sure, 0?1 possible; one line per sentence): adds the alignment error rate',
        ),
      ...evaluationOptions,
      ...otherSearchOptions,
      device: deviceOption,
      out: z.string().default('reports').describe('output folder'),
    })
    .superRefine((options, context) => checkSearch({ ...options, nbest: 1 }, context)),
  json: true,
  handlesInterrupt: true,
  examples: [
    'attn eval --bleu',
    'attn eval --checkpoints checkpoints/dot checkpoints/concat --beam 1 --out reports/greedy',
    'attn eval --test news.tsv --attention 100000',
    'attn eval --test annotated.tsv --gold annotated.align',
  ],
  async run(
    { bleu, chrf, ter, nltk, checkpoints, test, gold, tokenize, tokenizerModel, attention, device, out, ...search },
    _,
    context,
  ) {
    chooseDevice(device);
    const runs = namedRuns(checkpoints ?? meantFolders(context));
    const options = {
      runs,
      ...(test !== undefined && { test: await readTestSet(test) }),
      ...(gold !== undefined && { gold }),
      ...{ tokenize, tokenizerModel, attention, out, search },
      signal: context.signal,
      say: context.say,
    };
    const report = await whileOwning(out, 'an evaluation', () => evaluate(options));
    if (report === undefined) {
      context.say('interrupted; there is no report yet');
      return;
    }
    const asked = { bleu, chrf, ter, nltk };
    const metrics = shownMetrics.filter((name) => asked[name]);
    context.print(
      context.json ? JSON.stringify(report) : formatScores(report, metrics.length > 0 ? metrics : undefined),
    );
    context.say(`\nreport: ${join(out, 'report.html')}\n${nextTranslation(report)}`);
  },
});
