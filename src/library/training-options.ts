// Written by scripts/make-config-docs.ts from src/config/: change those, then run it again.
import type { DeviceName } from '../config/device-name.ts';

/** The options of a training run, as in docs/config.md. Conflicting options are rejected by name. */
export interface TrainingOptions {
  /** A named set of values for the options below. */
  readonly preset?: 'demo' | 'seed' | 'base' | 'transformer' | 'best';
  /** Folder of a prepared dataset, or embedded; default: the one last prepared, else the embedded corpus. */
  readonly data?: string;
  /** Folder of the run; default: checkpoints/ and the name of the model. */
  readonly out?: string;
  /** Recurrent network or transformer. Default `gru`. */
  readonly arch?: 'gru' | 'transformer';
  /** Score function of the attention, or none. Default `dot`. */
  readonly score?: 'none' | 'dot' | 'general' | 'concat' | 'location' | 'bahdanau';
  /** Where attention looks: everywhere, around the same position, or around a predicted one. Default `global`. */
  readonly window?: 'global' | 'local-m' | 'local-p';
  /** D: a local window reaches this many source tokens to each side. Default 10. */
  readonly windowSize?: number;
  /** Feed the attention vector to the next decode step (slower). Default false. */
  readonly inputFeeding?: boolean;
  /** The recurrent cell. Default `gru`. */
  readonly cell?: 'gru' | 'lstm';
  /** Apply the reset gate as PyTorch does, after the recurrent product instead of before it. Default true. */
  readonly resetAfter?: boolean;
  /** E: size of the word embeddings. Default 256. */
  readonly embedding?: number;
  /** H: size of the hidden states. Default 256. */
  readonly hidden?: number;
  /** Layers in the encoder and in the decoder. Default 1. */
  readonly layers?: number;
  /** The encoder also reads from right to left. Default false. */
  readonly bidirectional?: boolean;
  /** Dropout rate on embeddings, between layers and on the attention vector. Default 0.2. */
  readonly dropout?: number;
  /** One matrix for the target embedding and the output. Default false. */
  readonly tieEmbeddings?: boolean;
  /** One matrix for both embeddings; needs one vocabulary for both languages. Default false. */
  readonly shareEmbeddings?: boolean;
  /** PyTorch's default for each layer, uniform in +-0.1 (Luong), or Glorot and Bengio's uniform. Default `pytorch`. */
  readonly initializer?: 'pytorch' | 'uniform' | 'xavier';
  /** GloVe or fastText text file to initialise the source embedding from. */
  readonly sourceVectors?: string;
  /** GloVe or fastText text file to initialise the target embedding from. */
  readonly targetVectors?: string;
  /** Do not train embeddings initialised from a file. Default false. */
  readonly freezeVectors?: boolean;
  /** Number of positions, including the end symbol, for location scores and learned positions; other models read sentences of any length. Default 128. */
  readonly maxPositions?: number;
  /** Attention heads; must divide hidden. Default 4. */
  readonly heads?: number;
  /** Inner size of the position-wise layers. Default 1024. */
  readonly feedForward?: number;
  /** Activation between the two position-wise layers. Default `relu`. */
  readonly activation?: 'relu' | 'gelu';
  /** Position encoding. Default `sinusoidal`. */
  readonly positions?: 'sinusoidal' | 'learned';
  /** Run folder or model file to start from, with its model options and a quarter of its learning rate. */
  readonly from?: string;
  /** Groups of parameters to keep unchanged from the model of --from. */
  readonly freeze?: readonly ('embeddings' | 'source-embedding' | 'target-embedding' | 'encoder' | 'decoder' | 'attention' | 'output')[];
  /** Prepared data to mix in, with its share of the batches: FOLDER:0.2; prevents forgetting what the model of --from was trained on. */
  readonly mix?: readonly string[];
  /** Stop after this many minutes (20 if no limit is given); the first limit reached counts, and a given limit replaces those of a preset. */
  readonly maxMinutes?: number;
  /** Stop after this many updates. */
  readonly maxSteps?: number;
  /** Stop after this many passes over the training data. */
  readonly epochs?: number;
  /** Tokens per batch, including padding, on its longer side; default: 3000, for attn train on a GPU 8000. */
  readonly batchTokens?: number;
  /** Maximum number of batch shapes; fewer shapes mean more padding, but each one must be compiled; default: 28, for attn train on a GPU 12. */
  readonly maxShapes?: number;
  /** Batches per update; their gradients are added up. Default 1. */
  readonly accumulate?: number;
  /** The optimizer. Default `adam`. */
  readonly optimizer?: 'adam' | 'adamw' | 'sgd' | 'adagrad';
  /** The peak learning rate. Default 0.002. */
  readonly learningRate?: number;
  /** Constant; to zero at the limit (linear, cosine); inverse square root of the step; halved when validation stalls (plateau) or each late epoch (luong). Default `linear`. */
  readonly schedule?: 'constant' | 'linear' | 'cosine' | 'inverse-sqrt' | 'plateau' | 'luong';
  /** Updates during which the learning rate rises from zero. Default 0. */
  readonly warmup?: number;
  /** Decoupled weight decay of adamw. Default 0. */
  readonly weightDecay?: number;
  /** Maximum global gradient norm; 0: no clipping. Default 1. */
  readonly clipNorm?: number;
  /** Probability spread over the whole vocabulary in the loss. Default 0.1. */
  readonly labelSmoothing?: number;
  /** Guided alignment: weight of the loss that compares attention with the alignments in the data (attn prepare --guided-alignment); 0: off. Default 0. */
  readonly guidedWeight?: number;
  /** Decay of the moving average of the weights, which is validated and kept; 0: off. Default 0. */
  readonly ema?: number;
  /** Random seed of the parameters, the batch order and dropout; for several seeds: attn compare --seeds 1,2,3. Default 1. */
  readonly seed?: number;
  /** Updates between validations; each also saves last/ for --resume. Default 500. */
  readonly validateEvery?: number;
  /** Minutes between additional saves of last/. Default 2. */
  readonly saveMinutes?: number;
  /** Metric that selects the best model. Default `bleu`. */
  readonly metric?: 'loss' | 'bleu' | 'chrf';
  /** How BLEU splits sentences into words, as in sacreBLEU; default: by the language of the references. */
  readonly tokenize?: '13a' | 'intl' | 'char' | 'zh' | 'none' | 'ja-mecab' | 'ko-mecab' | 'flores101' | 'flores200' | 'spm';
  /** File that --tokenize needs: the folder of a MeCab dictionary (ja-mecab, ko-mecab), or a SentencePiece model (flores101, flores200, spm). */
  readonly tokenizerModel?: string;
  /** Stop after this many validations without improvement; 0: never. Default 0. */
  readonly patience?: number;
  /** Number of best models to keep (for attn average). Default 1. */
  readonly keep?: number;
  /** Updates between lines of metrics.jsonl. Default 50. */
  readonly logEvery?: number;
  /** Number format of the matrix products; float32 lets a GPU round their factors to 10 bits (TF32), float32-strict does not; bfloat16 is faster if the hardware supports it. Default `float32`. */
  readonly precision?: 'float32' | 'float32-strict' | 'bfloat16';
  /** Device: cpu, gpu or gpu:N; default: the GPU if attn setup --gpu has run and a card is present, else the CPU. */
  readonly device?: DeviceName;
  /** CPU threads per worker; default: one per core, shared out between workers. */
  readonly threads?: number;
  /** Number of processes on this machine that train one model together (MPI); for several machines start attn train with mpiexec or srun. An update takes one batch from each. Default 1. */
  readonly workers?: number;
  /** Number format of the gradients sent between workers; bfloat16 halves the bytes, for slow networks. Default `float32`. */
  readonly reduce?: 'float32' | 'bfloat16';
}
