import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadKoffi } from './library.ts';
import type { TensorFlowLocation } from './location.ts';

/**
 * The libraries that TensorFlow 2.21 opens before it uses a GPU; if one is missing it computes on the CPU and only
 * mentions it in its log. The last is the driver's. Source: TensorFlow's own log with a GPU
 * (`TF_CPP_MAX_VLOG_LEVEL=1`), dso_loader.cc.
 */
const cudaLibraries = [
  ...['libcudart.so.12', 'libcublasLt.so.12', 'libcublas.so.12', 'libcufft.so.11', 'libcusparse.so.12'],
  ...['libcusolver.so.11', 'libcudnn.so.9', 'libnvidia-ml.so.1'],
] as const;

/**
 * Opens CUDA's libraries before TensorFlow does: those in `LD_LIBRARY_PATH`, else in NVIDIA's wheels beside
 * TensorFlow's, else the system's. TensorFlow then gets the same ones by name. It would not find all of the wheels
 * itself: the library that opens them in 2.21 does not look in `nvidia/cusolver/lib`.
 * @returns the missing ones, each with the system's message
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
      const problem = error instanceof Error ? error.message : String(error);
      return [problem.includes(name) ? problem : `${name}: ${problem}`];
    }
  });
}

/** The library folders of NVIDIA's wheels, unpacked beside TensorFlow's as in `site-packages`. */
function wheelFolders(libraryDirectory: string): string[] {
  const nvidia = join(libraryDirectory, '../nvidia');
  return existsSync(nvidia) ? readdirSync(nvidia).map((name) => join(nvidia, name, 'lib')) : [];
}

/** The versions of CUDA's libraries opened by this process, as they report them. */
export function loadedVersions(): Record<string, string> {
  const koffi = loadKoffi();
  const load = (name: (typeof cudaLibraries)[number]) => koffi.load(name, { lazy: true });
  const runtime = [0];
  load('libcudart.so.12').func('int cudaRuntimeGetVersion(_Out_ int*)')(runtime);
  const cublas = Number(load('libcublasLt.so.12').func('size_t cublasLtGetVersion()')());
  const cudnn = Number(load('libcudnn.so.9').func('size_t cudnnGetVersion()')());
  const parts = (version: number, major: number, minor: number) => [
    ...[Math.floor(version / major), Math.floor((version % major) / minor), version % minor],
  ];
  return {
    cudaRuntime: parts(runtime[0] ?? 0, 1000, 10)
      .slice(0, 2)
      .join('.'),
    cublas: parts(cublas, 10_000, 100).join('.'),
    cudnn: parts(cudnn, 10_000, 100).join('.'),
  };
}
