/** The last piece of work of this process: tfjs has one backend in use at a time, and each would change it for the other. */
let last: Promise<unknown> = Promise.resolve();

/** Does work that computes with tensors after all such work that was asked for before. */
export function inTurn<T>(work: () => T | Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => {});
  return result;
}
