const events = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Starts a library that Emscripten compiled, and takes off the listeners that it adds to the process. They throw every
 * uncaught error and unhandled rejection again, those of the program we run in as well, even where it handles them.
 * Whoever adds listeners of its own meanwhile keeps them: Emscripten's are known by their text. What such a library writes
 * to the console where it cannot start is left out: the error says it.
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
