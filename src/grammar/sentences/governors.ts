import { chance, type Derivation, weighted } from '../derivation.ts';
import type { Governor, Tense } from '../syntax.ts';
import type { Use } from './events.ts';

const governor = (italian: string, preposition: string, english: string, form: Governor['form']): Governor => ({
  italian,
  preposition,
  english,
  form,
});

/** A governor in a tense; the same Italian verb is *can*, *could* or *will be able to* by its tense. */
export interface Governed {
  readonly governor: Governor;
  readonly tense: Tense;
  readonly negated: boolean;
  readonly use: Use;
}

const canNow = governor('potere', '', 'can', 'base');
const could = governor('potere', '', 'could', 'base');
const beAble = governor('potere', '', 'be able', 'to');
const haveTo = governor('dovere', '', 'have', 'to');
const should = governor('dovere', '', 'should', 'base');
const wantTo = governor('volere', '', 'want', 'to');
const wouldLike = governor('volere', '', 'would like', 'to');

/** What goes with an event: tense, negation (where it has one meaning only), how often. */
const table: readonly (readonly [number, Tense, Governor, negation: number])[] = [
  [8, 'present', canNow, 0.5],
  [4, 'future', beAble, 0.3],
  [2, 'conditional', could, 0],
  [9, 'present', haveTo, 0],
  [3, 'past', haveTo, 0],
  [3, 'future', haveTo, 0],
  [4, 'conditional', should, 0.3],
  [9, 'present', wantTo, 0.35],
  [3, 'state past', wantTo, 0.3],
  [5, 'conditional', wouldLike, 0],
  [3, 'past', governor('decidere', 'di', 'decide', 'to'), 0],
  [3, 'past', governor('cominciare', 'a', 'start', 'ing'), 0],
  [2, 'past', governor('dimenticare', 'di', 'forget', 'to'), 0],
  [3, 'past', governor('riuscire', 'a', 'manage', 'to'), 0.3],
  [2, 'present', governor('sperare', 'di', 'hope', 'to'), 0],
  [2, 'past', governor('promettere', 'di', 'promise', 'to'), 0],
  [2, 'past', governor('provare', 'a', 'try', 'to'), 0],
  [2, 'present', governor('preferire', '', 'prefer', 'to'), 0],
  [2, 'present', governor('stare', 'per', 'be about', 'to'), 0],
];

/** Governors that want an event with an end, or one that lasts. */
const endings = new Set(['manage']);
const lasting = new Set(['start']);

const choices = table.map(([weight, tense, verb, negation]) => {
  const use: Use = lasting.has(verb.english) ? 'lasting' : endings.has(verb.english) ? 'done' : 'willed';
  return [weight, { tense, governor: verb, negation, use }] as const;
});

/** A governor in a tense; negated only where that has one meaning. */
export function governed(d: Derivation): Governed {
  const { negation, ...rest } = weighted(d, choices);
  return { ...rest, negated: chance(d, negation) };
}
