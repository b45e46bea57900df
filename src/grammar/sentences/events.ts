import { agreementOf } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { motions, objectActions, personActions, plainActions, transferActions } from '../lexicon/actions.ts';
import { placeFiller, placesOf } from '../lexicon/places.ts';
import type { Clause, NounPhrase, Pair, Verb } from '../syntax.ts';
import { fill, otherThan, type View } from './objects.ts';
import { headOf, isChild, someName, someRelative } from './people.ts';

/** Which verbs a pattern can use, by how their events unfold. */
const uses = {
  /** Things one wants, plans and decides. */
  willed: (verb) => verb.course !== 'mishap',
  /** How often: *spesso*, *sempre*. */
  repeated: (verb) => !verb.once,
  /** By the calendar: *ogni lunedì*. */
  regular: (verb) => verb.regular,
  /** Going on: *sto leggendo*. */
  ongoing: (verb) => verb.course !== 'mishap' && !verb.sudden && !verb.rare,
  /** Begun and carried on: *ho cominciato a leggere*. */
  lasting: (verb) => verb.course === 'activity' && !verb.sudden,
  /** Over and done: *ho già finito*. */
  done: (verb) => (verb.course === 'deed' && !verb.rare && !verb.daily) || verb.finished,
} satisfies Readonly<Record<string, (verb: Verb) => boolean>>;

export type Use = 'any' | keyof typeof uses;

type Shares = readonly (readonly [weight: number, verbs: readonly Verb[]])[];

const shares: Shares = [
  [44, objectActions],
  [15, personActions],
  [11, transferActions],
  [22, plainActions],
  [8, motions],
];

const fitting = (fits: (verb: Verb) => boolean): Shares =>
  shares.map(([weight, verbs]) => [weight, verbs.filter(fits)] as const).filter(([, verbs]) => verbs.length > 0);

const verbsFor: Readonly<Record<Use, Shares>> = {
  any: shares,
  willed: fitting(uses.willed),
  repeated: fitting(uses.repeated),
  regular: fitting(uses.regular),
  ongoing: fitting(uses.ongoing),
  lasting: fitting(uses.lasting),
  done: fitting(uses.done),
};

/** Somebody and what they do. */
export type Event = Pick<Clause, 'subject' | 'verb' | 'fillers' | 'end'>;

/** Somebody does something: a verb that suits the use, its objects, and now and then where and with whom. */
export function event(d: Derivation, subject: NounPhrase, use: Use, view: View): Event {
  for (;;) {
    const verb = pick(d, weighted(d, verbsFor[use]));
    if (!(verb.adult && isChild(subject))) return { subject, ...act(d, verb, subject, view) };
  }
}

/** One verb with its objects and circumstances; notes who did it. */
export function act(d: Derivation, verb: Verb, subject: NounPhrase, view: View, gap?: number): Omit<Event, 'subject'> {
  const head = headOf(subject);
  if (head) combine(d, head, verb.english.base);
  return { ...fill(d, verb, subject, view, gap), end: view === 'known' ? [] : circumstances(d, verb, subject) };
}

/** *con Marco*, *al mercato*: by what the verb allows. */
function circumstances(d: Derivation, verb: Verb, subject: NounPhrase): Pair[] {
  const found: Pair[] = [];
  if (verb.company && chance(d, 0.2)) found.push(withSomebody(d, subject));
  if (verb.places.length > 0 && chance(d, 0.4)) {
    const place = placeFiller(pick(d, placesOf(pick(d, verb.places))), 'at').words as Pair;
    combine(d, verb.name, place.english);
    found.push(place);
  }
  return found;
}

function withSomebody(d: Derivation, subject: NounPhrase): Pair {
  const { person: who } = agreementOf(subject);
  if (who !== 1 && chance(d, 0.15)) return { italian: 'con me', english: 'with me' };
  return company(otherThan(d, subject, (e) => (chance(e, 0.5) ? someName(e) : someRelative(e))));
}

/** *con Marco*, with Marco. */
export function company(companion: NounPhrase): Pair {
  return { italian: italianNounPhrase(companion, 'con'), english: `with ${englishNounPhrase(companion)}` };
}
