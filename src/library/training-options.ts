// Written by scripts/make-config-docs.ts from src/config/: change those, then run it again.
import type { DeviceName } from '../config/device-name.ts';

/** The options of a training run, as in docs/config.md. Options that do not go together are refused by name. */
export interface TrainingOptions {
  /** A named set of values for the options below. */
  readonly preset?: 'demo' | 'seed' | 'base' | 'transformer' | 'best';
  /** Folder of a prepared dataset, or embedded; without it the one last prepared, else the embedded corpus. */
  readonly data?: string;
  /** Folder of the run; without it checkpoints/ and the name of the model. */
  readonly out?: string;
  /** Recurrent network or transformer. Default `gru`. */
  readonly arch?: 'gru' | 'transformer';
  /** How the decoder scores source positions; none: no attention at all. Default `dot`. */
  readonly score?: 'none' | 'dot' | 'general' | 'concat' | 'location' | 'bahdanau';
  /** Where attention looks: everywhere, around the same position, around a predicted one. Default `global`. */
  readonly window?: 'global' | 'local-m' | 'local-p';
  /** D: a local window reaches this many source tokens to each side. Default 10. */
  readonly windowSize?: number;
  /** Feed the attention vector to the next step: slower. Default false. */
  readonly inputFeeding?: boolean;
  /** The recurrent cell. Default `gru`. */
  readonly cell?: 'gru' | 'lstm';
  /** Apply the reset gate as PyTorch does, after the recurrent product instead of before it. Default true. */
  readonly resetAfter?: boolean;
  /** E: size of the word embeddings. Default 256. */
  readonly embedding?: number;
  /** H: size of the states. Default 256. */
  readonly hidden?: number;
  /** Layers of the encoder, and of the decoder. Default 1. */
  readonly layers?: number;
  /** The encoder also reads from right to left. Default false. */
  readonly bidirectional?: boolean;
  /** On embeddings, between layers and on the attention vector. Default 0.2. */
  readonly dropout?: number;
  /** One matrix for the target embedding and the output. Default false. */
  readonly tieEmbeddings?: boolean;
  /** One matrix for both embeddings; needs one vocabulary for both languages. Default false. */
  readonly shareEmbeddings?: boolean;
  /** PyTorch's default of each layer, uniform in +-0.1 (Luong), or Glorot and Bengio's uniform. Default `pytorch`. */
  readonly initializer?: 'pytorch' | 'uniform' | 'xavier';
  /** GloVe or fastText text file that the source embedding starts from. */
  readonly sourceVectors?: string;
  /** GloVe or fastText text file that the target embedding starts from. */
  readonly targetVectors?: string;
  /** Leave embeddings that start from a file as they are. Default false. */
  readonly freezeVectors?: boolean;
  /** Places in a sentence, its end counted, that location scores and learned positions are made for; other models read sentences of any length. Default 128. */
  readonly maxPositions?: number;
  /** Attention heads; divides hidden. Default 4. */
  readonly heads?: number;
  /** Inner size of the position-wise layers. Default 1024. */
  readonly feedForward?: number;
  /** Between the two position-wise layers. Default `relu`. */
  readonly activation?: 'relu' | 'gelu';
  /** How a token knows its place. Default `sinusoidal`. */
  readonly positions?: 'sinusoidal' | 'learned';
  /** Stop after this many minutes; the first limit reached counts (20 where no limit is given). */
  readonly maxMinutes?: number;
  /** Stop after this many updates. */
  readonly maxSteps?: number;
  /** Stop after this many passes over the training data. */
  readonly epochs?: number;
  /** Tokens of a batch, padding included, on its longer side; without it 3000, for attn train on a GPU 8000. */
  readonly batchTokens?: number;
  /** Most different shapes of batches; fewer pad more, but each has to be compiled first; without it 28, for attn train on a GPU 12. */
  readonly maxShapes?: number;
  /** Batches whose gradients are added up before an update. Default 1. */
  readonly accumulate?: number;
  /** The update rule. Default `adam`. */
  readonly optimizer?: 'adam' | 'adamw' | 'sgd' | 'adagrad';
  /** The peak learning rate. Default 0.002. */
  readonly learningRate?: number;
  /** Constant; to zero at the limit (linear, cosine); inverse square root of the step; halved when validation stalls (plateau) or each late epoch (luong). Default `linear`. */
  readonly schedule?: 'constant' | 'linear' | 'cosine' | 'inverse-sqrt' | 'plateau' | 'luong';
  /** Updates in which the learning rate rises from zero. Default 0. */
  readonly warmup?: number;
  /** Decoupled weight decay of adamw. Default 0. */
  readonly weightDecay?: number;
  /** Largest global norm of a gradient; 0: any. Default 1. */
  readonly clipNorm?: number;
  /** Probability spread over the whole vocabulary in the loss. Default 0.1. */
  readonly labelSmoothing?: number;
  /** Decay of the weight average that is validated and kept; 0: none. Default 0. */
  readonly ema?: number;
  /** Of the parameters, the order of batches and dropout; several: attn compare --seeds 1,2,3. Default 1. */
  readonly seed?: number;
  /** Updates between validations; each also saves last/ for --resume. Default 500. */
  readonly validateEvery?: number;
  /** Minutes between saves of last/ beside those; none waits for it. Default 2. */
  readonly saveMinutes?: number;
  /** What makes a model the best so far. Default `bleu`. */
  readonly metric?: 'loss' | 'bleu' | 'chrf';
  /** How BLEU cuts sentences into words, as in sacreBLEU; without it by the language of the references. */
  readonly tokenize?: '13a' | 'intl' | 'char' | 'zh' | 'none' | 'ja-mecab' | 'ko-mecab' | 'flores101' | 'flores200' | 'spm';
  /** What --tokenize needs: the folder of a MeCab dictionary (ja-mecab, ko-mecab), or a SentencePiece model (flores101, flores200, spm). */
  readonly tokenizerModel?: string;
  /** Stop after this many validations without a better one; 0: never. Default 0. */
  readonly patience?: number;
  /** How many of the best models are kept (for attn average). Default 1. */
  readonly keep?: number;
  /** Updates between lines of metrics.jsonl. Default 50. */
  readonly logEvery?: number;
  /** Number format of the matrix products; float32 lets a GPU round their factors to 10 bits (TF32), float32-strict does not; bfloat16 is faster where the machine has it. Default `float32`. */
  readonly precision?: 'float32' | 'float32-strict' | 'bfloat16';
  /** Cpu, gpu or gpu:N; without it the GPU where attn setup --gpu has run and a card is there, else the CPU. */
  readonly device?: DeviceName;
  /** CPU threads; without it one per core. */
  readonly threads?: number;
}
