import type { Adjective } from '../syntax.ts';
import { lines, outline, table } from './tables.ts';

/**
 * Which adjectives go with which kinds of noun. A group's head lists the kinds; an adjective is a line, `rosso = red`;
 * a `+` marks those that stand before the noun in Italian, a `*` those that tell one thing from
 * another and so go with a definite article (*la macchina rossa*; not *la penna costosa*).
 */
const groups = outline(table('adjectives', 'adjectives'));

/** Passing states, only said with *essere*, *sembrare* and the like. */
export const states: readonly Adjective[] = read(table('adjectives', 'states'));

export const adjectivesByKind: Readonly<Record<string, readonly Adjective[]>> = byKind();

function byKind(): Record<string, Adjective[]> {
  const kindsOf: Record<string, Adjective[]> = {};
  for (const [kinds, text] of groups) {
    const adjectives = read(text);
    for (const kind of kinds.split(' ')) {
      kindsOf[kind] ??= [];
      kindsOf[kind].push(...adjectives);
    }
  }
  return kindsOf;
}

function read(table: string): Adjective[] {
  return lines(table).map((line) => {
    const [italian, english] = line.split(' = ') as [string, string];
    const [word, ...marks] = italian.split(' ') as [string, ...string[]];
    return { italian: word, english, prenominal: marks.includes('+'), telling: marks.includes('*') };
  });
}

/** An adjective of a kind by its Italian word. */
export function adjective(kind: string, italian: string): Adjective {
  const found = [...(adjectivesByKind[kind] ?? []), ...states].find((a) => a.italian === italian);
  if (!found) throw new Error(`no adjective ${italian} for ${kind}`);
  return found;
}
