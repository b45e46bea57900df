import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts one of our modules on its own thread, from the sources (through tsx, as in tests) or from `dist/`.
 *
 * @param module `new URL('./encode-worker.ts', import.meta.url)`: the name it has in `src/`
 * @param resourceLimits V8 limits for this thread; by default those of the program
 */
export function startWorker(module: URL, workerData?: unknown, resourceLimits: ResourceLimits = {}): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL(module.href.replace(/\.ts$/, '.js')), { execArgv: [], workerData, resourceLimits });
  }
  // A worker does not inherit tsx's loader in Node 20, so a line of JavaScript registers it first.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const start = `import(${loader}).then((tsx) => { tsx.register(); return import(${JSON.stringify(module.href)}); })`;
  return new Worker(start, { eval: true, execArgv: [], workerData, resourceLimits });
}
