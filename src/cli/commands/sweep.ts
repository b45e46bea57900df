import { join } from 'node:path';
import { z } from 'zod';
import { deviceOption } from '../../config/device.ts';
import { toCommand } from '../../config/run-file.ts';
import { datasetOf, defaultDataset } from '../../experiments/default-data.ts';
import { readSweep, type Sweep, type SweepRun, sweepSchema } from '../../experiments/sweep/file.ts';
import { sweepFolder } from '../../experiments/sweep/folder.ts';
import { formatSweep, type SweepResults } from '../../experiments/sweep/results.ts';
import { describeSubmission } from '../../experiments/sweep/slurm.ts';
import { formatStates } from '../../experiments/sweep/state-table.ts';
import { sweep } from '../../experiments/sweep/sweep.ts';
import { RunError } from '../../support/errors.ts';
import { shellWord } from '../../support/shell.ts';
import { chooseDevice, countCards } from '../../tensor/device.ts';
import { defineCommand } from '../command.ts';

const { executor, jobs } = sweepSchema.shape;

export const sweepCommand = defineCommand({
  name: 'sweep',
  summary: 'any grid or list of trainings, on this machine or a Slurm cluster: one table',
  arguments: [{ name: '<file>', description: 'the YAML file of the sweep (docs/sweeps.md)' }],
  options: z.object({
    executor: executor.unwrap().optional().describe('where to train; as the file says, else on this machine'),
    jobs: jobs.describe(
      'runs at a time; as the file says, else one on this machine, or one a card, and any number on Slurm',
    ),
    out: z
      .string()
      .optional()
      .describe("folder of everything; as the file says, else checkpoints/ and the sweep's name"),
    device: deviceOption.describe(
      'cpu, gpu or gpu:N, of every run; as the file says, else each run has a card of its own where there are cards',
    ),
    overwrite: z.boolean().default(false).describe('begin anew in a folder that holds a sweep'),
    dryRun: z.boolean().default(false).describe('print the runs and their commands, and start nothing'),
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
    // before a card is chosen, since afterwards CUDA shows no other
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
      context.say('interrupted; the same command goes on where it stopped');
    } else if (outcome.kind === 'underway') {
      context.print(context.json ? JSON.stringify(outcome.states) : formatStates(outcome.states, undefined));
      context.say(
        `\nNext: attn sweep status ${shellWord(definition.out)}; attn sweep ${shellWord(file)} submits again what has failed by then`,
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

/** @throws RunError where the table is not complete: it is there, but not all of it */
export function refuseMissing({ runs }: SweepResults): void {
  const missing = runs.filter(({ scores }) => scores === undefined);
  if (missing.length === 0) return;
  throw new RunError(`${missing.length} of ${runs.length} runs are missing`, {
    where: missing.map(({ name }) => name).join(', '),
    remedy: `the table is of the others; attn sweep tries these again. ${missing.flatMap(({ log }) => log ?? []).join(' ')}`,
  });
}
