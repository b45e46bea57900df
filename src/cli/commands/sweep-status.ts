import { statSync } from 'node:fs';
import { z } from 'zod';
import { whileOwning } from '../../support/folder-lock.ts';
import { readSweep } from '../../workflows/sweep/file.ts';
import { readPlan, sweepFolder } from '../../workflows/sweep/folder.ts';
import { currentResults, evaluateSweep, formatSweep } from '../../workflows/sweep/results.ts';
import { statesOf } from '../../workflows/sweep/state.ts';
import { formatStates } from '../../workflows/sweep/state-table.ts';
import { defineCommand } from '../command.ts';
import { refuseMissing } from './sweep.ts';

const place = [{ name: '<sweep>', description: 'the YAML file of a sweep, or its folder' }];

export const sweepStatus = defineCommand({
  name: 'sweep status',
  summary: 'show the state of each run of a sweep: waiting, running, finished or failed, and why',
  arguments: place,
  options: z.object({}),
  json: true,
  examples: ['attn sweep status rates.yaml', 'watch attn sweep status checkpoints/rates'],
  async run(_, [path = ''], context) {
    const folder = sweepFolder(folderOf(path));
    const plan = readPlan(folder.path);
    const states = statesOf(folder, plan);
    const results = currentResults(folder, plan, states);
    context.print(context.json ? JSON.stringify(states) : formatStates(states, results));
    const count = (wanted: string) => states.filter(({ state }) => state === wanted).length;
    const counts = ['finished', 'running', 'waiting', 'failed'].map((state) => `${count(state)} ${state}`).join(', ');
    context.say(`${counts}${results === undefined ? '' : `; the table: ${folder.table}`}`);
  },
});

export const sweepEvaluate = defineCommand({
  name: 'sweep evaluate',
  summary: 'score the runs of a sweep that have finished, without waiting for the others',
  arguments: place,
  options: z.object({}),
  json: true,
  handlesInterrupt: true,
  examples: ['attn sweep evaluate checkpoints/rates'],
  async run(_, [path = ''], context) {
    const folder = sweepFolder(folderOf(path));
    const plan = readPlan(folder.path);
    const results = await whileOwning(folder.path, 'an evaluation', () => evaluateSweep(folder, plan, context));
    if (results === undefined) {
      context.say('interrupted; there is no table yet');
      return;
    }
    context.print(context.json ? JSON.stringify(results) : formatSweep(results));
    refuseMissing(results);
  },
});

function folderOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : readSweep(path).out;
}
