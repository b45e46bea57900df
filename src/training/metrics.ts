import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { InputError, systemCode } from '../support/errors.ts';
import { readFailure } from '../support/file-failures.ts';
import { appendToFile, writeFileAtomic } from '../support/files.ts';
import { firstIssue } from '../support/issues.ts';
import { jsonNumber } from '../support/json-file.ts';
import type { TrainingListener, TrainRecord, ValidationRecord } from './events.ts';

/** A line of `metrics.jsonl`. */
export type MetricRecord = TrainRecord | ValidationRecord;

/**
 * Reads `metrics.jsonl`: no records if there is no file; a last line that a killed process left incomplete is skipped.
 * @throws InputError with file and line for any other invalid line
 */
export function readMetrics(path: string): MetricRecord[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw readFailure(path, error);
  }
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => parseRecord(line, `${path}:${index + 1}`));
}

/**
 * Appends every record and validation to a `metrics.jsonl`.
 * @param resumedStep updates in the checkpoint from which training resumes: later records are dropped, because they
 *   will be written again; 0 starts a new file
 */
export function metricsListener(path: string, resumedStep: number): TrainingListener {
  const kept = resumedStep === 0 ? [] : readMetrics(path).filter((record) => record.step <= resumedStep);
  writeFileAtomic(path, kept.map(toLine).join(''));
  const append = (record: MetricRecord) => appendToFile(path, toLine(record));
  return { recorded: append, validated: ({ record }) => append(record) };
}

function toLine(record: MetricRecord): string {
  return `${JSON.stringify(record)}\n`;
}

const place = { step: z.number(), seconds: z.number() };
const recordSchema = z.discriminatedUnion('kind', [
  z.looseObject({
    ...{ kind: z.literal('train'), ...place, epoch: z.number(), loss: z.number(), targetTokens: z.number() },
    ...{ targetTokensPerSecond: z.number(), learningRate: z.number(), gradientNorm: z.number() },
  }),
  z.looseObject({
    ...{ kind: z.literal('validation'), ...place, loss: jsonNumber, perplexity: jsonNumber },
    ...{ bleu: z.number(), chrf: z.number() },
  }),
]);

function parseRecord(line: string, where: string): MetricRecord {
  const refuse = (problem: string, cause?: unknown) =>
    new InputError(`not a line of metrics${problem}`, { where, remedy: 'remove the line', cause });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw refuse('', error);
  }
  const result = recordSchema.safeParse(value);
  if (result.success) return result.data;
  throw refuse(`: ${firstIssue(result.error)}`, result.error);
}
