import { existsSync, readFileSync } from 'node:fs';
import { InputError } from '../support/errors.ts';
import { ownerOf } from '../support/folder-lock.ts';
import { type FinishInfo, hasLearned } from '../training/events.ts';
import type { RunFolder } from './run-folder.ts';

/** What a reader of a run's scores has to know: it is still being trained, was stopped, or has learned nothing. */
export type RunRemark = 'still training' | 'interrupted' | 'not learned';

/** The remark that a run's folder calls for; undefined for a training that ended well, an average and an export. */
export function remarkOn({ path, finished, last, metrics }: RunFolder): RunRemark | undefined {
  if (existsSync(finished)) return readsLearned(finished) ? undefined : 'not learned';
  if (!existsSync(last) && !existsSync(metrics)) return undefined;
  return ownerOf(path)?.activity === 'a training' ? 'still training' : 'interrupted';
}

/** A training of attn before these losses were noted is taken to have learned. */
function readsLearned(path: string): boolean {
  let info: Partial<FinishInfo>;
  try {
    info = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new InputError('is not what attn train writes', { where: path, remedy: 'remove the file', cause: error });
  }
  const { lowestLoss, guessLoss } = info;
  return lowestLoss === undefined || guessLoss === undefined || hasLearned({ lowestLoss, guessLoss });
}

const meanings: Readonly<Record<RunRemark, string>> = {
  'still training': 'is still being trained: its scores are those of its best model so far',
  interrupted: 'was interrupted in training: its scores are those of its best model until then',
  'not learned': 'has not begun to learn: its loss was never below that of guessing',
};

/** The remark as a sentence about the run. */
export function explainRemark(name: string, remark: RunRemark): string {
  return `${name} ${meanings[remark]}.`;
}
