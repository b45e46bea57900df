import { type Derivation, pick } from '../derivation.ts';
import type { Pair } from '../syntax.ts';
import { amounts } from './amounts.ts';
import { calendar } from './calendar.ts';
import { circumstances } from './circumstances.ts';
import { combined } from './combined.ts';
import { comparisons } from './comparisons.ts';
import { descriptions } from './descriptions.ts';
import { durations } from './durations.ts';
import { everyone } from './everyone.ts';
import { generalities } from './generalities.ts';
import { identities } from './identities.ts';
import { orders } from './orders.ts';
import { anaphora } from './pronouns.ts';
import { questions } from './questions.ts';
import { reasoning } from './reasons.ts';
import { relatives } from './relatives.ts';
import { statements } from './statements.ts';
import { thoughts } from './thoughts.ts';

/** Draws one sentence of a kind, in both languages; undefined when what it drew does not go together. */
export type Pattern = (d: Derivation) => Pair | undefined;

/** Every kind of sentence by name. */
export const patterns = {
  ...statements,
  ...questions,
  ...descriptions,
  ...comparisons,
  ...identities,
  ...anaphora,
  ...reasoning,
  ...circumstances,
  ...relatives,
  ...thoughts,
  ...orders,
  ...calendar,
  ...durations,
  ...amounts,
  ...everyone,
  ...generalities,
  ...combined,
} satisfies Readonly<Record<string, Pattern>>;

/** How often each is drawn; 4 by default. */
const weights: Readonly<Partial<Record<keyof typeof patterns, number>>> = {
  past: 24,
  future: 16,
  habit: 16,
  ongoing: 12,
  perfect: 10,
  former: 9,
  state: 12,
  governed: 16,
  feeling: 8,
  animal: 7,
  thing: 6,
  experience: 7,
  yesOrNo: 14,
  request: 8,
  proposal: 7,
  whatDone: 8,
  thingIs: 12,
  existence: 9,
  sequel: 12,
  dislocation: 8,
  encounter: 8,
  wanted: 8,
  because: 12,
  tooMuch: 10,
  weatherwise: 9,
  meanwhile: 9,
  whichOne: 9,
  whomOne: 8,
  whoDoes: 8,
  belief: 14,
  certainty: 9,
  report: 10,
  doubt: 8,
  order: 10,
  handOver: 6,
  routine: 12,
  sideBySide: 8,
  plannedIf: 6,
  letDown: 6,
  whatTime: 2,
  introduction: 2,
  languages: 1,
  monthly: 2,
  forecast: 3,
  superlative: 3,
  bestOfAll: 3,
  virtue: 2,
  profession: 3,
  age: 3,
};

/** Every pattern as often as its weight. */
const urn = Object.entries(patterns).flatMap(([name, pattern]) =>
  new Array<Pattern>(weights[name as keyof typeof patterns] ?? 4).fill(pattern),
);

/** Draws until a pattern has a sentence; only the combinations of that one count. */
export function draw(d: Derivation, pattern: Pattern): Pair {
  for (;;) {
    d.combinations.length = 0;
    const pair = pattern(d);
    if (pair) return pair;
  }
}

/** Draws one sentence of any kind. */
export function sentence(d: Derivation): Pair {
  return draw(d, pick(d, urn));
}
