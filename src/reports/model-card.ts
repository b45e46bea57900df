import { shellWord } from '../support/shell.ts';
import { describeCoverage, type VectorCoverage } from '../vocabulary/word-vectors.ts';
import { cutNotes } from './cut-notes.ts';
import { escapeMarkdown } from './escape.ts';
import { count, duration, fixed } from './format.ts';
import { markdownTable } from './markdown.ts';
import type { ModelReport, TestSetSummary } from './types.ts';

/** The content of a run's README.md. */
export interface ModelCard {
  readonly name: string;
  /** The run's folder: `checkpoints/concat`. */
  readonly checkpoint: string;
  /** The command that trains this model again. */
  readonly command: string;
  /** One line: `GRU encoder-decoder, concat attention, 2 layers, 256 units`. */
  readonly architecture: string;
  readonly parameters: number;
  /** Languages as named in the data (`it`), and the pieces of each vocabulary. */
  readonly source: { readonly language: string; readonly vocabulary: string };
  readonly target: { readonly language: string; readonly vocabulary: string };
  readonly data: {
    readonly name: string;
    /** Training pairs, if known. */
    readonly pairs?: number;
    /** The corpus's licence, as stated by its source; undefined if none is stated. */
    readonly licence?: string;
  };
  readonly training: {
    readonly steps: number;
    /** Undefined for a model that was not trained itself: an average. */
    readonly seconds?: number;
    readonly seed: number;
    readonly precision: string;
    /** What a reader of the scores has to know: training was stopped early, or the model has learned nothing. */
    readonly remark?: string;
    /** The models from which training started, nearest first. */
    readonly startedFrom?: readonly string[];
    /** The groups of parameters that were not trained. */
    readonly frozen?: readonly string[];
    /** About the word vectors it started with, if any. */
    readonly vectors?: readonly VectorCoverage[];
    /** On the validation split, for the parameters that were kept. */
    readonly validation: { readonly loss: number; readonly bleu: number; readonly chrf: number };
  };
  /** Present once it has been evaluated. */
  readonly evaluation?: { readonly test: TestSetSummary; readonly model: ModelReport };
}

/**
 * The model card of a run: what it is, what it was trained on, how well it does, how to use it and how to train it
 * again.
 */
export function modelCard(card: ModelCard): string {
  const { source, target, data, training, evaluation } = card;
  const remark = training.remark === undefined ? [] : [training.remark];
  const time = training.seconds === undefined ? [] : [duration(training.seconds)];
  const facts: [string, string][] = [
    ['translates', `${source.language} to ${target.language}`],
    ['model', card.architecture],
    ['parameters', count(card.parameters)],
    ['source vocabulary', source.vocabulary],
    ['target vocabulary', target.vocabulary],
    ['trained on', data.pairs === undefined ? data.name : `${data.name}, ${data.pairs} sentence pairs`],
    ['licence of the corpus', data.licence ?? 'not stated: find out before you pass the model on'],
    [
      'training',
      [`${training.steps} steps`, ...time, training.precision, `seed ${training.seed}`, ...remark].join(', '),
    ],
    ...(training.startedFrom ?? []).map((model, i): [string, string] => [
      i === 0 ? 'started from' : 'which started from',
      model,
    ]),
    ...(training.frozen ? [['not trained', training.frozen.join(', ')] as [string, string]] : []),
    ...(training.vectors ?? []).map((coverage): [string, string] => [
      'began with',
      `${describeCoverage(coverage)}${coverage.frozen ? ', frozen' : ''}`,
    ]),
  ];
  const scores = [
    ['validation', '', fixed(training.validation.bleu, 1), '', fixed(training.validation.chrf, 1)],
    ...(evaluation
      ? [
          [
            evaluation.test.name,
            String(evaluation.test.sentences),
            fixed(evaluation.model.bleu.score, 1),
            `${fixed(evaluation.model.bleu.ci95.low, 1)}–${fixed(evaluation.model.bleu.ci95.high, 1)}`,
            fixed(evaluation.model.chrf.score, 1),
          ],
        ]
      : []),
  ];
  const table = markdownTable({
    columns: [
      { heading: 'test set' },
      ...['sentences', 'BLEU', '95 % interval', 'chrF'].map((heading) => ({ heading, align: 'right' as const })),
    ],
    rows: scores,
  });
  const signature = evaluation ? [`BLEU: \`${evaluation.model.bleu.signature}\``] : [];
  const cuts = evaluation ? cutNotes({ models: [evaluation.model], test: evaluation.test }) : [];
  const parts = [
    `# ${escapeMarkdown(card.name)}`,
    markdownTable({ columns: [{ heading: '' }, { heading: '' }], rows: facts }),
    '## Scores',
    table,
    ...signature,
    ...cuts.map(escapeMarkdown),
    '## Use',
    fence(`attn translate --checkpoint ${shellWord(card.checkpoint)} "..."`),
    'It was trained on sentences like those of its corpus, and of similar length; expect worse results on other text. Its output was not checked for bias.',
    '## Reproduce',
    fence(card.command),
  ];
  return `${parts.join('\n\n')}\n`;
}

function fence(command: string): string {
  return `\`\`\`sh\n${command}\n\`\`\``;
}
