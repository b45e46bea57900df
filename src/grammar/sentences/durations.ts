import { person, pronoun } from '../agreement.ts';
import { between, chance, combine, type Derivation, pick } from '../derivation.ts';
import { englishInfinitive } from '../english/clause.ts';
import { englishNumber } from '../english/numbers.ts';
import { italianInfinitive } from '../italian/clause.ts';
import { italianNumber } from '../italian/numbers.ts';
import { lasting } from '../lexicon/asking.ts';
import { type Unit, undertakings } from '../lexicon/calendar.ts';
import type { Pair } from '../syntax.ts';
import { fill } from './objects.ts';
import { headOf, isChild, someName, someRelative, subject } from './people.ts';
import { clauseOf } from './reasons.ts';
import { finish, frame, render } from './render.ts';

/** *Ci vogliono due ore per arrivare a Roma*, it takes two hours to get to Rome. */
function duration(d: Derivation): Pair {
  const [verb, unitsOf] = pick(d, undertakings);
  // nobody's, so that nothing in it is *his* or *hers*
  const you = person(3, 'singular', 'masculine', false);
  const phrase = fill(d, verb, pronoun(you), 'known');
  const length = span(d, between(d, 1, 5), unitsOf);
  combine(d, verb.name, length.english);
  const aim: Pair = { italian: italianInfinitive(phrase, you), english: englishInfinitive(phrase, you) };
  const needed: Pair = { italian: /^un[' a]/.test(length.italian) ? 'ci vuole' : 'ci vogliono', english: 'it takes' };
  return finish(frame('{0} {1} per {2}', '{0} {1} to {2}', needed, length, aim), '.');
}

const units = {
  minute: ['minut', 'o', 'i'],
  hour: ['or', 'a', 'e'],
  day: ['giorn', 'o', 'i'],
  week: ['settiman', 'a', 'e'],
  month: ['mes', 'e', 'i'],
  year: ['ann', 'o', 'i'],
} as const;

/** *due ore*, two hours; minutes come in tens. */
function span(d: Derivation, count: number, choices: readonly Unit[]): Pair {
  const unit = pick(d, choices);
  const shown = unit === 'minute' ? count * 10 : count;
  const [stem, one, many] = units[unit];
  if (shown === 1) {
    return {
      italian: `${unit === 'hour' ? "un'ora" : `${one === 'a' ? 'una' : 'un'} ${stem}${one}`}`,
      english: `${unit === 'hour' ? 'an' : 'a'} ${unit}`,
    };
  }
  return { italian: `${italianNumber(shown)} ${stem}${many}`, english: `${englishNumber(shown)} ${unit}s` };
}

/** *Studio il tedesco da due anni*, I have been studying German for two years. */
function since(d: Derivation): Pair | undefined {
  const who = subject(d);
  const verb = pick(d, lasting);
  if (isChild(who) || (verb.italian.infinitive === 'essere' && who.type === 'pronoun')) return undefined;
  const waits = verb.italian.infinitive === 'aspettare';
  const holiday = verb.italian.infinitive === 'essere' || verb.italian.infinitive === 'stare';
  const length = span(
    d,
    between(d, waits ? 2 : 1, waits ? 5 : 10),
    waits ? ['minute', 'hour'] : holiday ? ['day', 'week'] : ['month', 'year', 'year'],
  );
  const clause = clauseOf(d, who, verb, 'since');
  combine(d, verb.name, length.english);
  const end: Pair = { italian: `da ${length.italian}`, english: `for ${length.english}` };
  return finish(render({ ...clause, end: [end] }), '.');
}

/** *Non vedo Marco da due mesi*, I haven't seen Marco for two months. */
function notSince(d: Derivation): Pair | undefined {
  const who = subject(d);
  const whom = chance(d, 0.6) ? someName(d) : someRelative(d);
  if (headOf(who) === headOf(whom) || who.type === 'and') return undefined;
  const length = span(d, between(d, 1, 10), ['week', 'month', 'year']);
  combine(d, headOf(whom) as string, length.english);
  const one = render({ subject: who, verb: seeing, fillers: [whom], tense: 'since', negated: true });
  return finish(frame('{0} da {1}', '{0} for {1}', one, length), '.');
}

const seeing = {
  ...(lasting[0] as (typeof lasting)[number]),
  italian: { infinitive: 'vedere', reflexive: false, parts: [{ slot: 0, preposition: '' }] },
  english: { base: 'see', parts: [{ slot: 0 }] },
};

export const durations = { duration, since, notSince };
