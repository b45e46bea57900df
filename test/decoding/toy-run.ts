import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type LanguagePair, saveModel } from '../../src/checkpoints/checkpoint.ts';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { completeRun, runSchema } from '../../src/config/run.ts';
import type { RunOptions } from '../../src/config/run-options.ts';
import { createModel, initialParameters } from '../../src/models/create.ts';
import { buildVocabularies } from '../../src/vocabulary/build.ts';
import { defaultVocabularyOptions } from '../../src/vocabulary/train.ts';
import type { VocabularyType } from '../../src/vocabulary/vocabulary.ts';
import { toyLines } from '../dataset/toy-corpus.ts';

/** How a toy run differs from a dot model over subwords. */
export interface ToyRun {
  readonly type?: VocabularyType;
  readonly options?: Partial<RunOptions>;
  readonly seed?: number;
  /** Added to the output's bias: ids that the model prefers. */
  readonly likes?: Readonly<Record<number, number>>;
  readonly bleu?: number;
  /** TSV lines from which the vocabularies are trained, instead of the toy corpus. */
  readonly lines?: readonly string[];
  /** Size of the vocabularies. */
  readonly size?: number;
  /** The languages in its file. */
  readonly languages?: LanguagePair;
}

/** A folder that is removed after the tests of the file. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'attn-translate-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a run folder with a tiny, untrained model. @returns its path */
export async function writeToyRun(path: string, toy: ToyRun = {}): Promise<string> {
  const { type = 'bpe', options, seed = 1, likes = {}, bleu = 1, size = 60, languages } = toy;
  const { lines = toyLines(0, 200) } = toy;
  const folder = runFolder(path);
  mkdirSync(path, { recursive: true });
  const corpus = join(path, 'toy.tsv');
  writeFileSync(corpus, `${lines.join('\n')}\n`);
  const { source, target } = await buildVocabularies(corpus, path, {
    ...{ ...defaultVocabularyOptions, type, size, shared: false },
  });
  rmSync(corpus);
  const run = completeRun({
    ...runSchema.parse({ embedding: 16, hidden: 16, maxPositions: 24, ...options }),
    out: path,
  });
  const model = createModel({ ...run, sourceVocabulary: source.size, targetVocabulary: target.size });
  const parameters = initialParameters(model, 'pytorch', seed);
  const bias = parameters['output.bias']?.data as Float32Array;
  for (const [id, more] of Object.entries(likes)) bias[Number(id)] = (bias[Number(id)] ?? 0) + more;
  saveModel(folder.model, {
    ...{ run, step: 1, parameters, vocabularies: { source: source.sha256, target: target.sha256 } },
    scores: { loss: 1, perplexity: 3, bleu, chrf: 1 },
    ...(languages && { languages }),
  });
  return path;
}
