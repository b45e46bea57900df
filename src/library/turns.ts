/** The last task of this process: tfjs uses one backend at a time, and tasks would switch it for each other. */
let last: Promise<unknown> = Promise.resolve();

/** Runs a task that computes with tensors after all earlier ones. */
export function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => {});
  return result;
}
