import { alone, type Cluster, gatherValues, sumOf } from '../cluster/cluster.ts';
import { type BatchShape, batchTensors } from '../dataset/batch.ts';
import type { Split } from '../dataset/dataset.ts';
import { sequentialBatches } from '../dataset/sampler.ts';
import { createSearch } from '../decoding/search.ts';
import { greedy } from '../decoding/search-options.ts';
import { corpusBleu } from '../evaluation/bleu.ts';
import { corpusChrf } from '../evaluation/chrf.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import type { Runtime } from '../tensor/runtime.ts';
import type { HostTensor } from '../tensor/session.ts';
import type { Variables } from '../tensor/variables.ts';
import { variableName } from '../training/state.ts';
import { validationStep } from '../training/step.ts';
import type { Validation } from '../training/train.ts';
import type { Vocabulary } from '../vocabulary/vocabulary.ts';
import type { ValidationSet } from './validation-set.ts';

/** The input of a validation. */
export interface ValidatorInput {
  readonly runtime: Runtime;
  readonly model: Seq2Seq;
  readonly variables: Variables;
  /** The group of variables to validate; by default the parameters themselves. */
  readonly group?: string;
  readonly dev: Split;
  readonly shapes: readonly BatchShape[];
  readonly set: ValidationSet;
  readonly target: Pick<Vocabulary, 'decode'>;
  /** The workers that share the sentences; by default only this one. */
  readonly cluster?: Cluster;
}

/**
 * Makes the validation function of a training run: loss over dev, BLEU and chrF of its greedy translation, and a sample
 * sentence.
 */
export function createValidator(input: ValidatorInput): () => Promise<Validation> {
  const { runtime, model, variables, group, dev, shapes, set, target, cluster = alone } = input;
  const { rank, size } = cluster;
  const lossOf = runtime.compile(validationStep(model, group), variables);
  const prefix = group === undefined ? '' : variableName(group, '');
  const search = createSearch(runtime, [{ model, prefix }], variables);
  const { sources, texts, references, tokenizer } = set;
  let validations = 0;
  return async () => {
    let loss = 0;
    let tokens = 0;
    for (const batch of sequentialBatches(dev, shapes, cluster)) {
      const { loss: sum } = await lossOf(batchTensors(batch));
      loss += (sum as HostTensor).data[0] as number;
      tokens += batch.targetTokens;
    }
    [loss = 0, tokens = 0] = await sumOf(cluster, [loss, tokens]);
    const found = await search(
      sources.filter((_, i) => i % size === rank),
      greedy,
    );
    const shared = await gatherValues(
      cluster,
      found.map((list) => target.decode(list[0]?.ids ?? [])),
    );
    const hypotheses = sources.map((_, i) => shared[i % size]?.[Math.floor(i / size)] as string);
    const at = (validations++ * 7919) % texts.length;
    return {
      scores: {
        loss: loss / tokens,
        perplexity: Math.exp(loss / tokens),
        bleu: corpusBleu(hypotheses, [references], { tokenize: tokenizer }).score,
        chrf: corpusChrf(hypotheses, [references]).score,
      },
      sample: {
        source: (texts[at] as { source: string }).source,
        reference: references[at] as string,
        hypothesis: hypotheses[at] as string,
      },
    };
  };
}
