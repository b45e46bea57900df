import { agreementOf, person } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishNounPhrase, englishPronoun } from '../english/noun-phrase.ts';
import { italianNounPhrase, possessive } from '../italian/noun-phrase.ts';
import { adjectivesByKind } from '../lexicon/adjectives.ts';
import { allNouns, nounsOf } from '../lexicon/nouns.ts';
import { degrees, districts, haunts, stores, surfaces } from '../lexicon/scenes.ts';
import { be } from '../lexicon/states.ts';
import type { Adjective, Clause, CommonNounPhrase, Determiner, Noun, Pair } from '../syntax.ts';
import { fewCount, headOf, someName, someRelative, withAdjective } from './people.ts';
import { finish, statement } from './render.ts';

/** Things that are described on their own: not what one only eats, waits for or opens. */
const described = allNouns.filter(
  ({ kind }) => (adjectivesByKind[kind] ?? []).length > 0 && kind !== 'human' && kind !== 'acquaintance',
);

/** A known thing: *la cucina, questo libro, la macchina di Marco*. */
function knownThing(d: Derivation, noun: Noun, plural = chance(d, 0.2)): CommonNounPhrase {
  const determiner = weighted<Determiner>(d, [
    [5, 'definite'],
    [3, 'this'],
    [2, 'that'],
    [possessed.has(noun.kind) ? 3 : 0, { owner: pick(d, [person(1), person(2), person(1, 'plural')]) }],
  ]);
  const number = !noun.mass && (plural || noun.pluralOnly) ? 'plural' : 'singular';
  const phrase: CommonNounPhrase = { type: 'noun', noun, number, determiner };
  if (determiner === 'definite' && possessed.has(noun.kind) && chance(d, 0.4)) {
    return { ...phrase, possessor: chance(d, 0.6) ? someName(d) : someRelative(d) };
  }
  return phrase;
}

const possessed = new Set(['belonging', 'clothing', 'accessory', 'vehicle', 'seat', 'cabinet', 'tame', 'cub', 'room']);

/** What cannot be very so: *davvero enorme*, not *molto enorme*. */
export function extreme({ english }: Adjective): boolean {
  return /^(enormous|delicious|magnificent|wonderful|extraordinary|unforgettable|ancient)$/.test(english);
}

const reallyOnly = degrees.filter(({ english }) => english === 'really');

/** *La cucina è luminosa*, *I miei stivali erano troppo stretti.* */
export function thingIs(d: Derivation): Clause {
  const noun = pick(d, described);
  const who = knownThing(d, noun);
  const adjective = pick(d, adjectivesByKind[noun.kind] as readonly Adjective[]);
  combine(d, noun.english.singular, adjective.english);
  const degree = !adjective.telling && chance(d, 0.3) ? pick(d, extreme(adjective) ? reallyOnly : degrees) : undefined;
  const tense = chance(d, 0.25) ? 'state past' : 'present';
  const negated = !degree && chance(d, 0.15);
  return {
    subject: who,
    verb: be,
    fillers: [{ type: 'predicate', adjective, ...(degree && { degree }) }],
    tense,
    negated,
  };
}

/** Things and where they are found. */
const scenes: readonly (readonly [readonly string[], readonly Pair[]])[] = [
  [['belonging', 'garment', 'text', 'posted', 'tableware', 'cutlery', 'present'], surfaces],
  [['pet', 'farmAnimal', 'smallAnimal'], haunts],
  [['shop', 'sight', 'building', 'built'], districts],
  [['fruit', 'vegetable', 'drink', 'ingredient', 'dish'], stores],
  [
    ['human', 'child', 'profession'],
    [...districts, ...haunts.slice(0, 1)],
  ],
];

/** *C'è un gatto in giardino*, *Ci sono tre libri sul tavolo*, *Non c'è latte in frigorifero.* */
function existence(d: Derivation): Pair | undefined {
  const [kinds, spots] = pick(d, scenes);
  const noun = pick(d, nounsOf(pick(d, kinds)));
  const spot = pick(d, spots);
  if (spot.italian.includes(noun.italian.singular)) return undefined;
  combine(d, noun.english.singular, spot.english);
  const none = noun.mass && chance(d, 0.4);
  const plural = !noun.mass && (noun.pluralOnly || chance(d, 0.4));
  const determiner: Determiner = noun.mass
    ? none
      ? 'bare'
      : 'some'
    : plural
      ? noun.pluralOnly || chance(d, 0.4)
        ? 'some'
        : { count: fewCount(d, noun) }
      : 'indefinite';
  const number = plural ? 'plural' : 'singular';
  const phrase = withAdjective(d, { type: 'noun', noun, number, determiner }, 0.25);
  const past = chance(d, 0.25);
  const asks = !none && !past && chance(d, 0.2);
  const verb = plural ? (past ? "c'erano" : 'ci sono') : past ? "c'era" : "c'è";
  const copula = past ? (plural ? 'were' : 'was') : plural ? 'are' : 'is';
  const italian = `${none ? 'non ' : ''}${verb} ${italianNounPhrase(phrase)} ${spot.italian}`;
  const what = `${none ? 'no ' : ''}${englishNounPhrase(phrase)} ${spot.english}`;
  const english = asks ? `${copula} there ${what}` : `there ${copula} ${what}`;
  return finish({ italian, english }, asks ? '?' : '.');
}

/** *Questa borsa è mia*, this bag is mine; *Quegli stivali sono di Marco.* */
function possession(d: Derivation): Pair {
  const noun = pick(d, nounsOf(pick(d, ['belonging', 'garment', 'vehicle', 'tableware', 'text', 'papers'])));
  const number = noun.pluralOnly || chance(d, 0.25) ? 'plural' : 'singular';
  const thing: CommonNounPhrase = { type: 'noun', noun, number, determiner: chance(d, 0.6) ? 'this' : 'that' };
  const what = withAdjective(d, thing, 0.25);
  const copula = number === 'plural' ? { italian: 'sono', english: 'are' } : { italian: 'è', english: 'is' };
  const asks = chance(d, 0.25);
  if (asks) {
    combine(d, noun.english.singular, 'whose');
    const one = { ...(what as CommonNounPhrase), determiner: 'bare' as const };
    const pointer = englishNounPhrase(what).split(' ')[0];
    const italian = `di chi ${copula.italian} ${italianNounPhrase(what)}`;
    return finish({ italian, english: `whose ${englishNounPhrase(one)} ${copula.english} ${pointer}` }, '?');
  }
  if (chance(d, 0.5)) {
    const owner = pick(d, [person(1), person(2), person(1, 'plural'), person(2, 'plural')]);
    combine(d, noun.english.singular, englishPronoun(owner, 'mine'));
    const italian = `${italianNounPhrase(what)} ${copula.italian} ${possessive(owner, agreementOf(what).gender, number)}`;
    return finish(
      { italian, english: `${englishNounPhrase(what)} ${copula.english} ${englishPronoun(owner, 'mine')}` },
      '.',
    );
  }
  const owner = chance(d, 0.6) ? someName(d) : someRelative(d);
  combine(d, noun.english.singular, headOf(owner) as string);
  const theirs = agreementOf(owner).number === 'plural' ? "'" : "'s";
  const ending = theirs === "'" && !englishNounPhrase(owner).endsWith('s') ? "'s" : theirs;
  const italian = `${italianNounPhrase(what)} ${copula.italian} ${italianNounPhrase(owner, 'di')}`;
  return finish(
    { italian, english: `${englishNounPhrase(what)} ${copula.english} ${englishNounPhrase(owner)}${ending}` },
    '.',
  );
}

export const descriptions = {
  thingIs: (d: Derivation) => statement(thingIs(d)),
  existence,
  possession,
};
