import { changedOptions } from '../config/changes.ts';
import type { Run } from '../config/run.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { InputError } from '../support/errors.ts';
import type { VocabularyHashes } from './checkpoint.ts';
import type { NamedTensors } from './safetensors.ts';

/** Options that may change when training resumes: where it runs, how long, what it logs. */
const freeToChange: readonly (keyof Run)[] = [
  ...(['preset', 'data', 'out', 'maxMinutes', 'maxSteps', 'epochs'] as const),
  ...([
    'tokenizerModel',
    'patience',
    'keep',
    'validateEvery',
    'saveMinutes',
    'logEvery',
    'device',
    'threads',
    'workers',
  ] as const),
];

/**
 * Checks that parameters belong to a model: the same names, the same shapes.
 * @throws InputError that names the first differences
 */
export function checkParameters(found: NamedTensors, expected: Seq2Seq['parameters'], where: string): void {
  const problems = [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap((name) => {
    const has = found[name]?.shape;
    const needs = expected[name]?.shape;
    if (has === undefined) return [`${name} is missing`];
    if (needs === undefined) return [`${name} is not in this model`];
    return has.join() === needs.join() ? [] : [`${name} is [${has.join(', ')}], not [${needs.join(', ')}]`];
  });
  if (problems.length === 0) return;
  const rest = problems.length > 3 ? `; and ${problems.length - 3} more` : '';
  throw new InputError(`the checkpoint has another shape: ${problems.slice(0, 3).join('; ')}${rest}`, {
    where,
    remedy: 'use the options of the config.yaml beside it, or train into another folder (--out)',
  });
}

/**
 * Checks that a checkpoint's ids belong to the given vocabularies.
 * @throws InputError that names the side that differs
 */
export function checkVocabularies(found: VocabularyHashes, expected: VocabularyHashes, where: string): void {
  const sides = (['source', 'target'] as const).filter((side) => found[side] !== expected[side]);
  if (sides.length === 0) return;
  throw new InputError(`the checkpoint has another vocabulary (${sides.join(' and ')}): its ids mean other pieces`, {
    where,
    remedy: 'use source.model and target.model beside it, or train into another folder (--out)',
  });
}

/**
 * Checks that training can resume: every option that affects the model or its training is unchanged.
 * @throws InputError that lists what differs
 */
export function checkResume(saved: Run, now: Run, where: string): void {
  const changed = changedOptions(saved, now, freeToChange);
  if (changed.length === 0) return;
  throw new InputError(`a training cannot be resumed with other options: ${changed.join('; ')}`, {
    where,
    remedy: 'resume with the options of its config.yaml, or train into another folder (--out)',
  });
}
