import { type ResourceLimits, SHARE_ENV, Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts one of our modules on its own thread, from the sources (through tsx, as in tests) or from `dist/`.
 *
 * @param module `new URL('./encode-worker.ts', import.meta.url)`: the name it has in `src/`
 * @param resourceLimits V8 limits for this thread; by default those of the program
 */
export function startWorker(module: URL, workerData?: unknown, resourceLimits: ResourceLimits = {}): Worker {
  // a library in C++ sees the variables of the process, not a thread's copy of them
  const options: WorkerOptions = { execArgv: [], env: SHARE_ENV, workerData, resourceLimits };
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL(module.href.replace(/\.ts$/, '.js')), options);
  }
  // A worker does not inherit tsx's loader in Node 20, so a line of JavaScript registers it first.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const start = `import(${loader}).then((tsx) => { tsx.register(); return import(${JSON.stringify(module.href)}); })`;
  return new Worker(start, { ...options, eval: true });
}
