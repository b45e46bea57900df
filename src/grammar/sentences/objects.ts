import { agreementOf, isHuman, person, pronoun } from '../agreement.ts';
import { chance, combine, type Derivation, pick, until, weighted } from '../derivation.ts';
import { states } from '../lexicon/adjectives.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { placeFiller, placesOf } from '../lexicon/places.ts';
import type { Determiner, Filler, Noun, NounPhrase, Slot, Verb, VerbPhrase } from '../syntax.ts';
import { clash, fewCount, headOf, someName, someone, someRelative, withAdjective } from './people.ts';

/**
 * How an event is seen: once, again and again, going on, about something known (as in *have you read the book yet?*) or
 * about something not yet spoken of (*I bought a book and …*). It decides which determiners sound right.
 */
export type View = 'once' | 'habit' | 'ongoing' | 'known' | 'new';

/** Stands in a slot that a clause leaves empty. */
export const nothing: NounPhrase = { type: 'words', words: { italian: '', english: '' }, agreement: person(3) };

/** A verb with every slot filled with something that fits, but for the one that is to stay empty. */
export function fill(d: Derivation, verb: Verb, subject: NounPhrase, view: View, gap?: number): VerbPhrase {
  const fillers = verb.slots.map((slot, index): Filler => {
    if (index === gap) return nothing;
    if (slot.role === 'adjective') return { type: 'predicate', adjective: pick(d, states) };
    if (slot.role !== 'noun') return placeFiller(pick(d, placesOf(slot.kind)), slot.role);
    const filler = slotPhrase(d, slot, subject, view);
    const head = headOf(filler);
    if (head) combine(d, verb.english.base, head);
    return filler;
  });
  return { verb, fillers };
}

function slotPhrase(d: Derivation, slot: Slot, subject: NounPhrase, view: View): NounPhrase {
  if (slot.kind === 'person') return otherPerson(d, subject, someone);
  if (slot.kind === 'someone') return otherThan(d, subject, someone);
  if (slot.kind === 'companion')
    return otherPerson(d, subject, (e) => (chance(e, 0.7) ? someName(e) : someRelative(e)));
  if (slot.kind === 'relation') return otherPerson(d, subject, (e) => (chance(e, 0.4) ? someName(e) : someRelative(e)));
  return introduce(d, pick(d, nounsOf(slot.kind)), slot.policy, subject, view);
}

/** Somebody who is not the subject: often *mi, ti, ci*. */
function otherPerson(d: Derivation, subject: NounPhrase, choose: (d: Derivation) => NounPhrase): NounPhrase {
  const { person: who } = agreementOf(subject);
  if (who !== 1 && chance(d, 0.15)) return pronoun(chance(d, 0.75) ? person(1) : person(1, 'plural'));
  if (who !== 2 && chance(d, 0.08)) return pronoun(person(2));
  return otherThan(d, subject, choose);
}

/** Somebody in words who is not the subject. */
export function otherThan(d: Derivation, subject: NounPhrase, choose: (d: Derivation) => NounPhrase): NounPhrase {
  return until(d, choose, (found) => !clash(found, subject));
}

/** Kinds of thing people call their own, and those of them that sound right so wherever *the* does. */
const owned = new Set([
  'papers',
  'belonging',
  'clothing',
  'accessory',
  'vehicle',
  'volume',
  'press',
  'room',
  'tame',
  'cub',
  'seat',
  'cabinet',
]);
/** What is mostly spoken of in the plural: *hai comprato le mele?* */
const inHeaps = new Set(['fruit', 'vegetable', 'flower']);
const ownedAnywhere = new Set(['vehicle', 'room', 'tame', 'cub', 'seat', 'cabinet']);

/** A noun with a determiner that suits, and sometimes an adjective. */
export function introduce(
  d: Derivation,
  noun: Noun,
  policy: Slot['policy'],
  subject: NounPhrase,
  view: View,
): NounPhrase {
  const phrase = (determiner: Determiner, plural = false): NounPhrase => ({
    type: 'noun',
    noun,
    number: plural || noun.pluralOnly ? 'plural' : 'singular',
    determiner: noun.pluralOnly && determiner === 'indefinite' ? 'some' : determiner,
  });
  const own = { owner: agreementOf(subject) };
  const ownable = owned.has(noun.kind) && isHumanOrSpeaker(subject);
  switch (policy) {
    case 'bare':
      return phrase('bare', !noun.mass);
    case 'worn':
      return phrase({ wornBy: agreementOf(subject) });
    case 'generic':
      return phrase('generic', !noun.mass);
    case 'all':
      return phrase('definite', true);
    case 'a':
      // *non mi servono gli occhiali*: nothing partitive beside a negation
      if (view === 'known' && noun.pluralOnly) return phrase('definite');
      return withAdjective(d, phrase('indefinite'), view === 'known' ? 0 : 0.4);
    case 'own':
      if (isHumanOrSpeaker(subject) && (isHuman(noun.kind) || chance(d, 0.7))) return phrase(own);
      return phrase('definite');
    case 'this':
      return withAdjective(d, phrase(chance(d, 0.7) ? 'this' : 'that'), 0.25);
    case 'that':
      return withAdjective(d, phrase('that'), 0.25);
    case 'the': {
      if (noun.mass) return phrase('definite');
      if (ownable && ownedAnywhere.has(noun.kind) && chance(d, 0.25)) return phrase(own);
      return withAdjective(d, phrase('definite', noun.kind === 'opening' && chance(d, 0.2)), 0.25);
    }
    case 'free':
      break;
  }
  if (view === 'known') {
    if (noun.mass) return phrase('definite');
    const known: Determiner = ownable && chance(d, 0.3) ? own : chance(d, 0.3) ? 'this' : 'definite';
    return withAdjective(d, phrase(known, chance(d, inHeaps.has(noun.kind) ? 0.75 : 0.15)), 0.2);
  }
  if (noun.mass) return phrase(view === 'habit' ? 'bare' : chance(d, 0.7) ? 'some' : 'definite');
  if (view === 'habit') {
    const single = noun.kind === 'clothing' || noun.kind === 'accessory' || noun.kind === 'vehicle';
    return single ? withAdjective(d, phrase('indefinite'), 0.6) : phrase('bare', true);
  }
  if (view === 'new') {
    if (noun.pluralOnly || chance(d, 0.1)) return phrase('some', true);
    if (chance(d, 0.15)) return phrase({ count: fewCount(d, noun) }, true);
    return withAdjective(d, phrase('indefinite'), 0.45);
  }
  const once = view === 'once';
  const choice = weighted(d, [
    [34, 'indefinite'],
    [24, 'definite'],
    [ownable ? 10 : 0, 'own'],
    [ownable && !noun.pluralOnly ? 6 : 0, 'possessor'],
    [once ? 9 : 4, 'this'],
    [once ? 9 : 0, 'count'],
    [5, 'some'],
  ] as const);
  switch (choice) {
    case 'own':
      return phrase(own);
    case 'possessor':
      return { ...(phrase('definite') as NounPhrase & { type: 'noun' }), possessor: otherOwner(d, subject) };
    case 'count':
      return noun.pluralOnly ? phrase('definite') : withAdjective(d, phrase({ count: fewCount(d, noun) }, true), 0.15);
    case 'this':
      return withAdjective(d, phrase(chance(d, 0.7) ? 'this' : 'that', chance(d, 0.2)), 0.2);
    case 'some':
      return phrase('some', true);
    case 'definite':
      return withAdjective(d, phrase('definite', chance(d, 0.15)), 0.35);
    case 'indefinite':
      return withAdjective(d, phrase('indefinite'), 0.45);
  }
}

/** Somebody else's: *di Marco*, *di mia sorella*. */
function otherOwner(d: Derivation, subject: NounPhrase): NounPhrase {
  return otherThan(d, subject, (e) => (chance(e, 0.6) ? someName(e) : someRelative(e)));
}

function isHumanOrSpeaker(subject: NounPhrase): boolean {
  const { person: who, human } = agreementOf(subject);
  return who !== 3 || human;
}
