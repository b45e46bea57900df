import { availableParallelism } from 'node:os';
import { loadKoffi } from './library.ts';

/** The functions of glibc that say how memory is kept; undefined where the C library is another. */
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
 * Makes glibc keep less of what is freed: as many arenas as there are cores, not eight times as many (TensorFlow's threads
 * each leave holes in theirs), and blocks of a megabyte or more go back to the system at once, whatever was freed before.
 * Called before TensorFlow's threads are there. Source: malloc.h, mallopt(3).
 */
export function keepLessMemory(): void {
  const [M_MMAP_THRESHOLD, M_ARENA_MAX] = [-3, -8];
  allocator = findAllocator();
  allocator?.mallopt(M_ARENA_MAX, Math.max(2, availableParallelism()));
  allocator?.mallopt(M_MMAP_THRESHOLD, 2 ** 20);
}

/**
 * Gives free memory back to the system, in 20 ms. TensorFlow takes a graph apart several times before it runs it first,
 * and glibc keeps what was freed between what stays.
 */
export function releaseFreeMemory(): void {
  allocator?.trim(0);
}
