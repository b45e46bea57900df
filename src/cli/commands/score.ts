import { z } from 'zod';
import { runSchema } from '../../config/run.ts';
import { defaultSeed } from '../../evaluation/bootstrap.ts';
import { chooseTokenizer } from '../../evaluation/choose-tokenizer.ts';
import { type LengthUnit, sentenceLengths } from '../../evaluation/length-buckets.ts';
import { readParallelFiles } from '../../evaluation/parallel-files.ts';
import { defaultTrials, type SignificanceResult, significanceTests } from '../../evaluation/significance.ts';
import {
  compareSystems,
  type LengthScores,
  type MetricKey,
  metricKeys,
  type ScoredSystem,
  type SentenceScores,
  scoreSystem,
  scoresByLength,
  scoresBySentence,
} from '../../evaluation/system.ts';
import { looksTokenized } from '../../evaluation/tokenizers.ts';
import { InputError } from '../../support/errors.ts';
import { shellWord } from '../../support/shell.ts';
import { type Column, formatTable } from '../../support/table.ts';
import { type Context, defineCommand } from '../command.ts';

/** The number of resamples for `--confidence`: sacreBLEU's. */
const RESAMPLES = defaultTrials.bootstrap;

// sacreBLEU's options, as its users type them
const inputHint = 'the translations come first: attn score HYPOTHESES REFERENCES, or through standard input';
const metricsHint = 'BLEU, chrF and TER are always printed: leave it out';
const bySentenceHint = 'did you mean --by-sentence?';
const testSetHint = 'attn downloads no test sets: name the reference file';
const formatHint = 'for programs use --json, with every digit';

export const score = defineCommand({
  name: 'score',
  summary: 'score any translations with BLEU, chrF and TER, as sacreBLEU does',
  arguments: [
    { name: '[hypotheses]', description: 'translations, one sentence per line; - or nothing for standard input' },
    { name: '[references...]', description: 'one or more reference files, parallel to the translations' },
  ],
  options: z.object({
    tokenize: runSchema.shape.tokenize,
    tokenizerModel: runSchema.shape.tokenizerModel,
    lowercase: z.boolean().default(false).describe('ignore case in BLEU and chrF'),
    confidence: z.boolean().default(false).describe(`95 % intervals from ${RESAMPLES} bootstrap resamples`),
    baseline: z.string().optional().describe("another system's translations: is the difference due to chance?"),
    test: z.enum(significanceTests).default('bootstrap').describe('significance test for --baseline'),
    trials: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe(
        `resamples or trials of the test; default: ${defaultTrials.bootstrap} or ${defaultTrials.randomization}`,
      ),
    source: z.string().optional().describe('the source sentences: adds scores by their length'),
    bySentence: z.boolean().default(false).describe("print each sentence's scores as TSV instead of the corpus's"),
    seed: z.number().int().default(defaultSeed).describe('random seed of intervals and tests'),
  }),
  json: true,
  examples: [
    'attn score hypotheses.txt references.txt',
    'attn translate --file test.it | attn score test.en --confidence',
    'attn score new.txt test.en --baseline old.txt --test randomization',
  ],
  foreignOptions: {
    ...{ '-i': inputHint, '--input': inputHint, '-m': metricsHint, '--metrics': metricsHint },
    ...{ '-tok': 'did you mean --tokenize?', '-lc': 'did you mean --lowercase?', '-ci': 'did you mean --confidence?' },
    ...{ '-sl': bySentenceHint, '--sentence-level': bySentenceHint, '-t': testSetHint, '--test-set': testSetHint },
    ...{ '-l': testSetHint, '--language-pair': testSetHint },
    '--paired-bs': 'did you mean --baseline FILE --test bootstrap?',
    '--paired-ar': 'did you mean --baseline FILE --test randomization?',
    ...{ '-b': formatHint, '--score-only': formatHint, '-f': formatHint, '--format': formatHint, '-w': formatHint },
  },
  async run(options, files, context) {
    const [hypothesisFile, referenceFiles] = sides(files, context);
    const { lowercase, confidence, test, trials, seed } = options;
    const left = (['baseline', 'source', 'confidence'] as const).find((key) => options[key]);
    if (options.bySentence && left !== undefined && !context.json) {
      throw new InputError("applies to the corpus, but --by-sentence prints each sentence's scores", {
        where: `--${left}`,
        remedy: 'leave one of them out, or use --json for both',
      });
    }
    const further = [options.baseline, options.source].filter((path) => path !== undefined);
    const texts = await readParallelFiles([hypothesisFile, ...referenceFiles, ...further], context.stdin);
    const [hypotheses = [], ...rest] = texts;
    const references = rest.slice(0, referenceFiles.length);
    const source = options.source === undefined ? undefined : texts.at(-1);
    const { scoring: words, notes, otherNotes } = await chooseTokenizer(references.flat(), options);
    for (const note of [...notes, ...otherNotes]) context.say(note);
    if (words.tokenize.name !== 'none' && looksTokenized(hypotheses)) {
      context.say("many translations end in ' .' and look tokenized: BLEU is meant for plain text");
    }

    const scoring = { ...words, lowercase };
    const system = scoreSystem(hypotheses, references, {
      ...scoring,
      ...(confidence && { resamples: RESAMPLES, seed }),
    });
    const comparisons =
      options.baseline === undefined
        ? undefined
        : compareSystems(scoreSystem(rest[referenceFiles.length] ?? [], references, scoring), system, {
            ...{ test, seed },
            ...(trials !== undefined && { trials }),
          });
    const measured = source && sentenceLengths(source);
    const byLength = measured && scoresByLength(system, measured.lengths);
    const bySentence = options.bySentence ? scoresBySentence(system) : undefined;

    if (context.json) {
      const inputs = { hypotheses: hypothesisFile, references: referenceFiles };
      const extras = { ...(byLength && { lengthUnit: measured?.unit, byLength }), ...(bySentence && { bySentence }) };
      const comparison = comparisons && { comparison: { baseline: options.baseline, ...comparisons } };
      context.print(JSON.stringify({ ...inputs, ...system.scores, ...comparison, ...extras }));
      return;
    }
    if (bySentence) {
      context.print(sentenceTable(bySentence));
      return;
    }
    context.print(scoreTable(system));
    if (comparisons) context.print(`\n${comparisonTable(comparisons)}`);
    if (byLength) context.print(`\n${lengthTable(byLength, measured.unit)}`);
    if (!comparisons) {
      // standard input cannot be read again
      const baseline = hypothesisFile === '-' ? 'THESE' : shellWord(hypothesisFile);
      const words = ['OTHER', ...referenceFiles.map(shellWord), '--baseline', baseline];
      context.say(`\nIs another system better? attn score ${words.join(' ')}`);
    }
  },
});

/** Which file is which: a single file contains references, and the translations come from standard input. */
function sides(files: readonly string[], { stdin, say }: Context): [hypotheses: string, references: readonly string[]] {
  const [first, ...others] = files;
  if (first !== undefined && others.length > 0) return [first, others];
  if (first === undefined || first === '-' || stdin.isTTY === true) {
    throw new InputError(first === undefined ? 'there is nothing to score' : 'there are no references', {
      remedy: 'attn score HYPOTHESES REFERENCES, or pipe the translations: ... | attn score REFERENCES',
    });
  }
  say(`the translations are read from standard input, the references from ${first}`);
  return ['-', [first]];
}

const number = (heading: string): Column => ({ heading, align: 'right' });
const points = (value: number): string => value.toFixed(2);

function scoreTable({ scores, metrics }: ScoredSystem): string {
  const { bleu, nltk } = scores;
  const withIntervals = bleu.ci95 !== undefined;
  const rows = metricKeys.map((key) => {
    const { score, ci95, signature } = scores[key];
    const interval = ci95 ? [`${points(ci95.low)} to ${points(ci95.high)}`] : [];
    return [
      `${metrics[key].name}${metrics[key].higherIsBetter ? '' : ' (less is better)'}`,
      points(score),
      ...interval,
      signature,
    ];
  });
  const empty = withIntervals ? [''] : [];
  const means = [
    ['NLTK BLEU-1', nltk.bleu1.toFixed(4), ...empty, 'mean of sentence_bleu(weights=[1])'],
    ['NLTK BLEU-4', nltk.bleu4.toFixed(4), ...empty, 'mean of sentence_bleu(smoothing method4)'],
  ];
  const columns = [
    { heading: 'metric' },
    number('score'),
    ...(withIntervals ? [{ heading: '95 % interval' }] : []),
    { heading: 'signature' },
  ];
  const precisions = bleu.precisions.map((precision) => precision.toFixed(1)).join('/');
  const lengths = `BP ${bleu.bp.toFixed(3)}, length ratio ${bleu.ratio.toFixed(3)}: ${bleu.hypothesisLength} to ${bleu.referenceLength} words`;
  return `${formatTable(columns, [...rows, ...means])}\n\n${scores.sentences} sentences; BLEU from precisions ${precisions}, ${lengths}`;
}

function comparisonTable(comparisons: Readonly<Record<MetricKey, SignificanceResult>>): string {
  const { test, trials } = comparisons.bleu;
  const columns = [{ heading: 'metric' }, number('baseline'), number('system'), number('difference'), number('p')];
  const rows = metricKeys.map((key) => {
    const { metric, baseline, system, delta, p } = comparisons[key];
    return [metric, points(baseline), points(system), `${delta < 0 ? '' : '+'}${points(delta)}`, p.toFixed(4)];
  });
  const name = test === 'bootstrap' ? 'bootstrap resampling' : 'approximate randomization';
  return `${formatTable(columns, rows)}\n\np: how often chance produces as large a difference (paired ${name}, ${trials} trials); below 0.05 is significant`;
}

function lengthTable(byLength: readonly LengthScores[], unit: LengthUnit): string {
  const columns = [{ heading: `source ${unit}` }, ...['sentences', 'BLEU', 'chrF2', 'chrF2++', 'TER'].map(number)];
  const rows = byLength.map(({ from, to, sentences, ...scores }) => [
    to === null ? `${from} or more` : `${from} to ${to}`,
    String(sentences),
    ...metricKeys.map((key) => points(scores[key])),
  ]);
  return formatTable(columns, rows);
}

function sentenceTable(bySentence: readonly SentenceScores[]): string {
  const rows = bySentence.map((scores, i) => [i + 1, ...metricKeys.map((key) => points(scores[key]))].join('\t'));
  return [['line', 'BLEU', 'chrF2', 'chrF2++', 'TER'].join('\t'), ...rows].join('\n');
}
