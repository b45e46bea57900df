import { person } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import {
  adjectiveStates,
  animalActions,
  experiences,
  feelings,
  objectStates,
  personStates,
  thingActions,
} from '../lexicon/states.ts';
import * as times from '../lexicon/times.ts';
import type { Clause, Pair, Verb } from '../syntax.ts';
import { event } from './events.ts';
import { governed } from './governors.ts';
import { fill, introduce } from './objects.ts';
import { headOf, isChild, someName, subject, withAdjective } from './people.ts';
import { statement } from './render.ts';

/** Time words go to the front or to the end, in both languages alike. */
export function when(d: Derivation, clause: Clause, time: Pair, frontally = 0.45): Clause {
  if (chance(d, frontally)) return { ...clause, front: time };
  return { ...clause, end: [...(clause.end ?? []), time] };
}

/** When a verb's event was, will be or is again: far off for what is rare, a day for what has its own time of day. */
export function past(d: Derivation, verb: Verb): Pair {
  if (verb.rare) return pick(d, times.farPast);
  if (verb.once && verb.course === 'deed' && chance(d, 0.3)) return pick(d, times.pastSpans);
  return pick(d, verb.daily ? times.pastDays : times.pastTimes);
}

/** What is planned by the week. */
const journeys = new Set(['go', 'come', 'leave', 'visit', 'organise', 'buy', 'sell', 'cancel']);

export function future(d: Derivation, verb: Verb): Pair {
  if (verb.rare) return pick(d, times.farFuture);
  if (journeys.has(verb.english.base) && chance(d, 0.3)) return pick(d, times.futureSpans);
  return pick(d, verb.daily ? times.futureDays : times.futureTimes);
}

function again(d: Derivation, verb: Verb): Pair {
  return pick(d, verb.daily ? times.habitDays : times.habitTimes);
}

/** *Ieri Maria ha comprato una bicicletta rossa*, *Non ho trovato le chiavi*. */
export function pastClause(d: Derivation, who = subject(d)): Clause {
  if (chance(d, 0.13)) return { ...event(d, who, 'willed', 'known'), tense: 'past', negated: true };
  const done: Clause = { ...event(d, who, 'any', 'once'), tense: 'past' };
  return chance(d, 0.6) ? when(d, done, past(d, done.verb)) : done;
}

/** *Domani andremo al mare con Luca.* */
export function futureClause(d: Derivation, who = subject(d)): Clause {
  const negated = chance(d, 0.13);
  const planned: Clause = {
    ...event(d, who, negated ? 'done' : 'willed', negated ? 'known' : 'once'),
    tense: 'future',
    negated,
  };
  return negated || chance(d, 0.7) ? when(d, planned, future(d, planned.verb)) : planned;
}

/** *Mia sorella legge spesso romanzi.* A habit always says how often, for *legge* alone could be *is reading*. */
function habitClause(d: Derivation, who = subject(d)): Clause {
  if (chance(d, 0.35)) {
    const routine: Clause = { ...event(d, who, 'regular', 'habit'), tense: 'present' };
    return when(d, routine, again(d, routine.verb));
  }
  const adverb = weighted(d, [
    [5, pick(d, times.frequencies)],
    [1, times.never],
    [1, times.noLonger],
  ]);
  return { ...event(d, who, 'repeated', 'habit'), tense: 'present', adverb };
}

/** *Sto leggendo un libro*, *Adesso leggo un libro*. */
function ongoingClause(d: Derivation, who = subject(d)): Clause {
  if (chance(d, 0.07)) return { ...event(d, who, 'ongoing', 'known'), tense: 'progressive', negated: true };
  const doing = event(d, who, 'ongoing', 'ongoing');
  if (chance(d, 0.75)) return { ...doing, tense: 'progressive' };
  return when(d, { ...doing, tense: 'now' }, pick(d, times.nowTimes), 0.6);
}

/** *Ho già letto questo libro*, *Maria non ha ancora cenato*. */
function perfectClause(d: Derivation, who = subject(d)): Clause {
  const adverb = pick(d, [times.already, times.just, times.notYet, times.finallyDone]);
  return { ...event(d, who, 'done', 'known'), tense: 'perfect', adverb };
}

/** *Non sono mai stato in Francia*, *Ho sempre suonato il violino*. */
function experienceClause(d: Derivation, who = subject(d)): Clause {
  const verb = pick(d, experiences);
  return { subject: who, ...fill(d, verb, who, 'habit'), tense: 'perfect', adverb: times.never };
}

/** *Ogni estate andavamo al mare.* */
function formerClause(d: Derivation, who = subject(d)): Clause {
  const habit: Clause = { ...event(d, who, 'regular', 'habit'), tense: 'usedTo' };
  return when(d, habit, again(d, habit.verb), 0.6);
}

/** *Mio fratello ha fame*, *Conosco questo medico*, *Erano stanchi*. */
export function stateClause(d: Derivation, who = subject(d)): Clause {
  const verb = pick(
    d,
    weighted(d, [
      [3, personStates],
      [3, adjectiveStates],
      [4, objectStates],
    ]),
  );
  if (verb.adult && isChild(who)) return stateClause(d, who);
  const head = headOf(who);
  if (head) combine(d, head, verb.name);
  const tense = chance(d, 0.25) ? 'state past' : 'present';
  const negated = chance(d, 0.18);
  // *sono in ritardo* is I am late as much as they are late
  const sono = verb.italian.infinitive === 'essere' && verb.slots[0]?.role !== 'adjective';
  if (sono && who.type === 'pronoun' && who.agreement.person === 3) return stateClause(d);
  return { subject: who, ...fill(d, verb, who, negated ? 'known' : 'once'), tense, negated };
}

/** *Mi piace il caffè*, *A Marco piacciono i gatti*. */
function feelingClause(d: Derivation, who = subject(d)): Clause {
  // *gli* is said for *a loro* too: with they, English would have to guess
  if (who.type === 'pronoun' && who.agreement.person === 3 && who.agreement.number === 'plural')
    return feelingClause(d);
  const verb = pick(d, feelings);
  const negated = chance(d, 0.25);
  return { subject: who, ...fill(d, verb, who, negated ? 'known' : 'once'), tense: 'present', negated };
}

/** *Vogliamo comprare una casa*, *Non posso venire*. */
function governedClause(d: Derivation, who = subject(d)): Clause {
  const { tense, governor, negated, use } = governed(d);
  const clause: Clause = { ...event(d, who, use, negated ? 'known' : 'once'), tense, governor, negated };
  return tense === 'future' ? when(d, clause, future(d, clause.verb)) : clause;
}

/** *Il treno è partito alle tre*, *È appena arrivato l'autobus*. */
function thingClause(d: Derivation): Clause {
  const verb = pick(d, thingActions);
  const who = introduce(d, pick(d, nounsOf(verb.subject)), 'the', someName(d), 'once');
  const head = headOf(who);
  if (head) combine(d, head, verb.name);
  const clause: Clause = { subject: who, verb, fillers: [], tense: 'past' };
  const moves = verb.subject === 'transport';
  return weighted(d, [
    [4, () => when(d, clause, atTime(d), 0)],
    [4, () => when(d, { ...clause, tense: 'future' }, chance(d, 0.5) ? atTime(d) : pick(d, times.futureTimes), 0)],
    [3, () => ({ ...clause, tense: 'present' as const, adverb: pick(d, times.frequencies), end: [atTime(d)] })],
    [
      3,
      () => {
        const adverb = pick(d, [times.already, times.just, times.notYet]);
        return { ...clause, tense: 'perfect' as const, adverb, inverted: moves && chance(d, 0.6) };
      },
    ],
  ])();
}

/** *Il cane dorme sempre sul divano.* */
function animalClause(d: Derivation): Clause {
  const verb = pick(d, animalActions);
  const many = chance(d, 0.3);
  const noun = pick(d, nounsOf(verb.subject));
  const owner =
    (noun.kind === 'tame' || noun.kind === 'cub') && chance(d, 0.4)
      ? { owner: pick(d, [person(1), person(2), person(1, 'plural')]) }
      : undefined;
  const who = withAdjective(
    d,
    { type: 'noun', noun, number: many ? 'plural' : 'singular', determiner: owner ?? 'definite' },
    0.3,
  );
  combine(d, noun.english.singular, verb.name);
  const clause: Clause = { subject: who, ...fill(d, verb, who, 'once'), tense: 'past' };
  if (verb.sudden) return chance(d, 0.7) ? when(d, clause, pick(d, times.pastTimes)) : clause;
  return weighted(d, [
    [3, () => ({ ...clause, tense: 'progressive' as const })],
    [3, () => ({ ...clause, tense: 'present' as const, adverb: pick(d, times.frequencies) })],
    [1, () => when(d, { ...clause, tense: 'past' }, pick(d, times.pastTimes))],
  ])();
}

/** *alle tre e mezza*, at half past three. */
function atTime(d: Derivation): Pair {
  const hour = pick(d, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const minute = pick(d, [0, 0, 0, 5, 10, 15, 20, 30, 30, 40, 45, 50]);
  combine(d, `hour ${hour}`, `minute ${minute}`);
  const { italian, english } = times.clock(hour, minute);
  return {
    italian: italian.startsWith('le ') ? `al${italian}` : italian.startsWith("l'") ? `al${italian}` : `a ${italian}`,
    english: `at ${english}`,
  };
}

const stated =
  (clause: (d: Derivation) => Clause) =>
  (d: Derivation): Pair =>
    statement(clause(d));

export const statements = {
  past: stated(pastClause),
  future: stated(futureClause),
  habit: stated(habitClause),
  ongoing: stated(ongoingClause),
  perfect: stated(perfectClause),
  experience: stated(experienceClause),
  former: stated(formerClause),
  state: stated(stateClause),
  feeling: stated(feelingClause),
  governed: stated(governedClause),
  thing: stated(thingClause),
  animal: stated(animalClause),
};
