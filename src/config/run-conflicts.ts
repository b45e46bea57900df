import { parseMix } from './fine-tuning.ts';
import type { RunOptions } from './run-options.ts';

/** Options that conflict: the option to blame, when, and what to do about it. */
interface Conflict {
  readonly key: string;
  readonly found: (options: RunOptions) => boolean;
  readonly message: string;
  readonly remedy: string;
}

const isTransformer = (options: RunOptions) => options.arch === 'transformer';

export const conflicts: readonly Conflict[] = [
  {
    key: 'window',
    found: (o) => o.window !== 'global' && (o.score === 'none' || o.score === 'bahdanau'),
    message: 'local windows work only with Luong attention',
    remedy: 'use --score dot, general, concat or location, or leave out --window',
  },
  {
    key: 'inputFeeding',
    found: (o) => o.inputFeeding && (o.score === 'none' || o.score === 'bahdanau'),
    message:
      'there is no attention vector to feed: none has no attention, bahdanau already gives its context to the cell',
    remedy: 'use --score dot, general, concat or location, or leave out --input-feeding',
  },
  {
    key: 'resetAfter',
    found: (o) => !o.resetAfter && (o.cell === 'lstm' || isTransformer(o)),
    message: 'only a GRU has a reset gate',
    remedy: 'leave out --no-reset-after',
  },
  {
    key: 'tieEmbeddings',
    found: (o) => o.tieEmbeddings && o.embedding !== o.hidden,
    message: 'a tied output multiplies states by embeddings, so both need the same size',
    remedy: 'set --embedding and --hidden to the same number',
  },
  {
    key: 'shareEmbeddings',
    found: (o) => o.shareEmbeddings && o.sourceVectors !== undefined && o.targetVectors !== undefined,
    message: 'one matrix cannot start from two files of word vectors',
    remedy: 'give --source-vectors or --target-vectors',
  },
  {
    key: 'freezeVectors',
    found: (o) => o.freezeVectors && o.sourceVectors === undefined && o.targetVectors === undefined,
    message: 'there are no word vectors to freeze',
    remedy: 'give --source-vectors or --target-vectors',
  },
  {
    key: 'freeze',
    found: (o) => o.freeze !== undefined && o.freeze.length > 0 && o.from === undefined,
    message: 'random parameters are not worth keeping',
    remedy: 'name the trained model to take them from: --from',
  },
  {
    key: 'mix',
    found: (o) => o.mix?.some((text) => parseMix(text) === undefined) === true,
    message: 'is a folder of prepared data and its share of the batches, between 0 and 1',
    remedy: '--mix datasets/old/prepared:0.2',
  },
  {
    key: 'mix',
    found: (o) => (o.mix ?? []).reduce((sum, text) => sum + (parseMix(text)?.share ?? 0), 0) >= 1,
    message: 'leaves no batch for the data of --data: the shares add up to 1 or more',
    remedy: 'give smaller shares',
  },
  {
    key: 'hidden',
    found: (o) => isTransformer(o) && o.embedding !== o.hidden,
    message: 'a transformer has one size for embeddings and states',
    remedy: 'set --embedding and --hidden to the same number',
  },
  {
    key: 'heads',
    found: (o) => isTransformer(o) && o.hidden % o.heads !== 0,
    message: 'hidden must be divisible by the number of heads',
    remedy: 'choose --heads so that it divides --hidden',
  },
  {
    key: 'arch',
    found: (o) => isTransformer(o) && (o.cell === 'lstm' || o.bidirectional || o.inputFeeding || o.window !== 'global'),
    message: 'a transformer has no cell, no direction, no window and no input feeding',
    remedy: 'leave out --cell, --bidirectional, --window and --input-feeding',
  },
  {
    key: 'guidedWeight',
    found: (o) => o.guidedWeight > 0 && o.score === 'none' && !isTransformer(o),
    message: 'none has no attention to guide',
    remedy: 'use another --score, or leave out --guided-weight',
  },
  {
    key: 'weightDecay',
    found: (o) => o.weightDecay > 0 && o.optimizer !== 'adamw',
    message: 'weight decay works only with adamw',
    remedy: 'use --optimizer adamw',
  },
  {
    key: 'warmup',
    found: (o) => o.schedule === 'inverse-sqrt' && o.warmup === 0,
    message: 'inverse-sqrt falls from the end of the warm-up, so it needs one',
    remedy: 'give --warmup, for instance 1000',
  },
  {
    key: 'schedule',
    found: (o) => o.schedule === 'luong' && o.epochs === undefined,
    message: 'luong halves the learning rate by epochs, so it must know how many there are',
    remedy: 'give --epochs',
  },
];
