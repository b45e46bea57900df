import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { countTokens, type TokenCounts } from '../../src/vocabulary/counts.ts';
import { loadVocabulary } from '../../src/vocabulary/load.ts';
import { defaultVocabularyOptions, trainVocabulary, type VocabularyOptions } from '../../src/vocabulary/train.ts';
import type { Vocabulary } from '../../src/vocabulary/vocabulary.ts';

export const scratch = mkdtempSync(join(tmpdir(), 'attn-vocabulary-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const pairs = readFileSync(new URL('../fixtures/sentences.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t'));
export const italian: readonly string[] = pairs.map(([source = '']) => source);
export const english: readonly string[] = pairs.map(([, target = '']) => target);
/** 160 sentences of our own: the Italian ones, then the English. */
export const sentences: readonly string[] = [...italian, ...english];

export function counted(texts: readonly string[]): TokenCounts {
  const tokens: TokenCounts = new Map();
  for (const text of texts) countTokens(text, tokens);
  return tokens;
}

/** A model file trained on our sentences: 400 pieces by default. */
export function trained(options: Partial<VocabularyOptions>, texts = sentences): Uint8Array {
  return trainVocabulary(counted(texts), { ...defaultVocabularyOptions, size: 400, ...options });
}

let files = 0;

export function modelPath(model: Uint8Array): string {
  const path = join(scratch, `${files++}.model`);
  writeFileSync(path, model);
  return path;
}

export function vocabularyOf(options: Partial<VocabularyOptions>, texts = sentences): Promise<Vocabulary> {
  return loadVocabulary(modelPath(trained(options, texts)));
}
