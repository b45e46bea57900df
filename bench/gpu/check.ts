// What attn does on this machine's GPU, as Markdown: run by scripts/gpu-check.sh, which lists the options.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFolder } from '../../src/checkpoints/run-folder.ts';
import { loadTensors } from '../../src/checkpoints/safetensors.ts';
import { jsonLines, problemOf, queue, run, stopAll } from './children.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    minutes: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '0.3' },
    limit: { type: 'string', default: '295' },
    python: { type: 'string', default: 'python3' },
    device: { type: 'string', default: 'gpu' },
    only: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  },
});
const tiny = values['dry-run'];
const { python, data } = values;
const device = tiny ? 'cpu' : values.device;
const size = tiny ? 'tiny' : 'whole';
const limit = Number(values.limit);
const begun = performance.now();
const elapsed = () => (performance.now() - begun) / 1000;
/** Seconds for a part that needs so many of the usual 295, all in all; what is left for it if that is less. */
const within = (seconds: number, kept = 0) => Math.max(5, Math.min((seconds * limit) / 295, limit - elapsed() - kept));

const scratch = mkdtempSync(join(tmpdir(), 'attn-gpu-'));
process.on('exit', () => {
  stopAll();
  rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

/** A part that could not be done, with the reason. */
class Failed extends Error {}

/** A section's text, and whether all of it succeeded. */
interface Section {
  readonly text: string;
  readonly complete: boolean;
}

type Environment = Readonly<Record<string, string>>;

/** Runs a program of this folder. */
const script = (seconds: number, name: string, args: readonly string[], kept = 0) =>
  run(process.execPath, ['--import', 'tsx', `bench/gpu/${name}`, ...args], { limit: within(seconds, kept) });
const attn = (seconds: number, args: readonly string[], environment: Environment = {}) =>
  run(process.execPath, ['scripts/attn.mjs', ...args], { limit: within(seconds), environment });

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Paragraphs, with the problems as the last one. */
function section(paragraphs: readonly string[], problems: readonly (string | undefined)[]): Section {
  const found = [...new Set(problems.filter((problem) => problem !== undefined))];
  const list = found.map((problem) => `- ${problem}`).join('\n');
  return { text: [...paragraphs, ...(list && [list])].join('\n\n'), complete: found.length === 0 };
}

const named = (name: string, problem: string | undefined) => problem && `${name}: ${problem}`;

/** Runs several processes on one card, as many as it and the processor can take. */
let together = queue(2);

async function environment(): Promise<Section> {
  const query = ['--query-gpu=name,memory.total,driver_version,compute_mode', '--format=csv,noheader,nounits'];
  const [smi, doctor, torch] = await Promise.all([
    run('nvidia-smi', query, { limit: within(20) }),
    attn(60, ['doctor']),
    run(python, ['-c', 'import torch; print(torch.__version__, torch.backends.cudnn.version())'], {
      limit: within(60),
    }),
  ]);
  const [name, megabytes = '', driver, mode] = smi.code === 0 ? (smi.stdout.split('\n')[0] ?? '').split(', ') : [];
  const cores = availableParallelism();
  // each needs a core or two and some GB of the card, unless the card takes only one process at a time
  const most = Math.min((cores * 3) / 4, (Number(megabytes) || 80_000) / 5000);
  together = queue((mode ?? 'Default') === 'Default' ? Math.max(1, Math.floor(most)) : 1);
  const lines = [
    smi.code === 0 ? `${name}, ${megabytes} MiB, driver ${driver}` : 'no nvidia-smi',
    `${cores} cores, Node ${process.version}`,
    torch.code === 0 ? `PyTorch and its cuDNN: ${torch.stdout.trim()}` : `no PyTorch for ${python}`,
  ];
  const report = ['```', doctor.stdout.trim(), '```'].join('\n');
  return section([lines.map((line) => `- ${line}`).join('\n'), report], [named('attn doctor', problemOf(doctor))]);
}

/** The largest relative errors of a model's loss, gradients and search that count as right. */
const bounds = { 'float32-strict': 1e-5, float32: 1e-2, bfloat16: 1e-1 } as const;

async function correctness(): Promise<Section> {
  const file = (name: string) => join(scratch, `${name}.safetensors`);
  const processes = [['cpu', 'cpu', 'float32'], ...Object.keys(bounds).map((name) => [name, device, name])];
  const problems = await Promise.all(
    processes.map(async ([name = '', ...how]) => {
      const ended = await together(() => script(90, 'gradients.ts', [...how, file(name), size]));
      return named(name, problemOf(ended));
    }),
  );
  const found = (name: string) => (existsSync(file(name)) ? loadTensors(file(name)).tensors : {});
  const cpu = found('cpu');
  const models = [...new Set(Object.keys(cpu).map((name) => name.split('/')[0] as string))];
  const beyond: string[] = [];
  const columns = Object.entries(bounds).map(([precision, bound]) => {
    const tensors = found(precision);
    return models.map((model) => {
      const names = Object.keys(cpu).filter((name) => name.startsWith(`${model}/`));
      if (names.some((name) => tensors[name] === undefined)) return 'failed';
      const norm = Math.hypot(...names.map((name) => length(cpu[name]!.data)));
      const errors = names.map((name) => {
        const expected = cpu[name]!.data;
        const difference = Float64Array.from(expected, (x, i) => x - (tensors[name]!.data[i] as number));
        // where a gradient is mere rounding, its error is measured relative to the others
        return length(difference) / Math.max(length(expected), 1e-3 * norm);
      });
      for (const [i, error] of errors.entries()) {
        if (!(error <= bound)) beyond.push(`beyond its bound: ${precision}, ${names[i]}: ${error.toExponential(1)}`);
      }
      return Math.max(...errors).toExponential(1);
    });
  });
  const headings = Object.entries(bounds).map(([precision, bound]) => `${precision} (bound ${bound.toExponential(0)})`);
  const rows = models.map((model, i) => [model, ...columns.map((column) => column[i] as string)]);
  return section(
    [table(['largest relative error of loss, gradients and search', ...headings], rows)],
    [...problems, ...beyond],
  );
}

/** A row of either side's output. */
interface Rate {
  readonly kind: string;
  readonly tokens: number;
  readonly mode: string;
  readonly rate?: number;
  /** Of attn: seconds to the first step. */
  readonly compiling?: number;
  readonly error?: string;
}

async function speed(): Promise<Section> {
  // for a training of a minute and what follows it
  const kept = only.includes('training') ? 100 : 0;
  const torch = await run(python, ['-u', 'bench/gpu/pytorch.py', values.seconds, size], { limit: within(75, kept) });
  const [float32, bfloat16] = [
    await script(60, 'speed.ts', [device, 'float32', values.seconds, size], kept),
    await script(60, 'speed.ts', [device, 'bfloat16', values.seconds, size], kept),
  ];
  const peers = jsonLines<Rate>(torch).filter(({ kind }) => kind !== undefined);
  const own = [float32, bfloat16].flatMap((ended) => jsonLines<Rate>(ended));
  const keyOf = ({ kind, tokens, mode }: Rate) => `${kind}, ${tokens}, ${mode.replace(' graph', '')}`;
  const rows = [...new Set([...own, ...peers].map(keyOf))].map((key) => {
    const same = (rates: readonly Rate[], graph: boolean) =>
      rates.find((rate) => keyOf(rate) === key && rate.mode.endsWith('graph') === graph)?.rate;
    const [ours, plain, graph] = [same(own, false), same(peers, false), same(peers, true)];
    const thousands = (rate?: number) => (rate === undefined ? '' : `${(rate / 1000).toFixed(0)} k`);
    const ratio = (rate?: number) => (rate === undefined || ours === undefined ? '' : (ours / rate).toFixed(2));
    const compiling = own.find((rate) => keyOf(rate) === key)?.compiling?.toFixed(1) ?? '';
    return [
      ...key.split(', '),
      ...[thousands(ours), thousands(plain), ratio(plain), thousands(graph), ratio(graph), compiling],
    ];
  });
  const headings = ['model', 'tokens per batch', 'precision', 'attn, tokens/s', 'PyTorch', 'ratio'];
  const errors = [...own, ...peers].filter(({ error }) => error !== undefined);
  const missing = torch.code === 0 || torch.late ? '' : `No PyTorch beside it: ${problemOf(torch)}`;
  return section(
    [
      table([...headings, 'PyTorch, CUDA graph', 'ratio', 'seconds to the first step'], rows),
      ...(missing && [missing]),
    ],
    [
      ...(missing ? [] : [named('PyTorch', problemOf(torch))]),
      ...[named('attn, float32', problemOf(float32)), named('attn, bfloat16', problemOf(bfloat16))],
      ...errors.map((row) => `${peers.includes(row) ? 'PyTorch' : 'attn'}, ${keyOf(row)}: ${row.error}`),
    ],
  );
}

async function training(): Promise<Section> {
  const out = join(scratch, 'trained');
  // its start, its last validation and the searches take about 40 seconds
  const minutes = Math.max(0.05, Math.min(Number(values.minutes), (limit - elapsed() - 40) / 60));
  const options = ['--score', 'dot', '--bidirectional', '--tie-embeddings', '--max-minutes', minutes.toFixed(2)];
  if (tiny) options.splice(-2, 2, '--max-steps', '4', '--log-every', '2', '--embedding', '16', '--hidden', '16');
  const on = ['--device', device, ...(data === undefined ? [] : ['--data', data])];
  const trained = await attn(60 * minutes + 60, ['train', ...options, ...on, '--out', out, '--quiet']);
  const problem = problemOf(trained);
  if (problem !== undefined && !existsSync(runFolder(out).model)) throw new Failed(problem);
  const lines = readFileSync(runFolder(out).metrics, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const updates = lines.filter(({ kind }) => kind === 'train');
  const rates = updates.map((line) => line.targetTokensPerSecond).sort((a, b) => a - b);
  const found = [
    `\`attn train ${options.join(' ')}\` on ${data ?? 'the embedded corpus'}: ${trained.seconds.toFixed(0)} s with start and validations, ${updates.at(-1)?.step} updates, ${((rates[rates.length >> 1] ?? 0) / 1000).toFixed(0)} k target tokens/s (median).`,
  ];
  const problems = [problem];
  for (const precision of ['float32', 'bfloat16']) {
    const search = await script(45, 'search.ts', [device, precision, out, ...(tiny ? ['4'] : [])]);
    problems.push(named(`beam search, ${precision}`, problemOf(search)));
    for (const row of jsonLines<Record<'sentences' | 'start' | 'first' | 'second' | 'bleu', number>>(search)) {
      const { sentences, start, first, second, bleu } = row;
      found.push(
        `Beam 5 of ${sentences} sentences, ${precision}: **${bleu.toFixed(1)} BLEU**; start ${start.toFixed(1)} s, then ${first.toFixed(1)} s, again ${second.toFixed(1)} s.`,
      );
    }
  }
  return section([found.map((line) => `- ${line}`).join('\n')], problems);
}

/**
 * Without settings, the gradients of embeddings are summed in the order in which the card's threads arrive, and cuBLAS
 * inside cuDNN's recurrent layers may sum in another order each time.
 */
const deterministic: Environment = { TF_DETERMINISTIC_OPS: '1', CUBLAS_WORKSPACE_CONFIG: ':4096:2' };
const repeated: readonly (readonly [string, readonly string[], Environment])[] = [
  ['GRU, as attn starts', ['--score', 'dot'], {}],
  ['GRU, settings of docs/setup.md', ['--score', 'dot'], deterministic],
  ['transformer, the same settings', ['--arch', 'transformer', '--layers', '2'], deterministic],
];

async function determinism(): Promise<Section> {
  const updates = tiny ? 4 : 60;
  const sizes = tiny ? ['--embedding', '16', '--hidden', '16'] : [];
  const options = ['--schedule', 'constant', '--max-shapes', '4', ...sizes];
  const problems: (string | undefined)[] = [];
  const rows = repeated.slice(tiny ? 2 : 0).map(async ([what, model, variables], i) => {
    const train = async (name: string, steps: number, more: readonly string[] = []) => {
      const out = join(scratch, `${name}-${i}`);
      const where = ['--device', device, '--out', out, '--quiet', ...(data === undefined ? [] : ['--data', data])];
      const until = ['--max-steps', String(steps), '--validate-every', String(updates / 2)];
      const words = ['train', ...model, ...options, ...until, ...where, ...more];
      const ended = await together(() => attn(90, words, variables));
      const problem = problemOf(ended);
      // hardly trained, it says so with code 1
      if (problem === undefined || /has not begun to learn/.test(problem)) return parametersOf(out);
      problems.push(named(`${what}, ${name}`, problem));
      return 'failed';
    };
    const cells = await Promise.all([
      train('first', updates),
      train('second', updates),
      train('halves', updates / 2).then(() => train('halves', updates, ['--resume'])),
    ]);
    return [what, ...cells, cells.includes('failed') ? '?' : new Set(cells).size === 1 ? 'yes' : 'no'];
  });
  const headings = [`hash after ${updates} updates`, 'a run', 'the same again', 'stopped half-way and resumed'];
  return section([table([...headings, 'equal, bit for bit'], await Promise.all(rows))], problems);
}

/** A hash of a run's last parameters. */
function parametersOf(out: string): string {
  const hash = createHash('sha256');
  const { tensors } = loadTensors(runFolder(out).last);
  for (const [name, { data }] of Object.entries(tensors)) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex').slice(0, 12);
}

function length(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
}

/** The sections that time nothing run at the same time, the others one after the other. */
const groups: readonly Readonly<Record<string, () => Promise<Section>>>[] = [
  { environment },
  { correctness, determinism },
  { speed },
  { training },
];
const names = groups.flatMap((group) => Object.keys(group));
const only = values.only?.split(',') ?? names;
const unknown = only.find((name) => !names.includes(name));
if (unknown !== undefined) {
  console.error(`--only: there is no section '${unknown}'; there are ${names.join(', ')}`);
  process.exit(2);
}
let complete = true;
for (const group of groups) {
  const from = elapsed();
  const wanted = Object.entries(group).filter(([name]) => only.includes(name));
  const running = wanted.map(async ([name, section]) => {
    const { text, complete } = await section().catch((error: Error) => ({
      text: `- ${error instanceof Failed ? error.message : error.stack}`,
      complete: false,
    }));
    return { name, text, complete, seconds: elapsed() - from };
  });
  for (const done of await Promise.all(running)) {
    complete &&= done.complete;
    console.log(`### ${done.name}\n\n${done.text}\n\n<!-- ${done.seconds.toFixed(0)} s -->\n`);
  }
}
console.log(`<!-- ${elapsed().toFixed(0)} s in all${complete ? '' : '; not all of it succeeded, see above'} -->`);
process.exitCode = complete ? 0 : 1;
