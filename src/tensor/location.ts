import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { systemCode } from '../support/errors.ts';

/** A TensorFlow that set-up has installed and loaded once. */
export interface TensorFlowLocation {
  /** TensorFlow's version as reported by its library: `2.21.0`. */
  readonly version: string;
  /** The folder of both libraries. */
  readonly libraryDirectory: string;
  /** The library with the C API (`libtensorflow_cc`, in other distributions `libtensorflow`). */
  readonly library: string;
  /** The library beneath it, loaded first (`libtensorflow_framework`). */
  readonly frameworkLibrary: string;
}

/** A reason why TensorFlow cannot run, and the command that fixes it. */
export interface SetupProblem {
  readonly what: string;
  readonly remedy: string;
}

/** What `scripts/setup.mjs` writes beside tfjs-node's binding when it ends. */
export type SetupRecord = {
  /** The MPI that `attn setup --mpi` downloaded: the folder of its `lib/` and `bin/`. */
  readonly mpi?: { readonly version: string; readonly directory: string };
} & (
  | ({
      readonly backend: 'tensorflow';
      /** The TensorFlow for NVIDIA's GPUs, if set-up has one: another library, or the same. */
      readonly gpu?: TensorFlowLocation;
    } & TensorFlowLocation)
  | { readonly backend: 'wasm'; readonly problem: SetupProblem }
);

/**
 * The result of the last set-up, or undefined if there was none. tfjs-node is located by Node's own rules, so this
 * works in a checkout and where attn is a dependency of another package.
 */
export function readSetupRecord(): SetupRecord | undefined {
  try {
    const tfjsNode = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json');
    return JSON.parse(readFileSync(join(dirname(tfjsNode), 'lib/attn-setup.json'), 'utf8')) as SetupRecord;
  } catch {
    return undefined;
  }
}

/** Why TensorFlow cannot be used, as far as the files can tell. */
export function setupProblems(record: SetupRecord | undefined = readSetupRecord()): SetupProblem[] {
  const remedy = 'npx attn setup';
  if (record === undefined) return [{ what: 'set-up has not run here', remedy }];
  if (record.backend === 'wasm') return [record.problem];
  try {
    accessSync(record.library, constants.R_OK);
    return [];
  } catch (error) {
    const code = systemCode(error);
    const what = code === 'ENOENT' ? 'is gone' : `cannot be read (${code})`;
    return [{ what: `TensorFlow's library ${what}: ${record.library}`, remedy }];
  }
}

/**
 * The installed TensorFlow for a kind of device, or undefined if set-up has not run, chose WebAssembly, fetched none
 * for that kind, or its library no longer exists.
 */
export function findTensorFlow(kind: 'cpu' | 'gpu' = 'cpu'): TensorFlowLocation | undefined {
  const record = readSetupRecord();
  if (record?.backend !== 'tensorflow') return undefined;
  const location = kind === 'cpu' ? record : record.gpu;
  if (location === undefined || !existsSync(location.library)) return undefined;
  const { version, libraryDirectory, library, frameworkLibrary } = location;
  return { version, libraryDirectory, library, frameworkLibrary };
}
