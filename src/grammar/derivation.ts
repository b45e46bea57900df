import type { Random } from '../support/random.ts';

/** One sentence in the making: its random numbers, and the pairs of content words it has put together so far. */
export interface Derivation {
  readonly random: Random;
  /** `verb object`, `noun adjective` and so on, by their English names: what splits hold out. */
  readonly combinations: string[];
}

/** True with this probability. */
export function chance({ random }: Derivation, probability: number): boolean {
  return random.uniform() < probability;
}

/** One item, each as likely. */
export function pick<T>({ random }: Derivation, items: readonly T[]): T {
  return items[Math.floor(random.uniform() * items.length)] as T;
}

/** A whole number from `from` to `to`, both included. */
export function between({ random }: Derivation, from: number, to: number): number {
  return from + Math.floor(random.uniform() * (to - from + 1));
}

/** One of a few, by weight: `weighted(d, [[3, a], [1, b]])` gives `a` three times out of four. */
export function weighted<T>({ random }: Derivation, table: readonly (readonly [number, T])[]): T {
  let left = random.uniform() * table.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, item] of table) {
    left -= weight;
    if (left < 0) return item;
  }
  return (table.at(-1) as readonly [number, T])[1];
}

/** Draws until it fits; what was drawn in vain leaves no combinations. */
export function until<T>(d: Derivation, draw: (d: Derivation) => T, fits: (found: T) => boolean): T {
  const before = d.combinations.length;
  for (;;) {
    const found = draw(d);
    if (fits(found)) return found;
    d.combinations.length = before;
  }
}

/** Notes that two content words met. */
export function combine(d: Derivation, head: string, dependent: string): void {
  d.combinations.push(`${head}+${dependent}`);
}
