import { agreementOf, person } from '../agreement.ts';
import { between, chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { englishNumber } from '../english/numbers.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { italianNumber } from '../italian/numbers.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { placesOf } from '../lexicon/places.ts';
import { be } from '../lexicon/states.ts';
import type { NounPhrase, Pair } from '../syntax.ts';
import { clash, gender, headOf, someName, subject } from './people.ts';
import { finish, statement } from './render.ts';

const beRole = { ...be, italian: { ...be.italian, parts: [{ slot: 0, preposition: '' }] }, name: 'be' };

/** *Mia madre è medico*, *Da grande vorrei diventare pilota.* */
function profession(d: Derivation): Pair | undefined {
  const who = subject(d);
  const { number, gender: of } = agreementOf(who);
  const noun = pick(
    d,
    nounsOf('profession').filter((n) => n.gender === of),
  );
  if (clash(who, { type: 'name', name: noun.english.singular, gender: of }) || isTrade(who)) return undefined;
  const head = headOf(who);
  if (head) combine(d, head, noun.english.singular);
  const role: NounPhrase = { type: 'noun', noun, number, determiner: 'role' };
  return statement({ subject: who, verb: beRole, fillers: [role], tense: chance(d, 0.75) ? 'present' : 'state past' });
}

function isTrade(phrase: NounPhrase): boolean {
  return phrase.type === 'noun' && phrase.noun.kind !== 'relative' && phrase.noun.kind !== 'parent';
}

/** *Mia sorella ha quindici anni*, my sister is fifteen years old. */
function age(d: Derivation): Pair | undefined {
  const who = subject(d);
  const { number, person: which } = agreementOf(who);
  const [from, to] = agesOf(who);
  if (who.type === 'and') return undefined;
  const years = between(d, from, to);
  combine(d, `${which} ${number}`, `${years} years old`);
  const verb = { ...be, italian: { infinitive: 'avere', reflexive: false, parts: [yearsOld(years)] }, slots: [] };
  const english = { base: 'be', parts: [`${englishNumber(years)} years old`] };
  return statement({ subject: who, verb: { ...verb, english }, fillers: [], tense: 'present' });
}

/** *quindici anni*, but *vent'anni, trent'anni*. */
function yearsOld(years: number): string {
  const number = italianNumber(years);
  return years >= 20 && years % 10 === 0 ? `${number.slice(0, -1)}'anni` : `${number} anni`;
}

/** How old people may be, by noun or kind. */
const ages: Readonly<Record<string, readonly [number, number]>> = {
  child: [4, 11],
  littleRelative: [2, 9],
  profession: [30, 65],
  parent: [35, 64],
  family: [5, 30],
  parents: [45, 64],
  grandparents: [68, 90],
  grandfather: [65, 92],
  grandmother: [65, 92],
  aunt: [35, 70],
  uncle: [35, 70],
  son: [1, 25],
  daughter: [2, 25],
  student: [15, 27],
  boy: [11, 17],
  girl: [11, 17],
  acquaintance: [18, 60],
  classmate: [9, 18],
  human: [25, 60],
};

/** The youngest and the oldest that somebody may be. */
export function agesOf(who: NounPhrase): readonly [number, number] {
  if (who.type !== 'noun') return [12, 70];
  return ages[who.noun.english.singular] ?? ages[who.noun.kind] ?? [8, 40];
}

/** *Mi chiamo Anna e vengo da Roma*, my name is Anna and I come from Rome. */
function introduction(d: Derivation): Pair {
  const who = person(1, 'singular', gender(d));
  const name = someName(d, who.gender);
  const city = pick(d, placesOf('city'));
  const noun = pick(
    d,
    nounsOf('profession').filter((n) => n.gender === who.gender),
  );
  combine(d, headOf(name) as string, city.from.english);
  combine(d, headOf(name) as string, noun.english.singular);
  const role = englishNounPhrase({ type: 'noun', noun, number: 'singular', determiner: 'role' });
  return finish(
    weighted(d, [
      [
        2,
        {
          italian: `mi chiamo ${italianNounPhrase(name)} e vengo ${city.from.italian}`,
          english: `my name is ${englishNounPhrase(name)} and I come ${city.from.english}`,
        },
      ],
      [
        2,
        {
          italian: `mi chiamo ${italianNounPhrase(name)}, sono ${noun.italian.singular} e abito ${city.at.italian}`,
          english: `my name is ${englishNounPhrase(name)}, I am ${role} and I live ${city.at.english}`,
        },
      ],
    ]),
    '.',
  );
}

export const identities = { profession, age, introduction };
