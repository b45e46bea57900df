import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadKoffi } from './library.ts';
import type { TensorFlowLocation } from './location.ts';

/**
 * The libraries that TensorFlow 2.21 opens before it takes a card; where one is missing it computes on the processor and
 * says so only in its log. The last is the driver's. Source: TensorFlow's own log with a card
 * (`TF_CPP_MAX_VLOG_LEVEL=1`), dso_loader.cc.
 */
const cudaLibraries = [
  ...['libcudart.so.12', 'libcublasLt.so.12', 'libcublas.so.12', 'libcufft.so.11', 'libcusparse.so.12'],
  ...['libcusolver.so.11', 'libcudnn.so.9', 'libnvidia-ml.so.1'],
] as const;

/**
 * Opens CUDA's libraries, as TensorFlow will: those of `LD_LIBRARY_PATH`, else of NVIDIA's wheels beside TensorFlow's, else
 * the system's. TensorFlow then gets the same by their names. It would not find all of the wheels itself: of 2.21 the
 * library that opens them does not look in `nvidia/cusolver/lib`.
 * @returns those that are missing, each as the system words it
 */
export function openCudaLibraries({ libraryDirectory }: TensorFlowLocation): string[] {
  const koffi = loadKoffi();
  const folders = [...(process.env.LD_LIBRARY_PATH?.split(':') ?? []), ...wheelFolders(libraryDirectory)];
  return cudaLibraries.flatMap((name) => {
    const path = folders.map((folder) => join(folder, name)).find(existsSync) ?? name;
    try {
      koffi.load(path, { lazy: true });
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message.replace(/^Failed to load shared library: /, '') : String(error)];
    }
  });
}

/** The folders of libraries in NVIDIA's wheels, unpacked beside TensorFlow's as in `site-packages`. */
function wheelFolders(libraryDirectory: string): string[] {
  const nvidia = join(libraryDirectory, '../nvidia');
  return existsSync(nvidia) ? readdirSync(nvidia).map((name) => join(nvidia, name, 'lib')) : [];
}
