import { agreementOf, person, pronoun } from '../agreement.ts';
import { between, chance, combine, type Derivation, pick, until, weighted } from '../derivation.ts';
import { adjectivesByKind } from '../lexicon/adjectives.ts';
import { menNames, womenNames } from '../lexicon/names.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import type { Adjective, Agreement, Gender, Noun, NounPhrase } from '../syntax.ts';

/** *I*; both genders, since Italian participles and adjectives show them. */
export function speaker(d: Derivation): Agreement {
  return person(1, 'singular', gender(d));
}

export function listener(d: Derivation): Agreement {
  return person(2, 'singular', gender(d));
}

export function gender(d: Derivation): Gender {
  return chance(d, 0.5) ? 'masculine' : 'feminine';
}

/** *Marco*, *Anna*. */
export function someName(d: Derivation, of = gender(d)): NounPhrase {
  return { type: 'name', name: pick(d, of === 'masculine' ? menNames : womenNames), gender: of };
}

/** *mia sorella*, *i tuoi nonni*. */
export function someRelative(d: Derivation, owner?: Agreement): NounPhrase {
  const kind = weighted(d, [
    [6, 'relative'],
    [3, 'parent'],
    [1, 'family'],
    [1, 'littleRelative'],
  ]);
  const noun = pick(d, nounsOf(kind));
  const whose =
    owner ??
    weighted(d, [
      [6, person(1)],
      [2, person(2)],
      [1, person(1, 'plural')],
    ]);
  const number = noun.pluralOnly || (kind === 'relative' && chance(d, 0.12)) ? 'plural' : 'singular';
  return { type: 'noun', noun, number, determiner: { owner: whose } };
}

/** *il medico*, *la giovane infermiera*, *gli studenti*. */
export function somebody(d: Derivation, manyToo = true): NounPhrase {
  const noun = pick(
    d,
    nounsOf(
      weighted(d, [
        [3, 'human'],
        [1, 'child'],
        [7, 'profession'],
      ]),
    ),
  );
  const number = manyToo && chance(d, 0.2) ? 'plural' : 'singular';
  return withAdjective(d, { type: 'noun', noun, number, determiner: 'definite' }, 0.15);
}

/** *un mio amico*, *la mia vicina*. */
function someAcquaintance(d: Derivation, owner = person(1)): NounPhrase {
  const noun = pick(d, nounsOf('acquaintance'));
  if (chance(d, 0.5)) return { type: 'noun', noun, number: 'singular', determiner: { friendOf: owner } };
  return { type: 'noun', noun, number: chance(d, 0.3) ? 'plural' : 'singular', determiner: { owner } };
}

/** Someone named or described: never a pronoun. */
export function someone(d: Derivation): NounPhrase {
  return weighted(d, [
    [5, someName],
    [3, someRelative],
    [3, somebody],
    [1, someAcquaintance],
  ] as [number, (d: Derivation) => NounPhrase][])(d);
}

/** One grown-up with a gender to show, for a *he* or *she* later in the sentence. */
export function oneGrownUp(d: Derivation): NounPhrase {
  return until(d, someone, (found) => agreementOf(found).number === 'singular' && !isChild(found));
}

/** Two people: *Marco e Anna*, *io e mio fratello*. */
function two(d: Derivation): NounPhrase {
  const first = chance(d, 0.5) ? someName(d) : pronoun(person(1), false);
  const second = first.type === 'name' && chance(d, 0.7) ? someName(d) : someRelative(d);
  if (first.type === 'name' && second.type === 'name' && first.name === second.name) return two(d);
  return { type: 'and', items: [first, second] };
}

/** The subject of a sentence: a third of them pronouns, which Italian drops unless English would have to guess. */
export function subject(d: Derivation): NounPhrase {
  return weighted(d, [
    [48, someone],
    [16, (e: Derivation) => pronoun(speaker(e))],
    [2, (e: Derivation) => pronoun(listener(e))],
    [7, (e: Derivation) => pronoun(person(3, 'singular', gender(e)), false)],
    [8, (e: Derivation) => pronoun(person(1, 'plural', gender(e)))],
    [1, (e: Derivation) => pronoun(person(2, 'plural', gender(e)))],
    [6, (e: Derivation) => pronoun(person(3, 'plural', gender(e)))],
    [6, two],
  ] as [number, (d: Derivation) => NounPhrase][])(d);
}

/** A subject who is old enough for work, houses and cars. */
export function grownUp(d: Derivation): NounPhrase {
  return until(d, subject, (who) => !isChild(who));
}

/** The same people again, as a pronoun that Italian leaves out. */
export function again(who: NounPhrase): NounPhrase {
  return pronoun(agreementOf(who));
}

/** A name for the head of a phrase among combinations; pronouns have none. */
export function headOf(phrase: NounPhrase): string | undefined {
  if (phrase.type === 'name') return phrase.name;
  return phrase.type === 'noun' ? phrase.noun.english.singular : undefined;
}

/** Someone who does not drive, smoke or buy furniture. */
export function isChild(phrase: NounPhrase): boolean {
  return phrase.type === 'noun' && (phrase.noun.kind === 'child' || phrase.noun.kind === 'littleRelative');
}

/** Whether two phrases may mean the same person: the same name or noun. */
export function clash(one: NounPhrase, other: NounPhrase): boolean {
  if (one.type === 'and') return one.items.some((item) => clash(item, other));
  if (other.type === 'and') return clash(other, one);
  const head = headOf(one);
  return head !== undefined && head === headOf(other);
}

/** Adds an adjective with this probability, where the kind of noun has any that go with its article. */
export function withAdjective(d: Derivation, phrase: NounPhrase, probability: number): NounPhrase {
  if (phrase.type !== 'noun' || !chance(d, probability)) return phrase;
  const adjective = pick(d, attributes(phrase.noun, phrase.determiner === 'indefinite'));
  if (!adjective) return phrase;
  combine(d, phrase.noun.english.singular, adjective.english);
  return { ...phrase, [adjective.prenominal ? 'before' : 'after']: adjective };
}

const tellingByKind = new Map<string, readonly Adjective[]>();

/** Adjectives for a noun: any after *un*, those that tell one thing from another after *il*. */
function attributes({ kind }: Noun, any: boolean): readonly Adjective[] {
  const all = adjectivesByKind[kind] ?? [];
  if (any) return all;
  let telling = tellingByKind.get(kind);
  if (!telling) {
    telling = all.filter((adjective) => adjective.telling);
    tellingByKind.set(kind, telling);
  }
  return telling;
}

/** What one has or buys two or three of at most. */
const bulky = new Set(['vehicle', 'seat', 'cabinet', 'device', 'clothing', 'accessory', 'luggage', 'lodging', 'built']);

/** A small number for counting things. */
export function fewCount(d: Derivation, noun: Noun): number {
  if (bulky.has(noun.kind)) return between(d, 2, 3);
  return chance(d, 0.85) ? between(d, 2, 5) : between(d, 6, 12);
}
