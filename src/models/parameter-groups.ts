import type { ParameterGroup } from '../config/fine-tuning.ts';
import { parameterGroups } from '../config/fine-tuning.ts';
import { InputError } from '../support/errors.ts';

/**
 * The parameters of each group, by name. Every parameter is in one of the last six. A bidirectional encoder's
 * projection and bridges belong to the encoder; a transformer's attention is that of its decoder over the source.
 */
const patterns: Readonly<Record<ParameterGroup, RegExp>> = {
  embeddings: /^(en|de)coder\.embedding\./,
  'source-embedding': /^encoder\.embedding\./,
  'target-embedding': /^decoder\.embedding\./,
  encoder: /^(encoder\.(?!embedding\.)|bridge\.)/,
  decoder: /^decoder\.(?!embedding\.|layers\.\d+\.multihead_attn\.)/,
  attention: /^(attention\.|decoder\.layers\.\d+\.multihead_attn\.)/,
  output: /^output\./,
};

/** The groups for which a model has parameters. */
export function groupsOf(names: readonly string[]): ParameterGroup[] {
  return parameterGroups.filter((group) => names.some((name) => patterns[group].test(name)));
}

/**
 * The parameters of groups.
 * @param names of all parameters of the model
 * @throws InputError for a group that this model does not have, and if nothing would be left to train
 */
export function parametersOfGroups(names: readonly string[], groups: readonly ParameterGroup[]): string[] {
  const existing = groupsOf(names);
  const missing = groups.find((group) => !existing.includes(group));
  const remedy = `groups of this model: ${existing.join(', ')}`;
  if (missing !== undefined) {
    throw new InputError(`this model has no parameters in the group ${missing}`, { where: '--freeze', remedy });
  }
  const chosen = names.filter((name) => groups.some((group) => patterns[group].test(name)));
  if (chosen.length === names.length) {
    throw new InputError('nothing is left to train', { where: '--freeze', remedy: `freeze fewer; ${remedy}` });
  }
  return chosen;
}
