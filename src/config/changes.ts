/**
 * How the current options differ from those a thing was started with, for a message: `hidden was 128, now 256`.
 * @param free options that may differ
 * @returns one text per option; empty if nothing differs
 */
export function changedOptions(before: object, now: object, free: readonly string[] = []): string[] {
  const [was, is] = [before, now] as readonly Readonly<Record<string, unknown>>[];
  return Object.keys({ ...was, ...is })
    .filter((key) => !free.includes(key) && JSON.stringify(was?.[key]) !== JSON.stringify(is?.[key]))
    .map((key) => `${key} was ${was?.[key] ?? 'not set'}, now ${is?.[key] ?? 'not set'}`);
}
