import { join } from 'node:path';
import { z } from 'zod';
import { deviceOption } from '../../config/device.ts';
import { toCommand } from '../../config/run-file.ts';
import { RunError } from '../../support/errors.ts';
import { shellWord } from '../../support/shell.ts';
import { chooseDevice, countCards } from '../../tensor/device.ts';
import { datasetOf, defaultDataset } from '../../workflows/default-data.ts';
import { readSweep, type Sweep, type SweepRun, sweepSchema } from '../../workflows/sweep/file.ts';
import { sweepFolder } from '../../workflows/sweep/folder.ts';
import { formatSweep, type SweepResults } from '../../workflows/sweep/results.ts';
import { describeSubmission } from '../../workflows/sweep/slurm.ts';
import { formatStates } from '../../workflows/sweep/state-table.ts';
import { sweep } from '../../workflows/sweep/sweep.ts';
import { defineCommand } from '../command.ts';

const { executor, jobs } = sweepSchema.shape;

export const sweepCommand = defineCommand({
  name: 'sweep',
  summary: 'run a grid or list of trainings, here or on a Slurm cluster, and rank them',
  arguments: [{ name: '<file>', description: 'the YAML file of the sweep (docs/sweeps.md)' }],
  options: z.object({
    executor: executor.unwrap().optional().describe('where to train; default: as in the file, else on this machine'),
    jobs: jobs.describe(
      'runs at a time; default: as in the file, else one on this machine, or one per card, and any number on Slurm',
    ),
    out: z
      .string()
      .optional()
      .describe("output folder; default: as in the file, else checkpoints/ and the sweep's name"),
    device: deviceOption.describe(
      'device of every run: cpu, gpu or gpu:N; default: as in the file, else one card per run if there are cards',
    ),
    overwrite: z.boolean().default(false).describe('start over in a folder that holds a sweep'),
    dryRun: z.boolean().default(false).describe('print the runs and their commands without starting them'),
  }),
  json: true,
  handlesInterrupt: true,
  examples: [
    'attn sweep rates.yaml --dry-run',
    'attn sweep rates.yaml --jobs 2',
    'attn sweep rates.yaml --executor slurm',
  ],
  async run({ executor, jobs, device, out, overwrite, dryRun }, [file = ''], context) {
    const read = readSweep(file, out);
    const runs = read.runs.map((one) => (device === undefined ? one : { ...one, run: { ...one.run, device } }));
    const definition: Sweep = { ...read, runs, ...(executor && { executor }), ...(jobs && { jobs }) };
    if (dryRun) {
      context.print(context.json ? JSON.stringify(commandsOf(definition)) : describe(definition));
      context.say(`${definition.runs.length} runs; nothing was started`);
      return;
    }
    const named: SweepRun[] = [];
    for (const one of definition.runs) {
      const data = one.run.data && (await datasetOf(one.run.data, context.say));
      named.push({ ...one, run: { ...one.run, ...(data && { data }) } });
    }
    const needsData = definition.runs.some(({ run }) => run.data === undefined);
    const local = definition.executor === 'local';
    // before a GPU is chosen, because afterwards CUDA shows no other
    const cards = local && runs.some(({ run }) => run.device !== 'cpu') ? countCards() : 0;
    if (local && device !== undefined) chooseDevice(device);
    const outcome = await sweep(
      { ...definition, runs: named },
      {
        ...(needsData && { defaultData: await defaultDataset(context.say) }),
        ...{ cards, overwrite, signal: context.signal, say: context.say },
      },
    );
    if (outcome.kind === 'interrupted') {
      context.say('interrupted; run the same command again to continue');
    } else if (outcome.kind === 'underway') {
      context.print(context.json ? JSON.stringify(outcome.states) : formatStates(outcome.states, undefined));
      context.say(
        `\nNext: attn sweep status ${shellWord(definition.out)}; attn sweep ${shellWord(file)} resubmits what has failed by then`,
      );
    } else {
      context.print(context.json ? JSON.stringify(outcome.results) : formatSweep(outcome.results));
      context.say(`\nreport: ${join(definition.out, 'report.html')}`);
      refuseMissing(outcome.results);
    }
  },
});

function commandsOf({ runs }: Sweep): readonly { readonly name: string; readonly command: string }[] {
  return runs.map(({ name, run }) => ({ name, command: toCommand(run) }));
}

/** The command of each run, and for Slurm what would be submitted. */
function describe(definition: Sweep): string {
  const runs = commandsOf(definition).map(({ name, command }) => `# ${name}\n${command}`);
  if (definition.executor === 'local') return runs.join('\n');
  return [...runs, '', describeSubmission(sweepFolder(definition.out), definition)].join('\n');
}

/** @throws RunError if the table is incomplete */
export function refuseMissing({ runs }: SweepResults): void {
  const missing = runs.filter(({ scores }) => scores === undefined);
  if (missing.length === 0) return;
  throw new RunError(`${missing.length} of ${runs.length} runs are missing`, {
    where: missing.map(({ name }) => name).join(', '),
    remedy: `the table covers the others; run attn sweep again to retry these. ${missing.flatMap(({ log }) => log ?? []).join(' ')}`,
  });
}
