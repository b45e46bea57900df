import { existsSync } from 'node:fs';
import { z } from 'zod';
import { ownerOf } from '../support/folder-lock.ts';
import { readJsonFile } from '../support/json-file.ts';
import { hasLearned } from '../training/events.ts';
import type { RunFolder } from './run-folder.ts';

/** What a reader of a run's scores has to know: it is still being trained, was stopped, or has learned nothing. */
export type RunRemark = 'still training' | 'interrupted' | 'not learned';

/** The remark about a run's folder; undefined for a training run that ended well, an average and an export. */
export function remarkOn({ path, finished, last, metrics }: RunFolder): RunRemark | undefined {
  if (existsSync(finished)) return readsLearned(finished) ? undefined : 'not learned';
  if (!existsSync(last) && !existsSync(metrics)) return undefined;
  return ownerOf(path)?.activity === 'a training' ? 'still training' : 'interrupted';
}

const endSchema = z.object({ lowestLoss: z.number().nullable().optional(), guessLoss: z.number().optional() });

/** Runs from before these losses were recorded are assumed to have learned. */
function readsLearned(path: string): boolean {
  const { lowestLoss, guessLoss } = readJsonFile(path, endSchema, 'attn train');
  return lowestLoss === undefined || guessLoss === undefined || hasLearned({ lowestLoss, guessLoss });
}

const meanings: Readonly<Record<RunRemark, string>> = {
  'still training': 'is still being trained: its scores are those of its best model so far',
  interrupted: 'was interrupted during training: its scores are those of its best model until then',
  'not learned': 'has not begun to learn: its loss was never below that of guessing',
};

/** The remark as a sentence about the run. */
export function explainRemark(name: string, remark: RunRemark): string {
  return `${name} ${meanings[remark]}.`;
}
