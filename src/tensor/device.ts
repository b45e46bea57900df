import type { DeviceName } from '../config/device.ts';
import { InputError } from '../support/errors.ts';
import { type Card, listCards, unsupported } from './cards.ts';
import { openCudaLibraries } from './cuda-libraries.ts';
import { findTensorFlow, type TensorFlowLocation } from './location.ts';

/** What a process computes on. */
export interface Device {
  readonly kind: 'cpu' | 'gpu';
  /** The index of a GPU among those that CUDA shows, from 0. */
  readonly index: number;
  /** A GPU's description. */
  readonly card: Card | undefined;
  /** The TensorFlow for it; undefined if set-up has installed none. */
  readonly location: TensorFlowLocation | undefined;
  /** Why the CPU is used although set-up has installed a TensorFlow for GPUs and no device was requested. */
  readonly passedOver?: string;
}

/** The GPUs given to this process; it hides all but its own from CUDA. */
const visibleCards = process.env.CUDA_VISIBLE_DEVICES;

let chosen: Device | undefined;

/**
 * Chooses the device of this process, once: a process loads one TensorFlow, and CUDA fixes the visible GPUs when it
 * starts. Without a name: the earlier choice, else the first GPU if set-up has installed a TensorFlow for GPUs and
 * there is a usable one, else the CPU. A process with a GPU may also use its CPU.
 * @param card the GPU to use if none is named by number: each worker of a machine has its own
 * @throws InputError for a GPU that cannot be used, and for a device other than the one chosen earlier
 */
export function chooseDevice(name?: DeviceName, card = 0): Device {
  if (chosen === undefined) {
    chosen = name === 'cpu' ? processor() : name === undefined ? cardIfAny(card) : namedCard(name, card);
  } else if (name === 'cpu') {
    return { ...chosen, kind: 'cpu', card: undefined };
  } else if (name !== undefined && chosen.kind === 'cpu') {
    // if there is no such GPU, that is the problem
    namedCard(name, card);
    throw new InputError(`this process already computes on ${describeDevice(chosen)}`, { where: `device ${name}` });
  } else if (name !== undefined && indexOf(name, chosen.index) !== chosen.index) {
    throw new InputError(`this process already computes on card ${chosen.index}`, { where: `device ${name}` });
  }
  return chosen;
}

/** `the CPU`, or `GPU 0, NVIDIA H100 80GB HBM3`; if a GPU could have been expected, why it is not used. */
export function describeDevice({ kind, index, card, passedOver }: Device): string {
  if (kind === 'gpu') return `GPU ${index}, ${card?.name}`;
  return passedOver === undefined ? 'the CPU' : `the CPU (not a GPU: ${passedOver})`;
}

/**
 * The environment for another process that computes: it sees the GPUs given to this one.
 * @param some only those with these indices
 */
export function environmentForOthers(some?: readonly number[]): NodeJS.ProcessEnv {
  const own = visibleCards?.split(',');
  const shown = some === undefined ? visibleCards : some.map((index) => own?.[index] ?? index).join(',');
  return { ...process.env, CUDA_VISIBLE_DEVICES: shown };
}

/** The number of GPUs that CUDA shows, in a process that has not chosen one; 0 if no TensorFlow supports them. */
export function countCards(): number {
  return findTensorFlow('gpu') === undefined ? 0 : listCards().cards.length;
}

function processor(): Device {
  const location = findTensorFlow('cpu');
  // a user's own TensorFlow may serve both, and would use the GPU
  if (location !== undefined && findTensorFlow('gpu')?.library === location.library) {
    process.env.CUDA_VISIBLE_DEVICES = '-1';
  }
  return { kind: 'cpu', index: 0, card: undefined, location };
}

function cardIfAny(index: number): Device {
  if (findTensorFlow('gpu') === undefined) return processor();
  const found = openCard(index);
  return typeof found === 'string' ? { ...processor(), passedOver: found } : found;
}

function namedCard(name: Exclude<DeviceName, 'cpu'>, card: number): Device {
  const found = openCard(indexOf(name, card));
  if (typeof found !== 'string') return found;
  const remedy =
    findTensorFlow('gpu') === undefined ? 'npx attn setup --gpu installs it' : 'npx attn doctor shows more';
  throw new InputError(found, { where: `--device ${name}`, remedy: `${remedy}; --device cpu computes without a GPU` });
}

function indexOf(name: Exclude<DeviceName, 'cpu'>, otherwise: number): number {
  return Number(name.split(':')[1] ?? otherwise);
}

/** Makes a GPU the only one that CUDA shows this process. @returns why it cannot be used, if that is so */
function openCard(index: number): Device | string {
  const location = findTensorFlow('gpu');
  if (location === undefined) return 'no TensorFlow for GPUs is installed';
  const entry = visibleCards === undefined ? String(index) : (visibleCards.split(',')[index]?.trim() ?? '-1');
  process.env.CUDA_VISIBLE_DEVICES = entry;
  const { cards, cuda, problem } = listCards();
  const card = cards[0];
  const obstacle = card === undefined ? noCard(index, problem) : (unsupported(card, cuda) ?? incomplete(location));
  if (card !== undefined && obstacle === undefined) return { kind: 'gpu', index, card, location };
  if (visibleCards === undefined) delete process.env.CUDA_VISIBLE_DEVICES;
  else process.env.CUDA_VISIBLE_DEVICES = visibleCards;
  return obstacle ?? 'there is no card';
}

function incomplete(location: TensorFlowLocation): string | undefined {
  const missing = openCudaLibraries(location);
  return missing.length === 0 ? undefined : `libraries that TensorFlow needs are missing: ${missing.join('; ')}`;
}

function noCard(index: number, problem: string | undefined): string {
  if (index > 0) return `there is no card ${index}; they are counted from 0`;
  return visibleCards === undefined ? `${problem}` : `${problem} (CUDA_VISIBLE_DEVICES is ${visibleCards || 'empty'})`;
}
