import { agreementOf, person, pronoun } from '../agreement.ts';
import { between, chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishClause, englishInfinitive } from '../english/clause.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { italianClause } from '../italian/clause.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { indoorActivities } from '../lexicon/circumstances.ts';
import { faultsByKind } from '../lexicon/faults.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { rainyDeeds, sunnyDeeds } from '../lexicon/reasons.ts';
import { givings, outcomes, routines } from '../lexicon/routines.ts';
import { badWeatherAhead, goodWeatherAhead } from '../lexicon/scenes.ts';
import { be } from '../lexicon/states.ts';
import * as times from '../lexicon/times.ts';
import type { Adjective, Clause, CommonNounPhrase, NounPhrase, Pair, Predicate, Tense, Verb } from '../syntax.ts';
import { otherThan } from './objects.ts';
import { again, headOf, isChild, oneGrownUp, someName, someRelative, speaker, subject } from './people.ts';
import { clauseOf } from './reasons.ts';
import { finish, frame, render } from './render.ts';

/** *Stamattina ho fatto colazione, ho preso l'autobus e sono andata al lavoro.* English says its subject once. */
function routine(d: Derivation): Pair | undefined {
  const { verbs, ...when } = pick(d, routines);
  const who = subject(d);
  if (isChild(who) || agreementOf(who).person === 2) return undefined;
  const tense = pick(d, ['past', 'past', 'future', 'present', 'usedTo'] as const);
  const time = pick(d, tense === 'past' ? when.past : tense === 'future' ? when.future : when.habit);
  const chosen = inOrder(d, verbs, between(d, 2, 5));
  const them = again(who);
  const deeds = chosen.map((verb, index): Pair => {
    const clause: Clause = { ...clauseOf(d, index === 0 ? who : them, verb, tense), tense };
    if (index > 0) combine(d, (chosen[index - 1] as Verb).name, verb.name);
    return {
      italian: italianClause(clause),
      english: index === 0 ? englishClause({ ...clause, front: time }) : carriedOn(clause, tense),
    };
  });
  const list = (words: readonly string[], and: string) => `${words.slice(0, -1).join(', ')} ${and} ${words.at(-1)}`;
  return finish(
    {
      italian: `${time.italian} ${list(
        deeds.map((deed) => deed.italian),
        'e',
      )}`,
      english: list(
        deeds.map((deed) => deed.english),
        'and',
      ),
    },
    '.',
  );
}

/** The English verb without its subject and, in the future and *used to*, its auxiliary. */
function carriedOn(clause: Clause, tense: Tense): string {
  if (tense === 'future' || tense === 'usedTo') return englishInfinitive(clause, agreementOf(clause.subject));
  return englishClause({ ...clause, gap: 'subject' });
}

function inOrder<T>(d: Derivation, items: readonly T[], count: number): T[] {
  const chosen = new Set<number>();
  while (chosen.size < count) chosen.add(between(d, 0, items.length - 1));
  return [...chosen].sort((a, b) => a - b).map((index) => items[index] as T);
}

/** *Ieri sera Anna ha letto un romanzo, mentre suo fratello ha guardato un film.* */
function sideBySide(d: Derivation): Pair | undefined {
  const who = chance(d, 0.7) ? oneGrownUp(d) : pronoun(speaker(d));
  const other = otherThan(d, who, oneGrownUp);
  const [first, second] = [pick(d, indoorActivities), pick(d, indoorActivities)];
  if (first === second) return undefined;
  combine(d, first.name, second.name);
  const future = chance(d, 0.35);
  const tense: Tense = future ? 'future' : 'past';
  const time = pick(d, future ? times.futureTimes : times.pastTimes);
  const one = render({ ...clauseOf(d, who, first, tense), front: time });
  const two = render(clauseOf(d, other, second, tense));
  const [italian, english] = future || chance(d, 0.4) ? [' e', ' and'] : [', mentre', ', while'];
  return finish(frame(`{0}${italian} {1}`, `{0}${english} {1}`, one, two), '.');
}

/** *Maria dice che andrà al mare con Luca se domani farà bel tempo.* */
function plannedIf(d: Derivation): Pair {
  const who = oneGrownUp(d);
  const sunny = chance(d, 0.5);
  const { verb, negated } = pick(d, sunny ? sunnyDeeds : rainyDeeds);
  const weather = pick(d, sunny ? goodWeatherAhead : badWeatherAhead);
  combine(d, weather.english, verb.name);
  const deed = render(clauseOf(d, again(who), verb, 'future', negated));
  const [says, said] = pick(d, [
    ['dice', 'says'],
    ['ha deciso', 'has decided'],
  ] as const);
  const name: Pair = { italian: italianNounPhrase(who), english: englishNounPhrase(who) };
  const day = pick(d, [
    { italian: 'domani', english: 'tomorrow' },
    { italian: 'domenica', english: 'on Sunday' },
    { italian: 'sabato', english: 'on Saturday' },
  ]);
  return finish(
    frame(`{0} ${says} che {1} se {3} {2}`, `{0} ${said} that {1} if {2} {3}`, name, deed, weather, day),
    '.',
  );
}

/** *Il libro che mi ha prestato Anna era così noioso che non l'ho finito.* */
function letDown(d: Derivation): Pair | undefined {
  const giver = chance(d, 0.6) ? someName(d) : someRelative(d);
  const me = weighted<NounPhrase>(d, [
    [4, pronoun(speaker(d))],
    [1, pronoun(person(1, 'plural'))],
  ]);
  const verb = pick(d, givings);
  const noun = pick(d, nounsOf((verb.slots[0] as Verb['slots'][number]).kind));
  // what is lent or given cannot be too dear
  const faults = faultsByKind[noun.kind]?.filter(({ english }) => english !== 'expensive' && english !== 'elegant');
  const next = outcomes[noun.kind];
  if (faults === undefined || next === undefined || agreementOf(giver).number === 'plural') return undefined;
  const adjective: Adjective = pick(d, faults);
  combine(d, headOf(giver) as string, verb.english.base);
  combine(d, verb.english.base, noun.english.singular);
  combine(d, noun.english.singular, adjective.english);
  const given: Clause = { subject: giver, verb, fillers: [giver, me], tense: 'past', gap: 0 };
  const rest: Pair = {
    italian: `che ${italianClause({ ...given, inverted: true })}`,
    english: `that ${englishClause(given)}`,
  };
  const thing: CommonNounPhrase = {
    type: 'noun',
    noun,
    number: noun.pluralOnly ? 'plural' : 'singular',
    determiner: 'definite',
    rest,
  };
  const so: Predicate = { type: 'predicate', adjective, degree: { italian: 'così', english: 'so' } };
  const was = render({ subject: thing, verb: be, fillers: [so], tense: 'state past' });
  const it = pronoun(agreementOf(thing));
  const hard = adjective.english === 'complicated';
  const result = pick(
    d,
    next.filter((v) => (v.english.base === 'understand') === hard),
  );
  combine(d, adjective.english, result.name);
  const failed = render({
    subject: pronoun(agreementOf(me)),
    verb: result,
    fillers: [it],
    tense: 'past',
    negated: true,
  });
  return finish(frame('{0} che {1}', '{0} that {1}', was, failed), '.');
}

export const combined = { routine, sideBySide, plannedIf, letDown };
