import { readFileSync } from 'node:fs';
import { InputError, systemCode } from '../support/errors.ts';
import { appendToFile, writeFileAtomic } from '../support/files.ts';
import type { TrainingListener, TrainRecord, ValidationRecord } from './events.ts';

/** A line of `metrics.jsonl`. */
export type MetricRecord = TrainRecord | ValidationRecord;

/**
 * Reads `metrics.jsonl`: no records where there is no file; a last line that a killed process left half-written is left
 * out.
 * @throws InputError with file and line for any other line that is no record.
 */
export function readMetrics(path: string): MetricRecord[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw new InputError(`cannot be read (${systemCode(error)})`, { where: path, cause: error });
  }
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => parseRecord(line, `${path}:${index + 1}`));
}

/**
 * Appends every record and validation to a `metrics.jsonl`.
 * @param resumedStep updates of the checkpoint that the training goes on from: what came after it is dropped, as it
 *   will come again; 0 begins a new file.
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

function parseRecord(line: string, where: string): MetricRecord {
  try {
    const record = JSON.parse(line);
    if (record.kind === 'train' || record.kind === 'validation') return record;
  } catch {}
  throw new InputError('not a line of metrics', { where, remedy: 'remove the line' });
}
