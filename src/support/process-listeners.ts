const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Starts a library compiled by Emscripten and removes the listeners it adds to the process. They rethrow every uncaught
 * error and unhandled rejection, even those that the host program handles. Listeners that others add meanwhile stay:
 * Emscripten's are recognised by their source text. What such a library prints when it fails to start is suppressed,
 * because the error contains it.
 */
export async function withoutRethrowing<T>(start: () => Promise<T>): Promise<T> {
  const before = events.map((event) => new Set(process.rawListeners(event)));
  const { error, warn } = console;
  console.error = console.warn = () => {};
  try {
    return await start();
  } finally {
    Object.assign(console, { error, warn });
    for (const [i, event] of events.entries()) {
      for (const listener of process.rawListeners(event)) {
        if (before[i]?.has(listener) || !/throw (ex|reason)\b/.test(String(listener))) continue;
        process.removeListener(event, listener as (...args: unknown[]) => void);
      }
    }
  }
}
