import type { Agreement, Gender, GrammaticalNumber, NounPhrase } from './syntax.ts';

/** An agreement of a person in the conversation or of someone spoken about. */
export function person(
  who: 1 | 2 | 3,
  number: GrammaticalNumber = 'singular',
  gender: Gender = 'masculine',
  human = true,
): Agreement {
  return { person: who, number, gender, human };
}

/** What a verb, an adjective or a pronoun agrees with when it belongs to this phrase. */
export function agreementOf(phrase: NounPhrase): Agreement {
  switch (phrase.type) {
    case 'pronoun':
    case 'words':
      return phrase.agreement;
    case 'name':
      return person(3, 'singular', phrase.gender);
    case 'and': {
      const [first, second] = phrase.items.map(agreementOf) as [Agreement, Agreement];
      const who = Math.min(first.person, second.person) as 1 | 2 | 3;
      const feminine = first.gender === 'feminine' && second.gender === 'feminine';
      return person(who, 'plural', feminine ? 'feminine' : 'masculine', first.human);
    }
    case 'noun': {
      const { noun, number } = phrase;
      const gender = number === 'plural' ? noun.pluralGender : noun.gender;
      return person(3, number, gender, isHuman(noun.kind));
    }
  }
}

const humanKinds = new Set('human child acquaintance profession relative parent family littleRelative'.split(' '));

/** Kinds of noun that English calls he or she. */
export function isHuman(kind: string): boolean {
  return humanKinds.has(kind);
}

/** A pronoun for something with this agreement; Italian leaves it out as a subject when `dropped`. */
export function pronoun(agreement: Agreement, dropped = true): NounPhrase {
  return { type: 'pronoun', agreement, dropped };
}
