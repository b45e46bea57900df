import { duration, fixed } from '../../reports/format.ts';
import { formatTable } from '../../support/table.ts';
import type { SweepResults } from './results.ts';
import type { RunState } from './state.ts';

/** The state of every run, as a table; with test scores where available. */
export function formatStates(states: readonly RunState[], results: SweepResults | undefined): string {
  const right = (heading: string) => ({ heading, align: 'right' as const });
  const columns = [
    ...[{ heading: 'run' }, { heading: 'state' }, right('step'), right('training'), right('validation BLEU')],
    ...[right('test BLEU'), { heading: '' }],
  ];
  const rows = states.map(({ name, state, progress, reason, log }) => {
    const score = results?.runs.find((row) => row.name === name)?.scores?.bleu;
    const failed = state === 'failed';
    return [
      ...[name, failed ? 'FAILED' : state],
      ...(progress ? [String(progress.step), duration(progress.seconds)] : ['', '']),
      progress?.bleu === undefined ? '' : fixed(progress.bleu, 2),
      state !== 'finished' || score === undefined ? '' : fixed(score, 2),
      [reason, log].filter((part) => part !== undefined).join(' — '),
    ];
  });
  return formatTable(columns, rows);
}
