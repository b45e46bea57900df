import type { DeviceName } from '../config/device-name.ts';
import type { TokenizerName } from '../config/tokenizer-names.ts';
import type { TranslateOptions } from '../decoding/translation.ts';
import type { Report } from '../reports/types.ts';
import { unlessAborted } from './corpus-options.ts';
import { evaluationSettings } from './evaluation-settings.ts';
import { inTurn } from './turns.ts';

/** How models are scored, and what is written of them. */
export interface EvaluationSettings {
  /** Hypotheses kept at each step; 1: greedy. Default 5. */
  readonly beam?: number;
  /** Alpha of GNMT's length penalty; 0: none. Default 1. */
  readonly lengthPenalty?: number;
  /** How BLEU cuts sentences into words. Default: by the language of the references. */
  readonly tokenize?: TokenizerName;
  /** The file that `tokenize` needs: a MeCab dictionary's folder or a SentencePiece model. */
  readonly tokenizerModel?: string;
  /** How many sentences of the test set have their attention written. Default 10. */
  readonly attention?: number;
  /** Told in words what is being done. */
  readonly onProgress?: (text: string) => void;
  /** Gives up; the results that were there before stay. */
  readonly signal?: AbortSignal;
}

/** How a test set is translated. */
export type EvaluationSearch = Omit<TranslateOptions, 'nbest' | 'attention' | 'copyUnknown'>;

/** What to evaluate, and where to write it. */
export interface EvaluateOptions extends EvaluationSettings, EvaluationSearch {
  /** Folders of runs, or folders that hold such. */
  readonly checkpoints: string | readonly string[];
  /** A TSV file, `source<TAB>target`. Default: the test part of the data that the models were trained on. */
  readonly test?: string;
  /** A file of gold alignments of the test set: adds the alignment error rate. */
  readonly gold?: string;
  /** The folder to write. Default `reports`. */
  readonly out?: string;
  /** What computes. Default: the GPU where one is set up, else the CPU. */
  readonly device?: DeviceName;
}

/**
 * Scores trained models on one test set and writes `report.json`, `report.md`, `report.html`, translations and attention
 * matrices.
 * @returns what `report.json` holds
 * @throws `InputError`, before any work, for a model that is missing or damaged, and for test data that do not fit; the
 *   signal's reason
 */
export async function evaluate(options: EvaluateOptions): Promise<Report> {
  const [{ evaluate: evaluateRuns }, { namedRuns }, { readTestSet }, { whileOwning }, { chooseDevice }] =
    await Promise.all([
      import('../workflows/evaluate.ts'),
      import('../workflows/named-runs.ts'),
      import('../workflows/test-set.ts'),
      import('../support/folder-lock.ts'),
      import('../tensor/device.ts'),
    ]);
  const { checkpoints, test, gold, out = 'reports', device, ...how } = options;
  const settings = await evaluationSettings(how);
  const runs = namedRuns([checkpoints].flat());
  return inTurn(async () => {
    chooseDevice(device);
    const testSet = test === undefined ? undefined : await readTestSet(test);
    const wanted = { ...settings, runs, out, ...(testSet && { test: testSet }), ...(gold !== undefined && { gold }) };
    const report = await whileOwning(out, 'an evaluation', () => evaluateRuns(wanted));
    return unlessAborted(report, how.signal);
  });
}
