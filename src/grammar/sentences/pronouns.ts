import { agreementOf, person, pronoun } from '../agreement.ts';
import { between, chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishClause } from '../english/clause.ts';
import { englishNounPhrase, englishPronoun } from '../english/noun-phrase.ts';
import { englishNumber } from '../english/numbers.ts';
import { agree } from '../italian/adjectives.ts';
import { italianClause } from '../italian/clause.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { italianNumber } from '../italian/numbers.ts';
import { objectActions } from '../lexicon/actions.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { placesOf } from '../lexicon/places.ts';
import { surfaces } from '../lexicon/scenes.ts';
import {
  cityLove,
  encounters,
  going,
  placings,
  portions,
  type Sequel,
  sequels,
  sightings,
  wants,
} from '../lexicon/sequels.ts';
import * as times from '../lexicon/times.ts';
import type { Clause, Filler, NounPhrase, Pair, Tense, Verb } from '../syntax.ts';
import { fill, introduce } from './objects.ts';
import { again, gender, headOf, listener, oneGrownUp, someone, speaker, subject } from './people.ts';
import { finish, frame, render } from './render.ts';

/** The second verb of a sequel: its thing is the pronoun, the rest is filled. */
function carryOn(
  d: Derivation,
  verb: Verb,
  who: NounPhrase,
  thing: NounPhrase,
  to?: NounPhrase,
): Pick<Clause, 'verb' | 'fillers'> {
  const filled = fill(d, verb, who, 'once', 0);
  const fillers = filled.fillers.map((filler, index): Filler => {
    if (index === 0) return thing;
    return to && verb.slots[index]?.kind === 'person' ? to : filler;
  });
  return { verb, fillers };
}

/** *Ho comprato un libro e lo leggerò stasera*, *Anna ha scritto una lettera, ma non l'ha ancora spedita.* */
function sequel(d: Derivation): Pair {
  const { first, next: following } = pick(d, sequels);
  const who = subject(d);
  const head = headOf(who);
  if (head) combine(d, head, first.english.base);
  const opening: Clause = { subject: who, ...fill(d, first, who, 'new'), tense: 'past' };
  const thing = pronoun(agreementOf(opening.fillers[0] as NounPhrase));
  const plain = following.filter((v) => v.italian.parts.every((part) => typeof part === 'object'));
  const notYet = plain.length > 0 && chance(d, 0.3);
  const verb = pick(d, notYet ? plain : following);
  const next: Clause = { subject: again(who), ...carryOn(d, verb, who, thing), tense: 'past' };
  if (notYet) {
    const waiting: Clause = { ...next, tense: 'perfect', adverb: times.notYet };
    return finish(frame('{0}, ma {1}', '{0}, but {1}', render(opening), render(waiting)), '.');
  }
  return finish(frame('{0} e {1}', '{0} and {1}', render(opening), render(chance(d, 0.4) ? next : soon(d, next))), '.');
}

/** In the future, with or without a time. */
function soon(d: Derivation, clause: Clause): Clause {
  return { ...clause, tense: 'future', end: chance(d, 0.7) ? [pick(d, times.futureTimes)] : [] };
}

/** *Il libro l'ho già letto*: Italian puts what is known first, with a pronoun to stand for it. */
function dislocation(d: Derivation): Pair | undefined {
  const verb = pick(d, dislocated);
  const who = subject(d);
  if (who.type !== 'pronoun' || !who.dropped) return undefined;
  const phrase = fill(d, verb, who, 'known');
  const thing = phrase.fillers[0] as NounPhrase;
  if (thing.type !== 'noun' || thing.determiner === 'indefinite' || thing.determiner === 'some') return undefined;
  const tense = weighted<Tense>(d, [
    [4, 'past'],
    [3, 'perfect'],
    [2, 'future'],
  ]);
  const adverb = tense === 'perfect' ? pick(d, [times.already, times.notYet]) : undefined;
  const clause: Clause = { subject: who, ...phrase, tense, ...(adverb && { adverb }) };
  const end = tense === 'past' ? [pick(d, times.pastTimes)] : tense === 'future' ? [pick(d, times.futureTimes)] : [];
  const asItalian: Clause = { ...clause, fillers: [pronoun(agreementOf(thing)), ...phrase.fillers.slice(1)], end };
  return finish(
    { italian: `${italianNounPhrase(thing)} ${italianClause(asItalian)}`, english: englishClause({ ...clause, end }) },
    '.',
  );
}

const dislocated = objectActions.filter(
  ({ italian, slots, course, rare }) =>
    course === 'deed' &&
    !rare &&
    slots[0]?.role === 'noun' &&
    italian.parts.length === 1 &&
    typeof italian.parts[0] === 'object' &&
    italian.parts[0].preposition === '' &&
    !italian.reflexive,
);

/** *Dov'è la chiave? L'ho messa sul tavolo.* */
function whereIsIt(d: Derivation): Pair | undefined {
  const noun = pick(d, nounsOf(pick(d, ['belonging', 'garment', 'text', 'posted', 'papers', 'tableware'])));
  const who = pronoun(speaker(d));
  const thing = introduce(d, noun, 'own', pronoun(listener(d)), 'once');
  const spot = pick(d, surfaces);
  if (spot.italian.includes(noun.italian.singular)) return undefined;
  combine(d, noun.english.singular, spot.english);
  const plural = agreementOf(thing).number === 'plural';
  const it = pronoun(agreementOf(thing));
  const verb = pick(d, placings);
  const answer = render({ subject: who, verb, fillers: [it], tense: 'past', end: [spot] });
  return join(
    {
      italian: `${plural ? 'dove sono' : "dov'è"} ${italianNounPhrase(thing)}`,
      english: `where ${plural ? 'are' : 'is'} ${englishNounPhrase(thing)}`,
    },
    answer,
  );
}

function join(ask: Pair, answer: Pair): Pair {
  const first = finish(ask, '?');
  const second = finish(answer, '.');
  return { italian: `${first.italian} ${second.italian}`, english: `${first.english} ${second.english}` };
}

/** *Hai visto Marco? Sì, l'ho incontrato ieri al mercato.* */
function haveYouSeen(d: Derivation): Pair | undefined {
  const whom = someone(d);
  if (whom.type === 'noun' && typeof whom.determiner === 'object' && 'friendOf' in whom.determiner) return undefined;
  const [seen, met] = sightings as [Verb, Verb];
  const you = pronoun(listener(d));
  const head = headOf(whom);
  const spot = pick(d, placesOf('town'));
  if (head) combine(d, head, spot.at.english);
  const ask: Clause = { subject: you, verb: seen, fillers: [whom], tense: 'perfect', mood: 'question' };
  const i = pronoun(speaker(d));
  const them = pronoun(agreementOf(whom));
  const end = [spot.at, pick(d, times.recently)];
  const answer = render({ subject: i, verb: met, fillers: [them], tense: 'past', end });
  return join(render(ask), frame('sì, {0}', 'yes, {0}', answer));
}

/** *Quando vedo Marco, lo saluto sempre*, *Se incontrerò Anna, le darò una rosa.* */
function encounter(d: Derivation): Pair {
  const whom = oneGrownUp(d);
  const who = weighted<NounPhrase>(d, [
    [3, pronoun(speaker(d))],
    [1, pronoun(person(1, 'plural', gender(d)))],
  ]);
  const meets = pick(d, sightings);
  const habit = chance(d, 0.5);
  const verb = pick(
    d,
    encounters.filter((v) => !(habit && v.once)),
  );
  const them = pronoun(agreementOf(whom));
  const head = headOf(whom);
  if (head) combine(d, verb.english.base, head);
  const phrase = fill(d, verb, who, habit ? 'habit' : 'once');
  const fillers = phrase.fillers.map((filler, index) => (verb.slots[index]?.kind === 'person' ? them : filler));
  const first = { subject: who, verb: meets, fillers: [whom] };
  const second = { subject: who, verb, fillers };
  if (habit) {
    const adverb = pick(d, times.frequencies.slice(0, 3));
    return finish(
      frame(
        'quando {0}, {1}',
        'when {0}, {1}',
        render({ ...first, tense: 'present' }),
        render({ ...second, tense: 'present', adverb }),
      ),
      '.',
    );
  }
  const word = pick(d, [
    ['se', 'if'],
    ['quando', 'when'],
  ] as const);
  return finish(
    frame(
      `${word[0]} {0}, {1}`,
      `${word[1]} {0}, {1}`,
      render({ ...first, tense: 'future in time clause' }),
      render({ ...second, tense: 'future' }),
    ),
    '.',
  );
}

/** *Marco ha bisogno della chiave, ma non gliela darò*, *Se vuoi questo libro, te lo presto.* */
function wanted(d: Derivation): Pair {
  const { first, next: givings }: Sequel = pick(d, wants);
  const whom = chance(d, 0.5) ? oneGrownUp(d) : pronoun(listener(d));
  const opening: Clause = { subject: whom, ...fill(d, first, whom, 'known'), tense: 'present' };
  const head = headOf(whom);
  if (head) combine(d, head, first.english.base);
  const thing = pronoun(agreementOf(opening.fillers[0] as NounPhrase));
  const them = pronoun(agreementOf(whom));
  const i = weighted<NounPhrase>(d, [
    [3, pronoun(speaker(d))],
    [1, pronoun(person(1, 'plural', gender(d)))],
  ]);
  const giving = carryOn(d, pick(d, givings), i, thing, them);
  const next: Clause = { subject: i, ...giving, tense: 'future', negated: false };
  return weighted<() => Pair>(d, [
    [2, () => finish(frame('se {0}, {1}', 'if {0}, {1}', render(asNow(opening)), render(next)), '.')],
    [
      2,
      () =>
        finish(frame('{0}, ma {1}', '{0}, but {1}', render(asNow(opening)), render({ ...next, negated: true })), '.'),
    ],
    [1, () => finish(frame('{0} e {1}', '{0} and {1}', render(asNow(opening)), render(soon(d, next))), '.')],
  ])();
}

/** Looking for something is going on; needing and wanting are states. */
function asNow(clause: Clause): Clause {
  return clause.verb.course === 'state' ? clause : { ...clause, tense: 'progressive' };
}

/** *Conosco bene Roma: ci vado ogni anno*, I know Rome well: I go there every year. */
function goingThere(d: Derivation): Pair {
  const place = pick(d, placesOf('city'));
  const city = { italian: place.at.italian.replace(/^ad? /, ''), english: place.at.english.replace('in ', '') };
  const who = pronoun(pick(d, [speaker(d), person(1, 'plural', gender(d)), person(3, 'plural', gender(d))]));
  const adverb = pick(d, loosely);
  const there: Clause = { subject: who, verb: going, fillers: [{ type: 'place', words: 'there' }], tense: 'present' };
  const loves: Clause = {
    subject: who,
    verb: cityLove,
    fillers: [{ type: 'words', words: city, agreement: person(3) }],
    tense: 'present',
  };
  combine(d, city.english, adverb.english);
  const time = pick(d, times.yearly);
  return weighted<() => Pair>(d, [
    [1, () => finish(frame('{0} e {1}', '{0} and {1}', render(loves), render({ ...there, adverb })), '.')],
    [1, () => finish(frame('{0}: {1}', '{0}: {1}', render(loves), render({ ...there, end: [time] })), '.')],
    [
      1,
      () => finish(frame('{0}, ma {1}', '{0}, but {1}', render(loves), render({ ...there, adverb: times.never })), '.'),
    ],
  ])();
}

const loosely = times.frequencies.filter((adverb) => /often|sometimes|rarely/.test(adverb.english));

/** *Ho comprato dieci mele e ne ho mangiate tre*, and ate three of them. */
function someOfThem(d: Derivation): Pair {
  const [first, then, kind] = pick(d, portions);
  const noun = pick(d, nounsOf(kind));
  const who = subject(d);
  const agreement = agreementOf(who);
  const all = between(d, 4, 20);
  const part = between(d, 2, Math.min(all - 1, 9));
  combine(d, first.english.base, noun.english.singular);
  combine(d, `${noun.english.singular}`, `${all} ${part}`);
  const many: NounPhrase = { type: 'noun', noun, number: 'plural', determiner: { count: all } };
  const opening = render({ subject: who, verb: first, fillers: [many], tense: 'past' });
  const have = render({ subject: again(who), verb: then, fillers: [], tense: 'past' });
  const [auxiliary, participle] = have.italian.split(' ') as [string, string];
  const agreed = agree(participle, noun.pluralGender, 'plural');
  const italian = `${opening.italian} e ne ${auxiliary} ${agreed} ${italianNumber(part)}`;
  const rest = have.english.replace(`${englishPronoun(agreement, 'subject')} `, '');
  return finish({ italian, english: `${opening.english} and ${rest} ${englishNumber(part)} of them` }, '.');
}

export const anaphora = { sequel, dislocation, whereIsIt, haveYouSeen, encounter, wanted, goingThere, someOfThem };
