import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../support/errors.ts';
import { type KernelVariant, kernelVariants } from './kernel-variant.ts';
import { loadKoffi, loadTensorFlow } from './library.ts';
import { readSetupRecord, type SetupProblem } from './location.ts';

/** The kernels of this process, or why it uses TensorFlow's own operations instead. */
export type KernelChoice =
  | { readonly variant: KernelVariant }
  | { readonly variant: 'graph'; readonly why: string; readonly remedy?: string };

const folder = fileURLToPath(new URL('../../src/tensor/kernels', import.meta.url));

/** The variants that this processor supports, best first. */
export function processorVariants(): KernelVariant[] {
  if (process.platform !== 'linux' || process.arch !== 'x64') return [];
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' '));
  const known = JSON.parse(readFileSync(join(folder, 'variants.json'), 'utf8')) as Record<
    KernelVariant,
    { readonly features: readonly string[] }
  >;
  return kernelVariants.filter((variant) => known[variant].features.every((feature) => flags.has(feature)));
}

let chosen: KernelChoice | undefined;

/**
 * The kernels of this process, chosen once: those that ATTN_KERNELS names, else the best that set-up has compiled and
 * this processor supports; else, or with ATTN_KERNELS=graph, TensorFlow's own operations.
 * @throws InputError if ATTN_KERNELS names kernels that are not available
 */
export function chooseKernels(): KernelChoice {
  chosen ??= kernelsFor(process.env.ATTN_KERNELS, process.env.TF_XLA_FLAGS);
  return chosen;
}

/**
 * {@link chooseKernels} for other values of the environment's variables.
 * @param xlaFlags with automatic clustering, XLA may pass copies of variables to an operation that changes them where they are
 */
export function kernelsFor(named: string | undefined, xlaFlags?: string): KernelChoice {
  if (named === 'graph') return { variant: 'graph', why: 'ATTN_KERNELS=graph' };
  const clusters = xlaFlags?.includes('auto_jit') === true;
  if (!named) return clusters ? { variant: 'graph', why: 'TF_XLA_FLAGS sets auto_jit' } : best();
  const where = `ATTN_KERNELS=${named}`;
  if (clusters) {
    throw new InputError('these kernels do not work with XLA', { where, remedy: 'remove auto_jit from TF_XLA_FLAGS' });
  }
  const variant = kernelVariants.find((name) => name === named);
  if (variant === undefined) {
    throw new InputError('there are no such kernels', { where, remedy: `graph, ${kernelVariants.join(', ')}` });
  }
  if (!processorVariants().includes(variant)) {
    throw new InputError('this processor does not have the instructions', {
      where,
      remedy: 'attn doctor lists those it has',
    });
  }
  const problem = loadKernels(variant);
  if (problem !== undefined) throw new InputError(problem.what, { where, remedy: problem.remedy });
  return { variant };
}

function best(): KernelChoice {
  const variants = processorVariants();
  let first: SetupProblem | undefined;
  for (const variant of variants) {
    const problem = loadKernels(variant);
    if (problem === undefined) return { variant };
    first ??= problem;
  }
  if (first === undefined) return { variant: 'graph', why: 'there are none for this processor' };
  return { variant: 'graph', why: first.what, remedy: first.remedy };
}

/** Set-up's record of a variant. */
interface RecordedKernels {
  readonly sources: string;
  readonly library?: string;
  readonly problem?: SetupProblem;
}

const loaded = new Map<KernelVariant, SetupProblem | undefined>();

/** Loads a variant's library into TensorFlow, once. @returns why it cannot be used, if that is so */
export function loadKernels(variant: KernelVariant): SetupProblem | undefined {
  if (!loaded.has(variant)) loaded.set(variant, load(variant));
  return loaded.get(variant);
}

function load(variant: KernelVariant): SetupProblem | undefined {
  const remedy = `ATTN_KERNELS=${variant} npx attn setup`;
  const record = readSetupRecord() as
    | { readonly kernels?: Partial<Record<KernelVariant, RecordedKernels>> }
    | undefined;
  const recorded = record?.kernels?.[variant];
  if (recorded === undefined) return { what: `set-up has compiled no kernels for ${variant}`, remedy };
  if (recorded.sources !== sourcesKey())
    return { what: `the kernels for ${variant} were compiled from other sources`, remedy };
  if (recorded.library === undefined)
    return recorded.problem ?? { what: `there are no kernels for ${variant}`, remedy };
  if (!existsSync(recorded.library)) return { what: `the kernels no longer exist: ${recorded.library}`, remedy };
  // loading what a full disk or a power failure has left would end the process
  if (!isWhole(recorded.library)) return { what: `the kernels are damaged: ${recorded.library}`, remedy };
  const library = loadTensorFlow();
  const status = library.NewStatus();
  try {
    // not with koffi, which unloads a library together with its object, while TensorFlow keeps the library's functions
    library.LoadLibrary(recorded.library, status);
    if (library.GetCode(status) !== 0) return { what: `the kernels do not load: ${library.Message(status)}`, remedy };
  } finally {
    library.DeleteStatus(status);
  }
  const ready = loadKoffi().load(recorded.library).func('int AttnKernelsReady()')() === 1;
  return ready ? undefined : { what: `the kernels for ${variant} are not ready in this process`, remedy };
}

/** Whether a library's content is that for which set-up has named it. */
function isWhole(path: string): boolean {
  const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
  return path.endsWith(`-${hash}.so`);
}

/** A hash of everything that is compiled, equal to that of scripts/setup/kernels.mjs. */
function sourcesKey(): string {
  const key = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    if (/\.(h|cpp|json)$/.test(name)) key.update(`\0${name}\0`).update(readFileSync(join(folder, name)));
  }
  return key.digest('hex').slice(0, 16);
}
