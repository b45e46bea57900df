import { z } from 'zod';
import { deviceOption } from './device.ts';
import { parameterGroups } from './fine-tuning.ts';
import { precisionOption } from './precision.ts';
import { tokenizerNames } from './tokenizer-names.ts';

/** The names `--preset` accepts; src/config/presets.ts has their values. */
export const presetNames = ['demo', 'seed', 'base', 'transformer', 'best'] as const;
export type PresetName = (typeof presetNames)[number];

const count = z.number().int().positive();
const upTo = (most: number) => count.max(most);
/**
 * Models with sizes above these do not fit on one machine: rejected at once, not after minutes or when memory is full.
 */
const size = upTo(65_536);
const amount = z.number().nonnegative();
const share = z.number().min(0).lt(1);
const limit = (of: z.ZodNumber, description: string) => of.optional().meta({ description, group: 'limit' });

/**
 * The options of a training run by section: one table that defines the flags of `attn train`, the keys of its config
 * file, the help and docs/config.md. Shapes and symbols: Luong, Pham, Manning 2015 (D15-1166) unless noted otherwise.
 */
export const runSections = [
  {
    title: 'Data',
    options: {
      preset: z.enum(presetNames).optional().describe('a named set of values for the options below'),
      data: z
        .string()
        .optional()
        .describe(
          'folder of a prepared dataset, or embedded; default: the one last prepared, else the embedded corpus',
        ),
      out: z.string().optional().describe('folder of the run; default: checkpoints/ and the name of the model'),
    },
  },
  {
    title: 'Model',
    options: {
      arch: z.enum(['gru', 'transformer']).default('gru').describe('recurrent network or transformer'),
      score: z
        .enum(['none', 'dot', 'general', 'concat', 'location', 'bahdanau'])
        .default('dot')
        .describe('score function of the attention, or none'),
      window: z
        .enum(['global', 'local-m', 'local-p'])
        .default('global')
        .describe('where attention looks: everywhere, around the same position, or around a predicted one'),
      windowSize: upTo(65_535).default(10).describe('D: a local window reaches this many source tokens to each side'),
      inputFeeding: z.boolean().default(false).describe('feed the attention vector to the next decode step (slower)'),
      cell: z.enum(['gru', 'lstm']).default('gru').describe('the recurrent cell'),
      resetAfter: z
        .boolean()
        .default(true)
        .describe('apply the reset gate as PyTorch does, after the recurrent product instead of before it'),
      embedding: size.default(256).describe('E: size of the word embeddings'),
      hidden: size.default(256).describe('H: size of the hidden states'),
      layers: upTo(100).default(1).describe('layers in the encoder and in the decoder'),
      bidirectional: z.boolean().default(false).describe('the encoder also reads from right to left'),
      dropout: share.default(0.2).describe('dropout rate on embeddings, between layers and on the attention vector'),
      tieEmbeddings: z.boolean().default(false).describe('one matrix for the target embedding and the output'),
      shareEmbeddings: z
        .boolean()
        .default(false)
        .describe('one matrix for both embeddings; needs one vocabulary for both languages'),
      initializer: z
        .enum(['pytorch', 'uniform', 'xavier'])
        .default('pytorch')
        .describe("PyTorch's default for each layer, uniform in +-0.1 (Luong), or Glorot and Bengio's uniform"),
      sourceVectors: z
        .string()
        .optional()
        .describe('GloVe or fastText text file to initialise the source embedding from'),
      targetVectors: z
        .string()
        .optional()
        .describe('GloVe or fastText text file to initialise the target embedding from'),
      freezeVectors: z.boolean().default(false).describe('do not train embeddings initialised from a file'),
      maxPositions: upTo(65_535).default(128).meta({
        description:
          'number of positions, including the end symbol, for location scores and learned positions; other models read sentences of any length',
        formerly: 'maxLength',
      }),
    },
  },
  {
    title: 'Transformer',
    options: {
      heads: upTo(1024).default(4).describe('attention heads; must divide hidden'),
      feedForward: size.default(1024).describe('inner size of the position-wise layers'),
      activation: z.enum(['relu', 'gelu']).default('relu').describe('activation between the two position-wise layers'),
      positions: z.enum(['sinusoidal', 'learned']).default('sinusoidal').describe('position encoding'),
    },
  },
  {
    title: 'Fine-tuning',
    options: {
      from: z
        .string()
        .optional()
        .describe('run folder or model file to start from, with its model options and a quarter of its learning rate'),
      freeze: z
        .array(z.enum(parameterGroups))
        .readonly()
        .optional()
        .describe('groups of parameters to keep unchanged from the model of --from'),
      mix: z
        .array(z.string())
        .readonly()
        .optional()
        .describe(
          'prepared data to mix in, with its share of the batches: FOLDER:0.2; prevents forgetting what the model of --from was trained on',
        ),
    },
  },
  {
    title: 'Training',
    options: {
      maxMinutes: limit(
        z.number().positive(),
        'stop after this many minutes (20 if no limit is given); the first limit reached counts, and a given limit replaces those of a preset',
      ),
      maxSteps: limit(count, 'stop after this many updates'),
      epochs: limit(count, 'stop after this many passes over the training data'),
      batchTokens: upTo(1_000_000)
        .optional()
        .describe(
          'tokens per batch, including padding, on its longer side; default: 3000, for attn train on a GPU 8000',
        ),
      maxShapes: upTo(1000)
        .optional()
        .describe(
          'maximum number of batch shapes; fewer shapes mean more padding, but each one must be compiled; default: 28, for attn train on a GPU 12',
        ),
      accumulate: upTo(10_000).default(1).describe('batches per update; their gradients are added up'),
      optimizer: z.enum(['adam', 'adamw', 'sgd', 'adagrad']).default('adam').describe('the optimizer'),
      learningRate: z.number().positive().default(2e-3).describe('the peak learning rate'),
      schedule: z
        .enum(['constant', 'linear', 'cosine', 'inverse-sqrt', 'plateau', 'luong'])
        .default('linear')
        .describe(
          'constant; to zero at the limit (linear, cosine); inverse square root of the step; halved when validation stalls (plateau) or each late epoch (luong)',
        ),
      warmup: z
        .number()
        .int()
        .nonnegative()
        .default(0)
        .describe('updates during which the learning rate rises from zero'),
      weightDecay: amount.default(0).describe('decoupled weight decay of adamw'),
      clipNorm: amount.default(1).describe('maximum global gradient norm; 0: no clipping'),
      labelSmoothing: share.default(0.1).describe('probability spread over the whole vocabulary in the loss'),
      guidedWeight: amount
        .default(0)
        .describe(
          'guided alignment: weight of the loss that compares attention with the alignments in the data (attn prepare --guided-alignment); 0: off',
        ),
      ema: share.default(0).describe('decay of the moving average of the weights, which is validated and kept; 0: off'),
      seed: z
        .number()
        .int()
        .nonnegative()
        .default(1)
        .describe(
          'random seed of the parameters, the batch order and dropout; for several seeds: attn compare --seeds 1,2,3',
        ),
    },
  },
  {
    title: 'Validation and checkpoints',
    options: {
      validateEvery: count.default(500).describe('updates between validations; each also saves last/ for --resume'),
      saveMinutes: amount.default(2).describe('minutes between additional saves of last/'),
      metric: z.enum(['loss', 'bleu', 'chrf']).default('bleu').describe('metric that selects the best model'),
      tokenize: z
        .enum(tokenizerNames)
        .optional()
        .describe('how BLEU splits sentences into words, as in sacreBLEU; default: by the language of the references'),
      tokenizerModel: z
        .string()
        .optional()
        .describe(
          'file that --tokenize needs: the folder of a MeCab dictionary (ja-mecab, ko-mecab), or a SentencePiece model (flores101, flores200, spm)',
        ),
      patience: z
        .number()
        .int()
        .nonnegative()
        .default(0)
        .describe('stop after this many validations without improvement; 0: never'),
      keep: count.default(1).describe('number of best models to keep (for attn average)'),
      logEvery: count.default(50).describe('updates between lines of metrics.jsonl'),
    },
  },
  {
    title: 'Machine',
    options: {
      precision: precisionOption,
      device: deviceOption,
      threads: upTo(1024)
        .optional()
        .describe('CPU threads per worker; default: one per core, shared out between workers'),
      workers: upTo(4096)
        .default(1)
        .describe(
          'number of processes on this machine that train one model together (MPI); for several machines start attn train with mpiexec or srun. An update takes one batch from each',
        ),
      reduce: z
        .enum(['float32', 'bfloat16'])
        .default('float32')
        .describe('number format of the gradients sent between workers; bfloat16 halves the bytes, for slow networks'),
    },
  },
] as const;

const [data, model, transformer, fineTuning, training, validation, machine] = runSections;

/** Every option of a training run, each validated by itself. */
export const runOptions = z.object({
  ...data.options,
  ...model.options,
  ...transformer.options,
  ...fineTuning.options,
  ...training.options,
  ...validation.options,
  ...machine.options,
});

/** The options of a run as given, with defaults filled in. */
export type RunOptions = z.output<typeof runOptions>;
