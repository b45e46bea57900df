import type { DeviceName } from '../config/device-name.ts';
import type { Report } from '../reports/types.ts';
import { unlessAborted } from './corpus-options.ts';
import type { EvaluationSearch, EvaluationSettings } from './evaluation-options.ts';
import { evaluationSettings } from './evaluation-settings.ts';
import { inTurn } from './turns.ts';

/** What to evaluate, and where to write it. */
export interface EvaluateOptions extends EvaluationSettings, EvaluationSearch {
  /** Run folders, or folders that contain them. */
  readonly checkpoints: string | readonly string[];
  /** A TSV file, `source<TAB>target`. Default: the test split of the data the models were trained on. */
  readonly test?: string;
  /** A file of gold alignments of the test set: adds the alignment error rate. */
  readonly gold?: string;
  /** The folder to write. Default `reports`. */
  readonly out?: string;
  /** The device. Default: the GPU if one is set up, else the CPU. */
  readonly device?: DeviceName;
}

/**
 * Scores trained models on one test set and writes `report.json`, `report.md`, `report.html`, translations and
 * attention matrices.
 * @returns the content of `report.json`
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
