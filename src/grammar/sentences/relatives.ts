import { agreementOf, person, pronoun } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishClause } from '../english/clause.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { withPreposition } from '../italian/articles.ts';
import { gapPreposition, italianClause, italianInfinitive } from '../italian/clause.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { adjectivesByKind } from '../lexicon/adjectives.ts';
import { faultsByKind } from '../lexicon/faults.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { placesOf } from '../lexicon/places.ts';
import {
  acquainted,
  culprits,
  encountered,
  evaluated,
  habitual,
  identifying,
  located,
  tools,
} from '../lexicon/relatives.ts';
import { be } from '../lexicon/states.ts';
import * as times from '../lexicon/times.ts';
import type { Adjective, Clause, CommonNounPhrase, Noun, NounPhrase, Pair, Verb } from '../syntax.ts';
import { extreme } from './descriptions.ts';
import { fill } from './objects.ts';
import { gender, headOf, isChild, someName, someRelative, subject } from './people.ts';
import { finish, frame, render, statement } from './render.ts';

/** A clause on a noun: *che*, *con cui*; English leaves the object's pronoun out when it is a person. */
function relative(clause: Clause, person: boolean): Pair {
  if (clause.gap === 'subject') {
    return { italian: `che ${italianClause(clause)}`, english: `${person ? 'who' : 'that'} ${englishClause(clause)}` };
  }
  const preposition = gapPreposition(clause);
  const lead = preposition === '' ? 'che' : withPreposition(preposition, 'cui');
  const english = englishClause(clause);
  return {
    italian: `${lead} ${italianClause(clause)}`,
    english: person || preposition !== '' ? english : `that ${english}`,
  };
}

/** A grown-up, a pupil, a child, somebody by their trade. */
function human(d: Derivation, children: boolean): Noun {
  return pick(
    d,
    nounsOf(
      weighted(d, [
        [3, 'grownup'],
        [4, 'pupil'],
        [children ? 1 : 0, 'child'],
        [2, 'profession'],
      ]),
    ),
  );
}

function the(noun: Noun, number: 'singular' | 'plural', rest?: Pair): CommonNounPhrase {
  return { type: 'noun', noun, number, determiner: 'definite', ...(rest && { rest }) };
}

/** Who they turn out to be. */
function identity(d: Derivation, who: NounPhrase): Pair {
  const { gender: of, number } = agreementOf(who);
  const one = number === 'singular';
  const is = one ? { italian: 'è', english: 'is' } : { italian: 'sono', english: 'are' };
  const place = pick(d, placesOf('city'));
  const role = pick(
    d,
    nounsOf('profession').filter((n) => n.gender === of),
  );
  const nation = pick(d, nations);
  const nationality = render({
    subject: who,
    verb: be,
    fillers: [{ type: 'predicate', adjective: nation }],
    tense: 'present',
    gap: 'subject',
  });
  const kin: NounPhrase = {
    type: 'noun',
    noun: pick(
      d,
      nounsOf('sibling').filter((n) => n.gender === of),
    ),
    number,
    determiner: { owner: pick(d, [person(1), person(2)]) },
  };
  return weighted<() => Pair>(d, [
    [
      one ? 4 : 0,
      () => {
        const name = someName(d, of);
        return { italian: `si chiama ${italianNounPhrase(name)}`, english: `is called ${englishNounPhrase(name)}` };
      },
    ],
    [3, () => nationality],
    [
      3,
      () => ({
        italian: `${is.italian} ${italianNounPhrase(kin)}`,
        english: `${is.english} ${englishNounPhrase(kin)}`,
      }),
    ],
    [
      2,
      () => ({
        italian: `${is.italian} ${place.at.italian.replace(/^ad? /, 'di ')}`,
        english: `${is.english} ${place.from.english}`,
      }),
    ],
    [
      isChild(who) || (who.type === 'noun' && who.noun.kind === 'profession') ? 0 : 2,
      () => {
        const as: NounPhrase = { type: 'noun', noun: role, number, determiner: 'role' };
        return { italian: `${is.italian} ${italianNounPhrase(as)}`, english: `${is.english} ${englishNounPhrase(as)}` };
      },
    ],
  ])();
}

const nations = (adjectivesByKind.profession as readonly Adjective[]).filter((a) => /^[A-Z]/.test(a.english));

/** *La ragazza che suona il violino si chiama Anna.* */
function whoDoes(d: Derivation): Pair {
  const noun = human(d, true);
  const number = chance(d, 0.2) ? 'plural' : 'singular';
  const plain = the(noun, number);
  const verb = pick(d, identifying);
  combine(d, noun.english.singular, verb.name);
  const clause: Clause = { subject: plain, ...fill(d, verb, plain, 'ongoing'), tense: 'progressive', gap: 'subject' };
  return toldOf(d, the(noun, number, relative(clause, true)));
}

/** *L'uomo con cui ho parlato ieri è francese.* */
function whomOne(d: Derivation): Pair {
  const noun = human(d, false);
  const number = chance(d, 0.2) ? 'plural' : 'singular';
  const lasting = chance(d, 0.4);
  const verb = pick(d, lasting ? acquainted : encountered);
  const gap = verb.slots.findIndex((slot) => slot.kind === 'person');
  const who = pronoun(
    pick(d, [person(1, 'singular', gender(d)), person(1, 'plural', gender(d)), person(2, 'singular', gender(d))]),
  );
  combine(d, verb.english.base, noun.english.singular);
  const clause: Clause = {
    subject: who,
    ...fill(d, verb, who, 'once', gap),
    gap,
    tense: lasting ? 'present' : 'past',
    end: lasting
      ? []
      : verb.places.length === 0 || chance(d, 0.5)
        ? [pick(d, times.pastTimes)]
        : [pick(d, placesOf('town')).at],
  };
  return toldOf(d, the(noun, number, relative(clause, true)));
}

/** Finishes with who they are. */
function toldOf(d: Derivation, who: CommonNounPhrase): Pair {
  return finish(
    frame('{0} {1}', '{0} {1}', { italian: italianNounPhrase(who), english: englishNounPhrase(who) }, identity(d, who)),
    '.',
  );
}

/** *I libri che hai comprato ieri sono interessanti.* */
function whichOne(d: Derivation): Pair {
  const verb = pick(d, evaluated);
  const gap = verb.slots.findIndex((slot) => slot.kind !== 'person');
  const noun = pick(d, nounsOf((verb.slots[gap] as Verb['slots'][number]).kind));
  const who = subject(d);
  const clause: Clause = { subject: who, ...fill(d, verb, who, 'once', gap), gap, tense: 'past' };
  combine(d, verb.english.base, noun.english.singular);
  const timed: Clause = chance(d, 0.6)
    ? { ...clause, end: [pick(d, verb.english.base === 'rent' ? times.farPast : times.pastTimes)] }
    : clause;
  const number = noun.pluralOnly || chance(d, 0.3) ? 'plural' : 'singular';
  return judged(d, the(noun, number, relative(timed, false)));
}

/** *La penna con cui ho scritto la lettera è rossa.* */
function withWhich(d: Derivation): Pair {
  const verb = pick(d, tools);
  const noun = pick(d, nounsOf((verb.slots[0] as Verb['slots'][number]).kind));
  const who = subject(d);
  combine(d, noun.english.singular, verb.name);
  const clause: Clause = { subject: who, ...fill(d, verb, who, 'once', 0), gap: 0, tense: 'past' };
  return judged(d, the(noun, noun.pluralOnly ? 'plural' : 'singular', relative(clause, false)));
}

/** *La casa in cui è nata mia madre è molto antica.* */
function whereOne(d: Derivation): Pair {
  const noun = pick(d, nounsOf(pick(d, ['settlement', 'settlement', 'dwelling'])));
  const rest = pick(d, located);
  combine(d, noun.english.singular, rest.english);
  return judged(d, the(noun, 'singular', rest));
}

/** What one thinks of a thing told apart by a relative clause. */
function judged(d: Derivation, thing: CommonNounPhrase): Pair {
  const { kind } = thing.noun;
  const faulty = faultsByKind[kind] !== undefined && chance(d, 0.3);
  const adjective = pick(d, (faulty ? faultsByKind[kind] : adjectivesByKind[kind]) as readonly Adjective[]);
  combine(d, thing.noun.english.singular, adjective.english);
  const degree = faulty
    ? { italian: 'troppo', english: 'too' }
    : !adjective.telling && !extreme(adjective) && chance(d, 0.4)
      ? { italian: 'molto', english: 'very' }
      : undefined;
  return statement({
    subject: thing,
    verb: be,
    fillers: [{ type: 'predicate', adjective, ...(degree && { degree }) }],
    tense: over.has(kind) || chance(d, 0.25) ? 'state past' : 'present',
  });
}

/** What is gone when it has been eaten, seen or told. */
const over = new Set(['dish', 'film', 'occasion', 'tale', 'song', 'fruit', 'vegetable']);

/** *Conosco una ragazza che parla cinese*, *Ho un amico che abita a Roma.* */
function knowing(d: Derivation): Pair {
  const verb = pick(d, habitual);
  const owner = pick(d, [person(1), person(1, 'plural'), person(3, 'plural')]);
  const noun = pick(d, nounsOf(chance(d, 0.5) ? 'acquaintance' : 'pupil'));
  const someone: CommonNounPhrase = { type: 'noun', noun, number: 'singular', determiner: 'indefinite' };
  combine(d, noun.english.singular, verb.name);
  const clause: Clause = { subject: someone, ...fill(d, verb, someone, 'habit'), tense: 'present', gap: 'subject' };
  const whom: CommonNounPhrase = { ...someone, rest: relative(clause, true) };
  const having = noun.kind === 'acquaintance' ? haveVerb : knowVerb;
  return statement({ subject: pronoun(owner), verb: having, fillers: [whom], tense: 'present' });
}

const objectVerb = (italian: string, english: string): Verb => ({
  ...be,
  name: english,
  italian: { infinitive: italian, reflexive: false, parts: [{ slot: 0, preposition: '' }] },
  english: { base: english, parts: [{ slot: 0 }] },
});
const haveVerb = objectVerb('avere', 'have');
const knowVerb = objectVerb('conoscere', 'know');

/** *È stato Marco a rompere il bicchiere*, it was Marco who broke the glass. */
function cleft(d: Derivation): Pair {
  const who = chance(d, 0.6) ? someName(d) : someRelative(d);
  const agreement = agreementOf(who);
  const verb = pick(d, culprits);
  const phrase = fill(d, verb, who, 'known');
  combine(d, headOf(who) as string, verb.name);
  const did = englishClause({ subject: who, ...phrase, tense: 'past', gap: 'subject' });
  const ending = agreement.gender === 'feminine' ? 'a' : 'o';
  const many = agreement.gender === 'feminine' ? 'e' : 'i';
  const was = agreement.number === 'plural' ? `sono stat${many}` : `è stat${ending}`;
  return finish(
    {
      italian: `${was} ${italianNounPhrase(who)} ${withPreposition('a', italianInfinitive(phrase, agreement))}`,
      english: `it was ${englishNounPhrase(who)} who ${did}`,
    },
    '.',
  );
}

export const relatives = { whoDoes, whomOne, whichOne, withWhich, whereOne, knowing, cleft };
