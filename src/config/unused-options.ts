import { flagName } from './options.ts';
import { type RunOptions, runOptions } from './run-options.ts';

/** Options that have no effect on a run: which, when, and why. */
interface Unused {
  readonly keys: readonly (keyof RunOptions)[];
  readonly found: (options: RunOptions) => boolean;
  readonly because: string;
}

const rules: readonly Unused[] = [
  {
    keys: ['heads', 'feedForward', 'activation', 'positions'],
    found: ({ arch }) => arch !== 'transformer',
    because: 'only a transformer has it (--arch transformer)',
  },
  {
    keys: ['score'],
    found: ({ arch }) => arch === 'transformer',
    because: "a transformer's attention is always the scaled dot product",
  },
  {
    keys: ['windowSize'],
    found: ({ window }) => window === 'global',
    because: 'global attention has no window (--window local-m or local-p)',
  },
  {
    keys: ['maxPositions'],
    found: ({ arch, score, positions }) => (arch === 'transformer' ? positions !== 'learned' : score !== 'location'),
    because: 'only location scores and learned positions are limited; sentences may have any length',
  },
  {
    keys: ['reduce'],
    found: ({ workers }) => workers === 1,
    because: 'there is one worker (--workers)',
  },
];

const defaults: Readonly<Record<string, unknown>> = runOptions.parse({});

/**
 * Options that differ from their default and have no effect on this run, for people. They are not refused, because one
 * file of options may serve several models, only one of which they are for.
 */
export function unusedOptions(options: RunOptions): string[] {
  return rules.flatMap(({ keys, found, because }) =>
    found(options)
      ? keys
          .filter((key) => options[key] !== defaults[key])
          .map((key) => `${flagName(key)} ${options[key]} has no effect: ${because}`)
      : [],
  );
}
