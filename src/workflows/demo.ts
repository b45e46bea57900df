import { presets } from '../config/presets.ts';
import { runSchema } from '../config/run.ts';
import { splitWords } from '../corpus/whitespace.ts';
import { loadTranslator } from '../decoding/translator.ts';
import type { AttentionMatrix } from '../reports/attention-matrix.ts';
import { bestOf } from '../reports/findings.ts';
import { translationAttention } from '../reports/translation-attention.ts';
import { RunError } from '../support/errors.ts';
import { hasTensorFlow } from '../tensor/backend.ts';
import { type CommonOptions, type ComparisonOptions, type ComparisonResult, compare } from './compare.ts';
import { embeddedDataset } from './default-data.ts';
import { parseModelVariant } from './model-variants.ts';
import { preparedTestSet, type TestSet } from './test-set.ts';

/** Parameters of the demonstration, which sets the rest of a comparison's options itself. */
export type DemoOptions = Pick<ComparisonOptions, 'out' | 'overwrite' | 'signal' | 'say' | 'listeners'>;

/** A sentence of the test set, a model's translation, and where it looked. */
export interface DemoTranslation {
  readonly source: string;
  readonly reference: string;
  readonly text: string;
  readonly attention: AttentionMatrix;
}

export interface DemoResult extends ComparisonResult {
  /** The best model with attention, which made these translations. */
  readonly model: string;
  readonly translations: readonly DemoTranslation[];
}

/** The size of a demonstration. */
export interface DemoSize {
  readonly common: CommonOptions;
  readonly beam: number;
  /** For the report. */
  readonly notes: readonly string[];
}

const usual: DemoSize = {
  common: runSchema.parse(presets.demo),
  beam: 5,
  notes: [],
};

/** With WebAssembly steps are not compiled and take about ten times as long: smaller models, which see less data. */
const withoutTensorFlow: DemoSize = {
  common: { ...usual.common, embedding: 64, hidden: 64, batchTokens: 500, maxSteps: 600, validateEvery: 600 },
  beam: 1,
  notes: [
    'Without TensorFlow everything ran on WebAssembly: smaller models, fewer steps, greedy search. `attn doctor` says what is missing.',
  ],
};

const scores = ['none', 'dot', 'general', 'concat'];

/**
 * The whole experiment in small: `none`, `dot`, `general` and `concat` on the embedded corpus, compared on its test
 * set, and three sentences translated by the best model with attention.
 * @param data a prepared dataset instead of the embedded corpus
 * @returns undefined when it was interrupted
 */
export async function demo(
  options: DemoOptions,
  size: DemoSize = hasTensorFlow() ? usual : withoutTensorFlow,
  data?: string,
): Promise<DemoResult | undefined> {
  const { say } = options;
  for (const note of size.notes) say(note);
  const dataset = data ?? (await embeddedDataset(say));
  const search = { beam: size.beam, lengthPenalty: 1 };
  const result = await compare({
    ...{ ...options, data: dataset, search, common: size.common, notes: size.notes },
    variants: scores.map(parseModelVariant),
    seeds: [1],
    attention: 10,
  });
  if (result === undefined) return undefined;
  const attentive = result.report.models.filter(({ attention }) => attention !== undefined);
  const best = bestOf(attentive.map(({ name, checkpoint, bleu }) => ({ name, path: checkpoint, bleu: bleu.score })));
  if (best === undefined) throw new RunError('no model with attention was trained', { where: options.out });
  const translations = await translateThree(best.path, preparedTestSet(dataset));
  return { ...result, model: best.name, translations };
}

/** A short, a medium and a long sentence: these fractions of the test set sorted by length. */
const places = [0.2, 0.5, 0.9];

async function translateThree(path: string, { sources, references }: TestSet): Promise<DemoTranslation[]> {
  const lengths = sources.map((source) => splitWords(source).length);
  const order = lengths.map((_, i) => i).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const chosen = places.map((share) => order[Math.floor(share * order.length)] ?? 0);
  const translator = await loadTranslator(path);
  try {
    const translated = await translator.translate(chosen.map((i) => sources[i] ?? ''));
    return translated.flatMap((translation, i) => {
      const reference = references[chosen[i] ?? 0] ?? '';
      const attention = translationAttention(translation, 0, reference);
      const { source, hypotheses } = translation;
      return attention === undefined ? [] : [{ source, reference, text: hypotheses[0].text, attention }];
    });
  } finally {
    await translator.close();
  }
}
