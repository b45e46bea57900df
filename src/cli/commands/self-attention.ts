import { z } from 'zod';
import { attentionInputs } from '../../lesson/inputs.ts';
import { explainSelfAttention, type SelfAttentionVariant, selfAttentionVariants } from '../../lesson/self-attention.ts';
import { stepsText } from '../../lesson/steps.ts';
import { heatmapPng, heatmapSvg } from '../../reports/heatmap.ts';
import { heatmapText } from '../../reports/heatmap-text.ts';
import { InputError } from '../../support/errors.ts';
import { writeFileAtomic } from '../../support/files.ts';
import { columnsOf } from '../../support/terminal.ts';
import { defineCommand } from '../command.ts';

const withWeights: readonly SelfAttentionVariant[] = ['trainable', 'causal', 'multi-head'];

/** The variants that have an option, if not all do. */
const variantsWith: Record<'size' | 'heads' | 'dropout', readonly SelfAttentionVariant[]> = {
  size: withWeights,
  heads: ['multi-head'],
  dropout: withWeights,
};

const options = z
  .object({
    variant: z
      .enum(selfAttentionVariants)
      .default('simplified')
      .describe('without weights; with W_q, W_k, W_v; with a causal mask; with several heads'),
    sentence: z
      .string()
      .optional()
      .describe("the words; default: the worked example 'Your journey starts with one step'"),
    matrix: z.string().optional().describe('file of vectors, one per line; default: random vectors for a new sentence'),
    checkpoint: z.string().optional().describe('run folder whose learned source embeddings are the vectors'),
    query: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('token that is shown by itself first, counted from 1; default: the second'),
    size: z
      .number()
      .int()
      .positive()
      .max(4096)
      .optional()
      .describe('size of queries, keys and values, over all heads; default: 4; not with simplified'),
    heads: z
      .number()
      .int()
      .positive()
      .max(4096)
      .optional()
      .describe('number of heads; must divide the size; default: 2; only with multi-head'),
    dropout: z
      .number()
      .min(0)
      .lt(1)
      .optional()
      .describe('fraction of the weights that is dropped, as in training; default: 0; not with simplified'),
    seed: z.number().int().nonnegative().default(1).describe('random seed'),
    picture: z.string().optional().describe('FILE.svg or FILE.png: a heatmap of the weights; one per head'),
  })
  .superRefine((given, context) => {
    for (const key of ['size', 'heads', 'dropout'] as const) {
      const variants = variantsWith[key];
      if (given[key] === undefined || variants.includes(given.variant)) continue;
      const message = `has no effect with --variant ${given.variant}`;
      const remedy = `leave it out, or choose a variant that has it: ${variants.join(', ')}`;
      context.addIssue({ code: 'custom', path: [key], message, params: { remedy } });
    }
  });

export const selfAttention = defineCommand({
  name: 'self-attention',
  summary: 'show self-attention step by step, with every number: simplified, trainable, causal, multi-head',
  options,
  json: true,
  examples: [
    'attn self-attention',
    'attn self-attention --variant causal --sentence "il gatto beve il latte"',
    'attn self-attention --variant multi-head --picture heads.svg',
    'attn self-attention --matrix vectors.txt --json',
    'attn self-attention --checkpoint checkpoints/dot --sentence "Ho fame."',
  ],
  async run(options, _, context) {
    const { variant, checkpoint, picture, seed, size = 4, heads = 2, dropout = 0 } = options;
    const draw = picture === undefined ? undefined : drawer(picture);
    const inputs = await attentionInputs({
      ...options,
      learned: checkpoint === undefined ? undefined : learnedBy(checkpoint),
    });
    const { tokens } = inputs;
    const { steps, weights } = explainSelfAttention(inputs, {
      ...{ variant, size, heads, dropout, seed },
      query: options.query ?? Math.min(2, tokens.length),
    });
    const pictures = weights.map((values, i) => ({
      title: weights.length === 1 ? `${variant} self-attention` : `head ${i + 1}`,
      matrix: { rows: tokens, columns: tokens, weights: values },
      path: weights.length === 1 ? picture : picture?.replace(/(\.\w+)$/, `.head${i + 1}$1`),
    }));
    for (const { path, matrix, title } of pictures) if (path && draw) writeFileAtomic(path, draw(matrix, title));
    if (context.json) {
      const tables = Object.fromEntries(steps.map(({ name, values }) => [name, values]));
      const formulas = Object.fromEntries(steps.map(({ name, formula }) => [name, formula]));
      context.print(JSON.stringify({ variant, tokens, ...tables, formulas }));
      return;
    }
    context.print(stepsText(steps));
    const colour = context.stdout.isTTY === true;
    const columns = columnsOf(context.stdout);
    for (const { title, matrix } of pictures) {
      const text = heatmapText(matrix, { colour, ...(columns !== undefined && { columns }) });
      context.draw(`\n${title}: where each token (row) looks\n\n${text}`);
    }
    for (const { path } of pictures) if (path) context.say(`wrote ${path}`);
    const next = selfAttentionVariants[selfAttentionVariants.indexOf(variant) + 1];
    context.say(`\n${next ? `Next: attn self-attention --variant ${next}` : 'Next: attn train --arch transformer'}`);
  },
});

/** The drawing function for a file name. */
function drawer(path: string): typeof heatmapSvg | typeof heatmapPng {
  if (/\.svg$/i.test(path)) return heatmapSvg;
  if (/\.png$/i.test(path)) return heatmapPng;
  throw new InputError('a picture must be an SVG or PNG file', { where: path, remedy: 'end its name in .svg or .png' });
}

/** Loaded only here: it loads the engine, which other vectors do not need. */
function learnedBy(checkpoint: string) {
  return async (sentence: string) =>
    (await import('../../workflows/learned-vectors.ts')).learnedVectors(checkpoint, sentence);
}
