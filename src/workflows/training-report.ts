import type { TrainingReport } from '../reports/types.ts';
import type { TrainRecord, ValidationRecord } from '../training/events.ts';
import { readMetrics } from '../training/metrics.ts';

/** How training went, from its `metrics.jsonl`; undefined if there is none. @throws InputError like `readMetrics` */
export function trainingReport(path: string): TrainingReport | undefined {
  const records = readMetrics(path);
  const last = records.at(-1);
  if (last === undefined) return undefined;
  const updates = records.filter((record): record is TrainRecord => record.kind === 'train');
  const validations = records.filter((record): record is ValidationRecord => record.kind === 'validation');
  const tokens = updates.reduce((sum, { targetTokens }) => sum + targetTokens, 0);
  const busy = updates.reduce(
    (sum, { targetTokens, targetTokensPerSecond }) => sum + targetTokens / targetTokensPerSecond,
    0,
  );
  return {
    steps: last.step,
    seconds: last.seconds,
    targetTokensPerSecond: busy > 0 ? tokens / busy : 0,
    curve: validations.map(({ kind: _, ...point }) => point),
  };
}
