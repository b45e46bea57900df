// What attn does on this machine's GPU, as Markdown: run by scripts/gpu-check.sh.
//   node --import tsx bench/gpu/check.ts [--data DIR] [--minutes 2] [--seconds 1] [--python PYTHON] [--device gpu]
//   [--only SECTION,...]
import { type SpawnOptions, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadTensors } from '../../src/checkpoints/safetensors.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    minutes: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '0.3' },
    python: { type: 'string', default: 'python3' },
    device: { type: 'string', default: 'gpu' },
    only: { type: 'string' },
  },
});
const { minutes, seconds, python, device } = values;
const root = new URL('../..', import.meta.url).pathname;
const scratch = mkdtempSync(join(tmpdir(), 'attn-gpu-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const begun = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (text) => {
    stdout += text;
  });
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    const end = (code: number | null) => resolve({ code, stdout, stderr, seconds: (performance.now() - begun) / 1000 });
    child.on('error', (error) => {
      stderr += error.message;
      end(127);
    });
    child.on('close', end);
  });
}

/** Runs a program of this folder or attn itself, with extra environment variables. */
const script = (name: string, args: readonly string[], environment: Record<string, string> = {}) =>
  run(process.execPath, ['--import', 'tsx', `bench/gpu/${name}`, ...args], {
    env: { ...process.env, ...environment },
  });
const attn = (args: readonly string[], environment: Record<string, string> = {}) =>
  run(process.execPath, ['scripts/attn.mjs', ...args], { env: { ...process.env, ...environment } });

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function lastLines({ stderr, stdout, code }: Ended): string {
  const lines = (stderr || stdout)
    .trim()
    .split('\n')
    .filter((line) => /rror|attn:/.test(line));
  return `failed (${code}): ${lines.slice(0, 3).join(' / ') || (stderr || stdout).slice(-300)}`;
}

const data = values.data === undefined ? [] : ['--data', values.data];

const sections: Readonly<Record<string, () => Promise<string>>> = {
  async environment() {
    const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
    const [smi, doctor, torch] = await Promise.all([
      run('nvidia-smi', query),
      attn(['doctor']),
      run(python, ['-c', 'import torch; print(torch.__version__, torch.backends.cudnn.version())']),
    ]);
    const lines = [smi.code === 0 ? smi.stdout.trim() : 'no nvidia-smi', `Node ${process.version}`];
    lines.push(torch.code === 0 ? `PyTorch and its cuDNN: ${torch.stdout.trim()}` : 'no PyTorch here');
    return [...lines.map((line) => `- ${line}`), '', '```', doctor.stdout.trim(), '```'].join('\n');
  },

  async correctness() {
    const precisions = ['float32-strict', 'float32', 'bfloat16'];
    const file = (name: string) => join(scratch, `${name}.safetensors`);
    const runs = await Promise.all([
      script('gradients.ts', ['cpu', 'float32', file('cpu')]),
      ...precisions.map((precision) => script('gradients.ts', [device, precision, file(precision)])),
    ]);
    const failed = runs.find(({ code }) => code !== 0);
    if (failed) return lastLines(failed);
    const cpu = loadTensors(file('cpu')).tensors;
    const found = precisions.map((precision) => loadTensors(file(precision)).tensors);
    const models = [...new Set(Object.keys(cpu).map((name) => name.split('/')[0] as string))];
    const rows = models.map((model) => {
      const names = Object.keys(cpu).filter((name) => name.startsWith(`${model}/`));
      const norm = Math.hypot(...names.map((name) => length(cpu[name]!.data)));
      const worst = (tensors: typeof cpu) =>
        Math.max(
          ...names.map((name) => {
            const expected = cpu[name]!.data;
            const difference = Float64Array.from(expected, (x, i) => x - (tensors[name]!.data[i] as number));
            // where a gradient is mere rounding, its error is measured relative to the others
            return length(difference) / Math.max(length(expected), 1e-3 * norm);
          }),
        );
      return [model, ...found.map((tensors) => worst(tensors).toExponential(1))];
    });
    return table(['largest relative error of loss and gradients', ...precisions], rows);
  },

  async speed() {
    const torch = await run(python, ['-u', 'bench/gpu/pytorch.py', seconds]);
    const own = [];
    for (const precision of ['float32', 'bfloat16']) own.push(await script('speed.ts', [precision, seconds]));
    const parse = ({ stdout }: Ended) =>
      stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
    const peers = parse(torch);
    const rows = own.flatMap(parse).map((row) => {
      const peer = (mode: string): number | undefined =>
        peers.find((other) => other.kind === row.kind && other.tokens === row.tokens && other.mode === mode)?.rate;
      const [plain, graph] = [peer(row.mode), peer(`${row.mode} graph`)];
      const thousands = (rate?: number) => (rate === undefined ? '' : `${(rate / 1000).toFixed(0)} k`);
      const ratio = (rate?: number) => (rate === undefined ? '' : (row.rate / rate).toFixed(2));
      return [
        ...[row.kind, String(row.tokens), row.mode, thousands(row.rate), thousands(plain), ratio(plain)],
        ...[thousands(graph), ratio(graph), row.compiling.toFixed(1)],
      ];
    });
    const notes = [torch, ...own].filter(({ code }) => code !== 0).map(lastLines);
    const headings = [
      'model',
      'tokens',
      'precision',
      'attn, tokens/s',
      'PyTorch',
      'ratio',
      'PyTorch, CUDA graph',
      'ratio',
    ];
    return [table([...headings, 'seconds to the first step'], rows), ...notes].join('\n\n');
  },

  async training() {
    const out = join(scratch, 'trained');
    const options = ['--score', 'dot', '--bidirectional', '--tie-embeddings', '--max-minutes', minutes];
    const trained = await attn(['train', ...options, ...data, '--device', device, '--out', out, '--quiet']);
    if (trained.code !== 0) return lastLines(trained);
    const lines = readFileSync(join(out, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const updates = lines.filter(({ kind }) => kind === 'train');
    const rate = updates.map((line) => line.targetTokensPerSecond).sort((a, b) => a - b)[updates.length >> 1];
    const found = [
      `\`attn train ${options.join(' ')}\`: ${trained.seconds.toFixed(0)} s with start and validations, ${updates.at(-1)?.step} updates, ${(rate / 1000).toFixed(0)} k target tokens/s (median).`,
    ];
    if (values.data === undefined) return found.join('\n');
    for (const precision of ['float32', 'bfloat16']) {
      const search = await script('search.ts', [device, precision, out, values.data]);
      if (search.code !== 0) {
        found.push(lastLines(search));
        continue;
      }
      const { sentences, start, first, second, bleu } = JSON.parse(search.stdout);
      found.push(
        `Beam 5 of ${sentences} sentences, ${precision}: ${bleu.toFixed(1)} BLEU; start ${start.toFixed(1)} s, then ${first.toFixed(1)} s, again ${second.toFixed(1)} s.`,
      );
    }
    return found.map((line) => `- ${line}`).join('\n');
  },

  async determinism() {
    const options = ['--score', 'dot', '--schedule', 'constant', '--max-shapes', '4', '--validate-every', '60'];
    const rows: string[][] = [];
    // Without a setting, cuDNN uses whichever algorithm for recurrent layers was faster when tried at the start, and
    // segment sums (the gradients of embeddings) add up in the order in which threads arrive.
    const settings: Record<string, Record<string, string>> = {
      '(default)': {},
      'TF_CUDNN_RNN_USE_AUTOTUNE=0': { TF_CUDNN_RNN_USE_AUTOTUNE: '0' },
      'that, TF_DETERMINISTIC_OPS=1, TF_USE_DETERMINISTIC_SEGMENT_REDUCTIONS=1': {
        TF_CUDNN_RNN_USE_AUTOTUNE: '0',
        TF_DETERMINISTIC_OPS: '1',
        TF_USE_DETERMINISTIC_SEGMENT_REDUCTIONS: '1',
      },
    };
    for (const [index, [setting, environment]] of Object.entries(settings).entries()) {
      const train = async (name: string, more: readonly string[]) => {
        const out = join(scratch, `${name}-${index}`);
        const all = ['train', ...options, ...data, '--device', device, '--out', out, '--quiet', ...more];
        const ended = await attn(all, environment);
        if (ended.code !== 0) return lastLines(ended);
        return createHash('sha256')
          .update(readFileSync(join(out, 'model.safetensors')))
          .digest('hex')
          .slice(0, 12);
      };
      const [first, second, halves] = await Promise.all([
        train('first', ['--max-steps', '120']),
        train('second', ['--max-steps', '120']),
        train('halves', ['--max-steps', '60']).then(() => train('halves', ['--max-steps', '120', '--resume'])),
      ]);
      rows.push([setting, first, second, halves]);
    }
    return table(['120 updates', 'a run', 'the same again', 'stopped at 60 and resumed'], rows);
  },
};

function length(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] as number) ** 2;
  return Math.sqrt(sum);
}

const only = values.only?.split(',') ?? Object.keys(sections);
/** Sections that do not measure speed: they run at the same time. */
const quick = new Set(['environment', 'correctness', 'determinism']);
const begun = performance.now();
const early = new Map(only.filter((name) => quick.has(name)).map((name) => [name, sections[name]?.()]));
await Promise.all(early.values());
for (const name of only) {
  const from = performance.now();
  const text = await (early.get(name) ?? sections[name]?.());
  const seconds = ((performance.now() - from) / 1000).toFixed(0);
  console.log(`### ${name}\n\n${text}\n${quick.has(name) ? '' : `\n<!-- ${seconds} s -->\n`}`);
}
console.log(`<!-- ${((performance.now() - begun) / 1000).toFixed(0)} s in all -->`);
