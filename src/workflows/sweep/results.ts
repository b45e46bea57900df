import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Run } from '../../config/run.ts';
import { searchDefaults } from '../../decoding/search-options.ts';
import type { TokenizerWish } from '../../evaluation/choose-tokenizer.ts';
import { count, duration, fixed, plural } from '../../reports/format.ts';
import { markdownTable } from '../../reports/markdown.ts';
import { seedTable } from '../../reports/tables.ts';
import type { Report, SeedGroup } from '../../reports/types.ts';
import { RunError } from '../../support/errors.ts';
import { writeFileAtomic } from '../../support/files.ts';
import { readJsonFile } from '../../support/json-file.ts';
import { formatTable } from '../../support/table.ts';
import { evaluate } from '../evaluate.ts';
import type { SweepFolder, SweepPlan } from './folder.ts';
import { type RunState, statesOf } from './state.ts';

/** One run of the table: with scores if it finished, otherwise with its state. */
export interface SweepRow extends Omit<RunState, 'job'> {
  readonly options: Readonly<Record<string, unknown>>;
  readonly scores?: {
    readonly bleu: number;
    readonly chrf: number;
    readonly bleu1: number;
    readonly parameters: number;
  };
  /** What a reader of the scores has to know: the model has learned nothing. */
  readonly remark?: string;
}

/** The content of `sweep.json`. */
export interface SweepResults {
  readonly name: string;
  readonly sortBy: SweepPlan['sortBy'];
  readonly test: Report['test'];
  /** Best first; those without scores last. */
  readonly runs: readonly SweepRow[];
  /** Means over seeds, best first, if there are several. */
  readonly seeds?: readonly SeedGroup[];
}

/** The number of sentences per run for which attention is written. */
const ATTENTION = 10;

/**
 * Evaluates the finished runs on their test set, and writes the report, `sweep.json` and `sweep.md`.
 * @returns undefined when it was interrupted
 * @throws RunError if no run has finished
 */
export async function evaluateSweep(
  folder: SweepFolder,
  plan: SweepPlan,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (text: string) => void },
): Promise<SweepResults | undefined> {
  const states = statesOf(folder, plan);
  const missing = states.filter(({ state }) => state !== 'finished');
  const finished = plan.runs.filter((_, i) => states[i]?.state === 'finished');
  if (finished.length === 0) {
    const failed = missing.find(({ state }) => state === 'failed');
    throw new RunError(failed === undefined ? 'no run has finished' : `every run failed: ${failed.reason}`, {
      where: failed?.log ?? folder.path,
    });
  }
  const groups = [...new Set(finished.map(({ group }) => group))].map((name) => ({
    name,
    runs: finished.filter(({ group }) => group === name).map((run) => run.name),
  }));
  const report = await evaluate({
    runs: finished.map(({ name, run }) => ({ name, path: run.out })),
    ...(groups.length < finished.length && { groups }),
    out: folder.path,
    search: { beam: searchDefaults.beam, lengthPenalty: searchDefaults.lengthPenalty },
    ...commonTokenizer(finished.map(({ run }) => run)),
    attention: ATTENTION,
    notes: missing.map(({ name, state, reason }) => `${name} is missing: ${reason ?? state}.`),
    signal,
    say,
  });
  if (report === undefined) return undefined;
  const results = resultsOf(plan, states, report);
  writeFileAtomic(folder.results, `${JSON.stringify(results, null, 2)}\n`);
  writeFileAtomic(folder.table, sweepMarkdown(results));
  return results;
}

/** The runs' own BLEU tokenizer, if they all have the same: a table needs a single one. */
function commonTokenizer(runs: readonly Run[]): TokenizerWish {
  const [first, ...others] = runs;
  const same = others.every((run) => run.tokenize === first?.tokenize && run.tokenizerModel === first?.tokenizerModel);
  return same ? { tokenize: first?.tokenize, tokenizerModel: first?.tokenizerModel } : {};
}

function resultsOf({ name, sortBy, runs }: SweepPlan, states: readonly RunState[], report: Report): SweepResults {
  const rows = runs.map(({ name, varied }, i): SweepRow => {
    const { job: _, ...state } = states[i] as RunState;
    const model = report.models.find((one) => one.name === name);
    if (model === undefined) return { ...state, options: varied };
    const { bleu, chrf, nltk, parameters, remark } = model;
    const scores = { bleu: bleu.score, chrf: chrf.score, bleu1: nltk.bleu1, parameters };
    return { ...state, options: varied, scores, ...(remark !== undefined && { remark }) };
  });
  const best = (row: SweepRow) => row.scores?.[sortBy] ?? Number.NEGATIVE_INFINITY;
  const groups = report.seeds && [...report.seeds].sort((a, b) => b[sortBy].mean - a[sortBy].mean);
  return {
    ...{ name, sortBy, test: report.test },
    runs: rows.sort((a, b) => (best(b) > best(a) ? 1 : best(b) < best(a) ? -1 : 0)),
    ...(groups && { seeds: groups }),
  };
}

const scoresSchema = z.object({ bleu: z.number(), chrf: z.number(), bleu1: z.number(), parameters: z.number() });
const progressSchema = z.object({ step: z.number(), seconds: z.number(), bleu: z.number().optional() });
const resultsSchema = z.looseObject({
  name: z.string(),
  sortBy: z.enum(['bleu', 'chrf']),
  runs: z.array(
    z.looseObject({
      ...{ name: z.string(), state: z.string(), options: z.record(z.string(), z.unknown()) },
      ...{ scores: scoresSchema.loose().optional(), progress: progressSchema.loose().optional() },
    }),
  ),
});

/** The most recently written results. @throws InputError if the file is not what attn writes */
export function readResults({ results }: SweepFolder): SweepResults {
  return readJsonFile(results, resultsSchema, 'attn sweep') as unknown as SweepResults;
}

/** The results in the folder, if they match this plan and the current state of its runs. */
export function currentResults(
  folder: SweepFolder,
  { name, sortBy }: SweepPlan,
  states: readonly RunState[],
): SweepResults | undefined {
  if (!existsSync(folder.results)) return undefined;
  const written = readResults(folder);
  const same = (row: SweepRow | undefined, { state, progress, reason }: RunState) =>
    row?.state === state &&
    row.reason === reason &&
    row.progress?.step === progress?.step &&
    row.progress?.seconds === progress?.seconds;
  const current =
    written.name === name &&
    written.sortBy === sortBy &&
    written.runs.length === states.length &&
    states.every((state) =>
      same(
        written.runs.find(({ name }) => name === state.name),
        state,
      ),
    );
  return current ? written : undefined;
}

/** The table for a terminal. */
export function formatSweep(results: SweepResults): string {
  const { title, columns, rows, note } = seedTable(results);
  const seeds = rows.length === 0 ? [] : [`${title}\n${formatTable(columns, rows)}\n${note}`];
  return [...seeds, formatTable(runColumns, runRows(results))].join('\n\n');
}

function sweepMarkdown(results: SweepResults): string {
  const { name, test, sortBy } = results;
  const seeds = seedTable(results);
  const parts = [
    `# Sweep: ${name}`,
    `${plural(results.runs.length, 'run')}, scored on ${test.sentences} sentences of ${test.name}, sorted by ${sortBy === 'bleu' ? 'BLEU' : 'chrF'}. The full report: [report.md](report.md).`,
    ...(seeds.rows.length === 0 ? [] : ['## Over seeds', markdownTable(seeds), '## Runs']),
    markdownTable({ columns: runColumns, rows: runRows(results) }),
  ];
  return `${parts.join('\n\n')}\n`;
}

const right = (heading: string) => ({ heading, align: 'right' as const });
const runColumns = [
  { heading: 'run' },
  ...['BLEU', 'chrF', 'NLTK BLEU-1', 'parameters', 'steps', 'training'].map(right),
  { heading: '' },
];

function runRows({ runs }: SweepResults): string[][] {
  return runs.map(({ name, scores, remark, progress, state, reason }) => [
    name,
    ...(scores
      ? [fixed(scores.bleu, 2), fixed(scores.chrf, 2), fixed(scores.bleu1, 4), count(scores.parameters)]
      : ['–', '–', '–', '']),
    ...(progress ? [String(progress.step), duration(progress.seconds)] : ['', '']),
    scores ? (remark ?? '') : `MISSING: ${state}${reason === undefined ? '' : `: ${reason}`}`,
  ]);
}
