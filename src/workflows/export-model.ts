import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { saveModel } from '../checkpoints/checkpoint.ts';
import { checkEmpty, deriveRunFolder } from '../checkpoints/run-folder.ts';
import type { FloatType } from '../checkpoints/safetensors.ts';
import { openTrainedRun, type TrainedRun } from '../checkpoints/trained-run.ts';
import type { ModelReport, Report } from '../reports/types.ts';
import { InputError } from '../support/errors.ts';
import { whileOwning } from '../support/folder-lock.ts';
import { readJsonFile } from '../support/json-file.ts';
import { languagesOf } from './corpus-facts.ts';
import { refuseEarlierExport } from './export-folder.ts';
import { writeCard } from './write-card.ts';

/** The number formats for exported models. */
export const exportPrecisions = ['float32', 'float16', 'bfloat16'] as const;

/** One of {@link exportPrecisions}. */
export type ExportPrecision = (typeof exportPrecisions)[number];

/** The names of number formats in a model file. */
export const floatTypes: Readonly<Record<ExportPrecision, FloatType>> = {
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
};

/** The smallest number that becomes infinite in float16. */
const FLOAT16_LIMIT = 65520;

/** What was written. */
export interface ExportResult {
  readonly out: string;
  readonly precision: ExportPrecision;
  /** The size of the model file. */
  readonly bytes: number;
}

/**
 * Writes a folder with only what translating needs: the best model, its vocabularies, its options and its card. It
 * works wherever a run folder does.
 * @param path a run folder, or one of its model files
 * @throws InputError for a model that is missing or damaged, numbers that the format cannot represent, and a folder
 *   that already contains a model
 */
export function exportModel(path: string, out: string, precision: ExportPrecision): Promise<ExportResult> {
  return whileOwning(out, 'an export', () => writeExport(path, out, precision));
}

async function writeExport(path: string, out: string, precision: ExportPrecision): Promise<ExportResult> {
  refuseEarlierExport(out);
  checkEmpty(out);
  const run = await openTrainedRun({ name: basename(path), path });
  checkFormat(run, precision);
  const folder = deriveRunFolder(out, run.folder);
  // the card is about the run, whose metrics and scores stay where they are
  writeCard({ ...run, path: out, folder: { ...run.folder, card: folder.card } }, evaluationOf(run));
  // last: a folder with a model is complete, and after a failure the same command does not find it occupied
  const languages = languagesOf({ ...run.checkpoint, data: run.checkpoint.run.data });
  saveModel(folder.model, { ...run.checkpoint, ...(languages && { languages }) }, floatTypes[precision]);
  return { out, precision, bytes: statSync(folder.model).size };
}

/** @throws InputError for a model with a number that the format cannot represent */
export function checkFormat({ checkpoint, path: where }: TrainedRun, precision: ExportPrecision): void {
  if (precision !== 'float16') return;
  for (const [name, { data }] of Object.entries(checkpoint.parameters)) {
    const large = data.find((value) => Math.abs(value) >= FLOAT16_LIMIT);
    if (large === undefined) continue;
    throw new InputError(`${name} has ${large}, but the largest float16 is 65504`, {
      where,
      remedy: '--precision bfloat16',
    });
  }
}

/** What a model card says about an evaluation. */
const scored = z.looseObject({ score: z.number(), signature: z.string() });
const reportSchema = z.object({
  test: z.looseObject({ name: z.string(), sentences: z.number(), sha256: z.string() }),
  models: z.array(
    z.looseObject({
      bleu: scored.extend({ ci95: z.object({ low: z.number(), high: z.number() }) }),
      chrf: scored,
    }),
  ),
});

/** The last evaluation of a run's best model; undefined for its other models, and if there is none. */
function evaluationOf({ path, folder }: TrainedRun): { test: Report['test']; model: ModelReport } | undefined {
  const report = join(folder.report, 'report.json');
  if (path !== folder.path || !existsSync(report)) return undefined;
  const {
    test,
    models: [model],
  } = readJsonFile(report, reportSchema, 'attn eval');
  return model && ({ test, model } as unknown as { test: Report['test']; model: ModelReport });
}
