import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { z } from 'zod';
import { optionsToStartFrom } from '../../checkpoints/trained-options.ts';
import { currentName, flagName, type OptionSource, resolveOptions } from '../../config/options.ts';
import { presets } from '../../config/presets.ts';
import { completeRun, modelName, type Run, runSchema } from '../../config/run.ts';
import type { PresetName } from '../../config/run-options.ts';
import { readYamlFile, type YamlFile } from '../../config/yaml-file.ts';
import { InputError } from '../../support/errors.ts';
import { didYouMean } from '../../support/nearest.ts';

const mapping = z.record(z.string(), z.unknown());

/** The resources of a Slurm job: sbatch's options under longer names. */
export const slurmSchema = z.object({
  partition: z.string().optional().describe('--partition'),
  account: z.string().optional().describe('--account'),
  qos: z.string().optional().describe('--qos'),
  constraint: z.string().optional().describe('--constraint'),
  time: z.union([z.string(), z.number()]).optional().describe('--time, of each run: 2:00:00, or minutes'),
  memory: z.union([z.string(), z.number()]).optional().describe('--mem, of each run: 4G, or megabytes'),
  cpus: z.number().int().positive().default(1).describe('--cpus-per-task, and the threads of each run or worker'),
  mpi: z.string().optional().describe('--mpi of srun, for runs with workers: pmi2, pmix'),
  gpus: z.union([z.string(), z.number()]).optional().describe('--gpus, the cards of each run: 1, or a100:1'),
  setup: z.string().optional().describe('shell commands before each job: module load nodejs'),
});
export type SlurmOptions = z.output<typeof slurmSchema>;

/** The keys of a sweep file. */
export const sweepSchema = z.object({
  name: z.string().optional().describe("the sweep's name; default: the file's"),
  out: z.string().optional().describe('output folder; default: checkpoints/NAME'),
  data: runSchema.shape.data,
  common: mapping.default({}).describe('options of attn train, the same for every run'),
  grid: mapping.default({}).describe('options with a list of values each: every combination is a run'),
  runs: z.array(mapping).default([]).describe('additional runs, each with a name and its own options'),
  seeds: z
    .array(runSchema.shape.seed.unwrap())
    .min(1)
    .default([1])
    .describe('random seeds; every run is trained once with each'),
  sortBy: z.enum(['bleu', 'chrf']).default('bleu').describe('what the table is sorted by, best first'),
  executor: z.enum(['local', 'slurm']).default('local').describe('train on this machine, or as jobs of a cluster'),
  jobs: z
    .number()
    .int()
    .positive()
    .max(1024)
    .optional()
    .describe('runs at a time; default: one on this machine, or one per card; any number on Slurm'),
  slurm: mapping.default({}).describe('what each job asks for'),
});

/** One training run of a sweep. */
export interface SweepRun {
  /** The name in tables, and of its folder and files. */
  readonly name: string;
  /** The name without its seed: runs with the same one differ only in the seed. */
  readonly group: string;
  /** Its options from the grid or the list, and its seed if there are several. */
  readonly varied: Readonly<Record<string, unknown>>;
  readonly run: Run;
}

/** A sweep as defined by its file, every run with all its options. */
export interface Sweep extends Pick<z.output<typeof sweepSchema>, 'sortBy' | 'executor' | 'jobs'> {
  readonly name: string;
  readonly out: string;
  readonly runs: readonly SweepRun[];
  readonly slurm: SlurmOptions;
}

const { seed: _, out: __, ...runOptions } = runSchema.shape;
const itemSchema = z.object({ name: z.string().optional(), ...runOptions });

/** Options of one run with the place in the file where each was given. */
interface Item {
  readonly name: string | undefined;
  readonly varied: Readonly<Record<string, unknown>>;
  readonly where: (key: string) => string;
}

/**
 * Reads a sweep file.
 * @param out instead of the file's own
 * @throws InputError with file and line for an unknown key, an invalid value, and runs with the same name
 */
export function readSweep(path: string, out?: string): Sweep {
  const file = readYamlFile(path, 'a sweep is a YAML file; docs/sweeps.md shows one');
  const top = resolveOptions(sweepSchema, [{ values: file.values, name: (key) => `${file.where(key)}: ${key}` }]);
  checkKeys(file, top.common, ['common'], runOptions);
  const slurm = resolveOptions(slurmSchema, [
    { values: top.slurm, name: (key) => `${file.where('slurm', key)}: slurm: ${key}` },
  ]);
  const name = top.name ?? basename(path, extname(path));
  checkName(name, file.where('name'));
  const folder = out ?? top.out ?? `checkpoints/${name}`;
  const shared = { ...(top.data !== undefined && { data: top.data }), ...top.common };
  const items = [...gridItems(file, top.grid), ...listedItems(file, top.runs)];
  if (items.length === 0) items.push({ name: undefined, varied: {}, where: (key) => file.where('common', key) });

  const runs = items.flatMap((item) => trainingsOf(item, { file, shared, folder, seeds: top.seeds }));
  const twice = runs.find((run, i) => runs.findIndex((other) => other.name === run.name) < i);
  if (twice !== undefined) {
    throw new InputError(`two runs are called ${twice.name}`, {
      where: file.where('runs'),
      remedy: 'give each run in the list its own name, and each seed and value only once',
    });
  }
  return {
    name,
    out: folder,
    runs,
    slurm,
    sortBy: top.sortBy,
    executor: top.executor,
    ...(top.jobs && { jobs: top.jobs }),
  };
}

interface Shared {
  readonly file: YamlFile;
  /** The options of every run. */
  readonly shared: Readonly<Record<string, unknown>>;
  readonly folder: string;
  readonly seeds: readonly number[];
}

/** One item with each seed, all its options resolved and validated. */
function trainingsOf({ name, varied, where }: Item, { file, shared, folder, seeds }: Shared): SweepRun[] {
  const group = name ?? nameOf(varied) ?? modelName({ ...runSchema.parse({}), ...shared });
  checkName(group, where(Object.keys(varied)[0] ?? ''), 'give the run its own name: runs: [{name: ..., ...}]');
  const several = seeds.length > 1;
  return seeds.map((seed): SweepRun => {
    const runName = several ? `${group}-${seed}` : group;
    const place = (key: string) => (key in varied ? where(key) : file.where('common', key));
    const own = { ...shared, ...varied };
    const sources: OptionSource[] = [parentOf(own), presetOf(own), shared, varied].map((values) => ({
      values,
      name: (key) => `${place(key)}: ${runName}: ${key}`,
    }));
    const options = resolveOptions(runSchema, [...sources, { values: { seed }, name: () => file.where('seeds') }]);
    const run = completeRun({ ...options, out: `${folder}/runs/${runName}` });
    return { name: runName, group, varied: { ...varied, ...(several && { seed }) }, run };
  });
}

/** Every combination of the grid's values, the last option changing fastest. */
function gridItems(file: YamlFile, grid: Readonly<Record<string, unknown>>): Item[] {
  checkKeys(file, grid, ['grid'], runOptions);
  let items: { varied: Record<string, unknown>; places: Record<string, string> }[] = [];
  for (const [key, values] of Object.entries(grid)) {
    if (!Array.isArray(values) || values.length === 0) {
      throw new InputError('needs a list of values', {
        where: `${file.where('grid', key)}: grid: ${key}`,
        remedy: `${key}: [${Array.isArray(values) ? '...' : String(values)}], or put it under common:`,
      });
    }
    const before = items.length === 0 ? [{ varied: {}, places: {} }] : items;
    items = before.flatMap(({ varied, places }) =>
      values.map((value, i) => ({
        varied: { ...varied, [key]: value },
        places: { ...places, [key]: file.where('grid', key, i) },
      })),
    );
  }
  return items.map(({ varied, places }) => ({ name: undefined, varied, where: (key) => places[key] ?? file.where() }));
}

function listedItems(file: YamlFile, runs: readonly Readonly<Record<string, unknown>>[]): Item[] {
  return runs.map((item, i) => {
    checkKeys(file, item, ['runs', i], itemSchema.shape);
    const { name, ...varied } = item;
    if (name !== undefined) checkName(name, file.where('runs', i, 'name'));
    return { name, varied, where: (key) => file.where('runs', i, key) };
  });
}

function checkKeys(
  file: YamlFile,
  values: Readonly<Record<string, unknown>>,
  place: readonly (string | number)[],
  valid: Readonly<Record<string, unknown>>,
): void {
  const unknown = Object.keys(values).find((key) => !(currentName(runSchema, key) in valid));
  if (unknown === undefined) return;
  const elsewhere: Readonly<Record<string, string>> = {
    seed: 'a sweep has its seeds in a list beside the runs: seeds: [1, 2, 3]; ',
    out: 'the sweep chooses the folders of its runs; ',
  };
  throw new InputError(`unknown option '${unknown}'`, {
    where: `${file.where(...place, unknown)}: ${place[0]}`,
    remedy: `${elsewhere[unknown] ?? didYouMean(unknown, Object.keys(valid))}valid options: ${Object.keys(valid).join(', ')}`,
  });
}

/** Valid names: a name becomes a folder, and a word of a shell script. */
export const NAME = /^\w[\w.+-]*$/;

function checkName(name: unknown, where: string, remedy?: string): asserts name is string {
  if (typeof name === 'string' && NAME.test(name)) return;
  throw new InputError(`${JSON.stringify(name)} is not a valid name: use only letters, digits and . + - _`, {
    where,
    remedy,
  });
}

/**
 * `dot-learning-rate-0.001`, `no-input-feeding`: text speaks for itself, numbers and switches need their option's name.
 */
function nameOf(varied: Readonly<Record<string, unknown>>): string | undefined {
  const parts = Object.entries(varied).map(([key, value]) => {
    const flag = flagName(key).slice(2);
    if (typeof value === 'boolean') return value ? flag : `no-${flag}`;
    if (typeof value === 'number') return `${flag}-${value}`;
    return String(value)
      .replace(/[^\w.+-]+/g, '-')
      .replace(/^[^\w]+/, '');
  });
  return parts.length === 0 ? undefined : parts.join('-');
}

function presetOf({ preset }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.hasOwn(presets, String(preset)) ? presets[preset as PresetName] : {};
}

/** The options that a run has from the model it starts from. A model that does not exist yet has none: a dry run may come first. */
function parentOf({ from }: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return typeof from === 'string' && existsSync(from) ? optionsToStartFrom(from) : {};
}
