import { availableParallelism } from 'node:os';
import { loadKoffi } from './library.ts';

/** glibc's functions for memory settings; undefined with another C library. */
function findAllocator() {
  if (process.platform !== 'linux') return undefined;
  try {
    const libc = loadKoffi().load('libc.so.6');
    return { mallopt: libc.func('int mallopt(int, int)'), trim: libc.func('int malloc_trim(size_t)') };
  } catch {
    return undefined;
  }
}

let allocator: ReturnType<typeof findAllocator>;

/**
 * Makes glibc keep less freed memory: as many arenas as there are cores, not eight times as many (TensorFlow's threads
 * each leave holes in theirs), and blocks of a megabyte or more are always returned to the system at once. Call it
 * before TensorFlow starts its threads. Source: malloc.h, mallopt(3).
 */
export function keepLessMemory(): void {
  const [M_MMAP_THRESHOLD, M_ARENA_MAX] = [-3, -8];
  allocator = findAllocator();
  allocator?.mallopt(M_ARENA_MAX, Math.max(2, availableParallelism()));
  allocator?.mallopt(M_MMAP_THRESHOLD, 2 ** 20);
}

/**
 * Returns free memory to the system, in 20 ms. TensorFlow takes a graph apart several times before its first run, and
 * glibc keeps the freed memory that lies between what stays.
 */
export function releaseFreeMemory(): void {
  allocator?.trim(0);
}
