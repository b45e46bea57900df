import type { RunOptions } from '../config/run-options.ts';
import type { Seq2Seq } from '../models/seq2seq.ts';
import { adagrad, adam, type Optimizer, sgd, slotName } from '../tensor/optimizers.ts';
import type { HostTensor } from '../tensor/session.ts';

/** Creates the optimiser that a run's options name. */
export function createOptimizer(options: Pick<RunOptions, 'optimizer' | 'weightDecay'>): Optimizer {
  switch (options.optimizer) {
    case 'adam':
      return adam();
    case 'adamw':
      return adam(0.9, 0.999, 1e-8, options.weightDecay);
    case 'sgd':
      return sgd();
    case 'adagrad':
      return adagrad();
  }
}

/** The groups of variables besides the parameters, by the prefix of their names. */
export const AVERAGE = 'average';
export const ACCUMULATED = 'accumulated';

/** The name of a parameter's variable in a group. */
export function variableName(group: string, parameter: string): string {
  return `${group}/${parameter}`;
}

/**
 * All variables at the start of training: the parameters under their own names, and for each trained one the
 * optimiser's slots and, if the options ask for them, its running average and accumulated gradient.
 */
export function trainingVariables(
  parameters: Readonly<Record<string, HostTensor>>,
  trained: readonly string[],
  optimizer: Optimizer,
  options: Pick<RunOptions, 'ema' | 'accumulate'>,
): Record<string, HostTensor> {
  const variables: Record<string, HostTensor> = { ...parameters };
  for (const name of trained) {
    const parameter = parameters[name] as HostTensor;
    const filled = (value: number): HostTensor => ({
      shape: parameter.shape,
      data: new Float32Array(parameter.data.length).fill(value),
    });
    for (const [slot, value] of Object.entries(optimizer.slots)) variables[slotName(name, slot)] = filled(value);
    if (options.accumulate > 1) variables[variableName(ACCUMULATED, name)] = filled(0);
  }
  if (options.ema > 0) {
    for (const [name, value] of Object.entries(parameters)) variables[variableName(AVERAGE, name)] = value;
  }
  return variables;
}

/** The names of a model's trained parameters: all but the frozen ones. */
export function trainedNames(model: Seq2Seq, frozen: ReadonlySet<string>): string[] {
  return Object.keys(model.parameters).filter((name) => !frozen.has(name));
}
