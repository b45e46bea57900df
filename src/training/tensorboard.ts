import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32c } from '../support/crc32.ts';
import { writeFailure } from '../support/file-failures.ts';
import { appendToFile, makeFolder } from '../support/files.ts';
import { ProtoWriter } from '../support/protobuf.ts';
import type { TrainingListener } from './events.ts';

/** A file that TensorBoard reads. */
export interface EventFile {
  scalar(tag: string, value: number, step: number): void;
  /** Markdown. */
  text(tag: string, text: string, step: number): void;
}

/** Event.SessionLog.SessionStatus.START: tells TensorBoard to discard earlier files' events of this step and later. */
const SESSION_START = 1;
/** DataType.DT_STRING, DataClass.DATA_CLASS_TENSOR. */
const STRING = 7;
const TENSOR = 2;

/** Writes training curves and sample translations for TensorBoard; the parameters are those of `metricsListener`. */
export function tensorboardListener(folder: string, resumedStep: number): TrainingListener {
  const file = openEventFile(folder, resumedStep);
  return {
    recorded(record) {
      file.scalar('train/loss', record.loss, record.step);
      file.scalar('train/target_tokens_per_second', record.targetTokensPerSecond, record.step);
      file.scalar('train/learning_rate', record.learningRate, record.step);
      file.scalar('train/gradient_norm', record.gradientNorm, record.step);
    },
    validated({ record, sample }) {
      for (const score of ['loss', 'perplexity', 'bleu', 'chrf'] as const) {
        file.scalar(`validation/${score}`, record[score], record.step);
      }
      const { source, hypothesis, reference } = sample;
      file.text('validation/sample', `${source}\n\n**${hypothesis}**\n\n${reference}`, record.step);
    },
  };
}

/**
 * Opens a new event file in a folder. `resumedStep` 0 removes those of an earlier run; any other keeps them, and
 * TensorBoard discards their later steps. Format: event.proto and summary.proto of TensorFlow, each in a TFRecord.
 * @param now milliseconds since 1970
 */
export function openEventFile(folder: string, resumedStep: number, now: () => number = Date.now): EventFile {
  const opened = now();
  const name = `events.out.tfevents.${Math.floor(opened / 1000)}.attn.${String(opened % 1000).padStart(3, '0')}`;
  const path = join(folder, name);
  try {
    makeFolder(folder);
    if (resumedStep === 0) removeEventFiles(folder);
  } catch (error) {
    throw writeFailure(path, error);
  }
  const write = (step: number, fill: (event: ProtoWriter) => void) => {
    const event = new ProtoWriter().double(1, now() / 1000);
    if (step !== 0) event.integer(2, step);
    fill(event);
    appendToFile(path, frame(event.finish()));
  };
  const summary = (tag: string, fill: (value: ProtoWriter) => void) => {
    const value = new ProtoWriter().bytes(1, tag);
    fill(value);
    return new ProtoWriter().bytes(1, value);
  };
  write(0, (event) => event.bytes(3, 'brain.Event:2'));
  if (resumedStep > 0) {
    write(resumedStep + 1, (event) => event.bytes(7, new ProtoWriter().integer(1, SESSION_START)));
  }
  return {
    scalar(tag, value, step) {
      write(step, (event) =>
        event.bytes(
          5,
          summary(tag, (entry) => entry.float(2, value)),
        ),
      );
    },
    text(tag, text, step) {
      const plugin = new ProtoWriter().bytes(1, 'text');
      const metadata = new ProtoWriter().bytes(1, plugin).integer(4, TENSOR);
      const shape = new ProtoWriter().bytes(2, new ProtoWriter().integer(1, 1));
      const tensor = new ProtoWriter().integer(1, STRING).bytes(2, shape).bytes(8, text);
      write(step, (event) =>
        event.bytes(
          5,
          summary(tag, (entry) => entry.bytes(8, tensor).bytes(9, metadata)),
        ),
      );
    },
  };
}

function removeEventFiles(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('events.out.tfevents.')) rmSync(join(folder, name));
  }
}

/** A TFRecord: length, its checksum, data, its checksum. */
function frame(data: Uint8Array): Uint8Array {
  const record = Buffer.alloc(data.length + 16);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  record.set(data, 12);
  record.writeUInt32LE(maskedCrc32c(data), 12 + data.length);
  return record;
}

/** TFRecord's checksum: CRC-32C, rotated by 15 bits, plus a constant. */
function maskedCrc32c(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
