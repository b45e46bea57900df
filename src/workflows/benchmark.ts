import { cpus } from 'node:os';
import { completeRun, runSchema } from '../config/run.ts';
import { type Dataset, openDataset } from '../dataset/dataset.ts';
import { Sampler } from '../dataset/sampler.ts';
import { chooseShapes } from '../dataset/shapes.ts';
import { createSearch } from '../decoding/search.ts';
import { createModel, initialParameters } from '../models/create.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { version } from '../support/version.ts';
import { type BackendName, hasTensorFlow } from '../tensor/backend.ts';
import { chooseDevice, describeDevice } from '../tensor/device.ts';
import { matrixRate } from '../tensor/matrix-rate.ts';
import { openRuntime } from '../tensor/runtime.ts';
import { broadcast, type StepInfo } from '../training/events.ts';
import { SHARDS } from '../training/step.ts';
import { beginning, train } from '../training/train.ts';
import { loadVocabularies } from '../vocabulary/pair.ts';

/** A rate in both precisions; null if the backend has no bfloat16. */
export interface Rates {
  readonly float32: number;
  readonly bfloat16: number | null;
}

/** How fast this machine trains and translates. */
export interface Benchmark {
  readonly attn: string;
  readonly node: string;
  readonly processor: string;
  readonly backend: BackendName;
  /** What computed, for people: `the CPU`. */
  readonly device: string;
  readonly threads: number;
  /** Matrix products, 10^9 operations per second: the upper limit of the machine. */
  readonly gflops: Rates;
  /** Training, target tokens per second. */
  readonly targetTokensPerSecond: Rates;
  /** Translating with a beam of 5, sentences per second. */
  readonly sentencesPerSecond: Rates;
}

/** The model: the default of `attn train`, in few shapes. */
const standard = completeRun(runSchema.parse({ maxShapes: 4 }));

/** Sentences of dev that are translated at once; fewer without compiled steps, which takes ten times as long. */
const SENTENCES = { compiled: 512, eager: 64 };

/**
 * Measures matrix products, training and translating on a prepared dataset, one after the other: about half a minute.
 * @param say called with what is measured next
 * @param seconds of training in each precision; translating takes half as many
 */
export async function benchmark(data: string, say: (text: string) => void, seconds = 7): Promise<Benchmark> {
  const backend = hasTensorFlow() ? 'tensorflow' : 'wasm';
  const precisions = backend === 'tensorflow' ? (['float32', 'bfloat16'] as const) : (['float32'] as const);
  const dataset = openDataset(data);
  try {
    const { source, target } = await loadVocabularies(dataset.vocabularyPaths);
    const model = createModel({ ...standard, sourceVocabulary: source.size, targetVocabulary: target.size });
    const measured: Record<string, readonly [number, number, number]> = {};
    let threads = 0;
    const device = describeDevice(chooseDevice());
    for (const precision of precisions) {
      say(`${precision}: matrix products`);
      const products = await matrixRate({ backend, precision });
      threads = products.threads;
      say(`${precision}: training`);
      const tokens = await trainingRate(model, dataset, precision, seconds);
      say(`${precision}: translating`);
      measured[precision] = [products.gflops, tokens, await translatingRate(model, dataset, precision, seconds / 2)];
    }
    const rates = (what: number): Rates => ({
      float32: measured.float32?.[what] ?? 0,
      bfloat16: measured.bfloat16?.[what] ?? null,
    });
    return {
      ...{ attn: version, node: process.version, processor: cpus()[0]?.model ?? 'unknown', backend, device, threads },
      ...{ gflops: rates(0), targetTokensPerSecond: rates(1), sentencesPerSecond: rates(2) },
    };
  } finally {
    dataset.close();
  }
}

type Precision = 'float32' | 'bfloat16';

/** Target tokens per second of the median update; updates that compiled their shape do not count. */
async function trainingRate(model: Seq2Seq, dataset: Dataset, precision: Precision, seconds: number): Promise<number> {
  const split = dataset.split('train');
  const run = { ...standard, precision, maxMinutes: seconds / 60 };
  const runtime = await openRuntime({ precision, streams: SHARDS });
  const rates: number[] = [];
  const stepped = ({ targetTokens, stepSeconds }: StepInfo) => rates.push(targetTokens / stepSeconds);
  try {
    await train({
      ...{ runtime, model, run, state: beginning, frozen: new Set<string>() },
      guessLoss: Number.POSITIVE_INFINITY,
      sampler: new Sampler(split, chooseShapes(split.lengthCounts(), run), run.seed),
      variables: initialParameters(model, run.initializer, run.seed),
      listener: broadcast([{ stepped }], run.logEvery),
      signal: new AbortController().signal,
      validate: async () => ({
        scores: { loss: 0, perplexity: 1, bleu: 0, chrf: 0 },
        sample: { source: '', reference: '', hypothesis: '' },
      }),
      keep: async () => {},
      capture: async () => ({ save: () => {}, saveAside: async () => {} }),
    });
  } finally {
    runtime.close();
  }
  return rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
}

/**
 * Sentences per second of the search alone. Every translation has the mean length, whatever the model would generate.
 */
async function translatingRate(
  model: Seq2Seq,
  dataset: Dataset,
  precision: Precision,
  seconds: number,
): Promise<number> {
  const split = dataset.split('dev');
  const { tokens, pairs } = dataset.manifest.splits.dev;
  const length = Math.round(tokens.target / pairs);
  const runtime = await openRuntime({ precision, streams: 2 });
  try {
    const count = Math.min(runtime.compiled ? SENTENCES.compiled : SENTENCES.eager, split.size);
    const sources = Array.from({ length: count }, (_, i) => [...split.pair(i).source]);
    const parameters = initialParameters(model, standard.initializer, standard.seed);
    const search = createSearch(runtime, [{ model, prefix: '' }], await runtime.variables(parameters));
    const options = { beam: 5, minOutputLength: length, maxOutputLength: length, attention: 'none' } as const;
    // the first time compiles
    if (runtime.compiled) await search(sources, options);
    const begun = performance.now();
    let sentences = 0;
    while (performance.now() - begun < 1000 * seconds) {
      await search(sources, options);
      sentences += sources.length;
    }
    return (1000 * sentences) / (performance.now() - begun);
  } finally {
    runtime.close();
  }
}
