import { type ResourceLimits, Worker } from 'node:worker_threads';

/**
 * Starts a module of ours on a thread of its own, from the sources (through tsx, as the tests run) as from `dist/`.
 *
 * @param module `new URL('./encode-worker.ts', import.meta.url)`: named as it stands in `src/`.
 * @param resourceLimits of V8 for this thread; as the program's own by default.
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
