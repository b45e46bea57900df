import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

/**
 * What goes wrong with a file operation. `short` reads or writes half, which is not an error; `kill` is `kill -9`
 * before it.
 */
export type Fault = 'ENOSPC' | 'EIO' | 'EMFILE' | 'short' | 'kill';

/** What an operation does. */
export type Kind = 'open' | 'read' | 'write' | 'sync' | 'close' | 'rename' | 'remove' | 'mkdir' | 'list';

/** When something goes wrong. */
export interface Plan {
  /** Operations on files below this folder count; all others pass. */
  readonly folder: string;
  /** The operation that fails, from 1; 0 only counts. */
  readonly at: number;
  readonly fault: Fault;
  /** All operations after it fail as well, as on a disk that stays full: for ENOSPC those that need space. */
  readonly stays?: boolean;
}

/** A file operation; `writes` is false if it only opens a file to read it. */
export interface Operation {
  readonly kind: Kind;
  readonly path: string;
  readonly writes: boolean;
}

/** What was done under a plan. */
export interface Journal {
  /** The operations, in order. */
  readonly operations: readonly Operation[];
  /** The number of open descriptors in the folder. */
  readonly open: number;
  /** Restores node:fs. */
  stop(): void;
}

/** The operations that each fault can strike: a full disk still reads, closes and removes. */
const kindsOf: Readonly<Record<Fault, readonly Kind[]>> = {
  ENOSPC: ['open', 'write', 'sync', 'rename', 'mkdir'],
  EIO: ['open', 'read', 'write', 'sync', 'close', 'rename', 'remove', 'mkdir', 'list'],
  EMFILE: ['open', 'list'],
  short: ['read', 'write'],
  kill: ['open', 'write', 'sync', 'close', 'rename', 'remove', 'mkdir'],
};

/** Whether a fault can strike an operation. A kill before one that only reads is the same as a kill before the next. */
export function canStrike(fault: Fault, { kind, writes }: Operation): boolean {
  if (kind === 'open' && !writes && (fault === 'ENOSPC' || fault === 'kill')) return false;
  return kindsOf[fault].includes(kind);
}

type Call = (...values: never[]) => unknown;

/**
 * Injects faults into node:fs itself, so that it catches all callers: named imports follow (`syncBuiltinESMExports`),
 * and streams and file handles end in the same functions. The program needs no hook for it.
 */
export function injectFaults(plan: Plan): Journal {
  const operations: Operation[] = [];
  const descriptors = new Map<number, string>();
  const original = new Map<string, unknown>();
  const root = resolve(plan.folder);
  const inside = (path: unknown): path is string => {
    if (typeof path !== 'string') return false;
    const full = resolve(path);
    return full === root || full.startsWith(root + sep);
  };

  /** Counts an operation and returns its fault, if any. */
  const next = (kind: Kind, path: string, writes = true): Fault | undefined => {
    const operation = { kind, path, writes };
    operations.push(operation);
    const due = operations.length === plan.at || (plan.stays === true && plan.at > 0 && operations.length > plan.at);
    if (!due || !canStrike(plan.fault, operation)) return undefined;
    // renaming needs no space: on a disk that stays full, files can still be restored
    if (kind === 'rename' && plan.fault === 'ENOSPC' && operations.length > plan.at) return undefined;
    if (plan.fault === 'kill') process.kill(process.pid, 'SIGKILL');
    return plan.fault;
  };
  const failure = (fault: Fault, call: string, path: string): Error =>
    Object.assign(new Error(`${fault}: made up by the campaign, ${call} '${path}'`), {
      code: fault,
      syscall: call,
      path,
    });

  const functions = fs as unknown as Record<string, Call>;
  const replace = (name: string, make: (real: Call) => Call): void => {
    const real = functions[name] as Call;
    original.set(name, real);
    functions[name] = make(real);
  };
  const forWriting = (flags: unknown): boolean => flags !== undefined && flags !== 'r' && flags !== 0;

  /** Calls with a path: the fault replaces the call. */
  const onPath = (name: string, kind: Kind): void => {
    replace(`${name}Sync`, (real) => (...values) => {
      const path = values[0] as unknown;
      if (!inside(path)) return real(...values);
      const fault = next(kind, path, kind !== 'open' || forWriting(values[1]));
      if (fault !== undefined && fault !== 'short') throw failure(fault, name, path);
      const result = real(...values);
      if (name === 'open') descriptors.set(result as number, path);
      return result;
    });
    replace(name, (real) => (...values) => {
      const path = values[0] as unknown;
      const done = values.at(-1) as unknown;
      if (!inside(path) || typeof done !== 'function') return real(...values);
      const fault = next(kind, path, kind !== 'open' || forWriting(values[1]));
      if (fault !== undefined && fault !== 'short')
        return process.nextTick(done as Call, failure(fault, name, path) as never);
      const answered = (error: unknown, result: unknown) => {
        if (name === 'open' && !error) descriptors.set(result as number, path);
        (done as (...all: unknown[]) => void)(error, result);
      };
      return real(...(values.slice(0, -1) as never[]), answered as never);
    });
  };

  /** Calls with a descriptor. Closing does close, and then reports a failure, as in close(2). */
  const onDescriptor = (name: string, kind: Kind): void => {
    const faultOf = (values: readonly unknown[]): readonly [Fault | undefined, string] => {
      const path = descriptors.get(values[0] as number);
      if (path === undefined) return [undefined, ''];
      if (kind === 'close') descriptors.delete(values[0] as number);
      return [next(kind, path), path];
    };
    replace(`${name}Sync`, (real) => (...values) => {
      const [fault, path] = faultOf(values);
      if (fault === 'short') return real(...(halved(values) as never[]));
      if (fault !== undefined && kind === 'close') real(...values);
      if (fault !== undefined) throw failure(fault, name, path);
      return real(...values);
    });
    replace(name, (real) => (...values) => {
      const [fault, path] = faultOf(values);
      const done = values.at(-1) as unknown as (error: unknown) => void;
      if (fault === 'short') return real(...(halved(values) as never[]));
      if (fault === undefined) return real(...values);
      const fail = () => done(failure(fault, name, path));
      if (kind === 'close') return real(values[0] as never, fail as never);
      return process.nextTick(fail);
    });
  };

  onPath('open', 'open');
  for (const name of ['readFile', 'copyFile']) onPath(name, 'read');
  for (const name of ['writeFile', 'appendFile']) onPath(name, 'write');
  for (const name of ['rm', 'rmdir', 'unlink']) onPath(name, 'remove');
  for (const name of ['mkdir', 'mkdtemp']) onPath(name, 'mkdir');
  onPath('readdir', 'list');
  onPath('rename', 'rename');
  onPath('link', 'rename');
  onPath('symlink', 'rename');
  onDescriptor('read', 'read');
  onDescriptor('write', 'write');
  onDescriptor('fsync', 'sync');
  onDescriptor('fdatasync', 'sync');
  onDescriptor('close', 'close');
  syncBuiltinESMExports();

  return {
    operations,
    get open() {
      return descriptors.size;
    },
    stop: () => {
      for (const [name, real] of original) functions[name] = real as Call;
      syncBuiltinESMExports();
    },
  };
}

/** The arguments of a read or write of half as much: `(descriptor, buffer, offset, length, position)`, or a text. */
function halved(values: readonly unknown[]): unknown[] {
  const [descriptor, data, ...rest] = values;
  if (typeof data === 'string') return [descriptor, data.slice(0, data.length >> 1), ...rest];
  const bytes = data as Uint8Array;
  if (typeof rest[0] === 'object' && rest[0] !== null) {
    const options = rest[0] as { offset?: number; length?: number };
    const length = options.length ?? bytes.byteLength - (options.offset ?? 0);
    return [descriptor, data, { ...options, length: Math.ceil(length / 2) }, ...rest.slice(1)];
  }
  const offset = typeof rest[0] === 'number' ? rest[0] : 0;
  const length = typeof rest[1] === 'number' ? rest[1] : bytes.byteLength - offset;
  const tail = rest.slice(
    Math.max(
      0,
      rest.findIndex((value) => typeof value !== 'number' && value !== null && value !== undefined),
    ),
  );
  const position = typeof rest[2] === 'number' || rest[2] === null ? rest[2] : null;
  const done = tail.filter((value) => typeof value === 'function');
  return [descriptor, data, offset, Math.ceil(length / 2), position, ...done];
}
