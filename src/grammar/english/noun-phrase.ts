import { agreementOf } from '../agreement.ts';
import type { Agreement, CommonNounPhrase, NounPhrase } from '../syntax.ts';
import { englishNumber } from './numbers.ts';
import { genitive, indefinite, spaced } from './words.ts';

type Case = 'subject' | 'object' | 'own' | 'mine';

const pronouns: Readonly<Record<Case, readonly string[]>> = {
  subject: ['I', 'you', 'he', 'she', 'it', 'we', 'you', 'they'],
  object: ['me', 'you', 'him', 'her', 'it', 'us', 'you', 'them'],
  own: ['my', 'your', 'his', 'her', 'its', 'our', 'your', 'their'],
  mine: ['mine', 'yours', 'his', 'hers', 'its', 'ours', 'yours', 'theirs'],
};

/** *she, her, her, hers*; things and animals are *it*. */
export function englishPronoun({ person, number, gender, human }: Agreement, form: Case): string {
  const third = human ? (gender === 'feminine' ? 3 : 2) : 4;
  const index = number === 'plural' ? 4 + person : person === 3 ? third : person - 1;
  return pronouns[form][index] as string;
}

export function englishNounPhrase(phrase: NounPhrase, form: 'subject' | 'object' = 'object'): string {
  switch (phrase.type) {
    case 'pronoun':
      return englishPronoun(phrase.agreement, form);
    case 'name':
      return phrase.name;
    case 'words':
      return phrase.words.english;
    case 'and': {
      const items = phrase.items.map((item) => englishNounPhrase(item, form));
      // English names itself last: Marco and I
      return agreementOf(phrase.items[0]).person === 1 ? items.reverse().join(' and ') : items.join(' and ');
    }
    case 'noun':
      return commonNounPhrase(phrase);
  }
}

function commonNounPhrase(phrase: CommonNounPhrase): string {
  const { noun, number, determiner } = phrase;
  const core = spaced(
    phrase.before?.english ?? '',
    phrase.after?.english ?? '',
    noun.english[number],
    phrase.rest?.english ?? '',
  );
  if (phrase.possessor) {
    const plural = agreementOf(phrase.possessor).number === 'plural';
    return spaced(genitive(englishNounPhrase(phrase.possessor), plural), core);
  }
  if (typeof determiner === 'object') {
    if ('count' in determiner) return spaced(englishNumber(determiner.count), core);
    if ('wornBy' in determiner) return worn(phrase, determiner.wornBy);
    if ('owner' in determiner) return spaced(englishPronoun(determiner.owner, 'own'), core);
    return spaced(indefinite(core), core, 'of', englishPronoun(determiner.friendOf, 'mine'));
  }
  const plural = number === 'plural';
  switch (determiner) {
    case 'definite':
      return spaced('the', core);
    case 'indefinite':
      return spaced(indefinite(core), core);
    case 'role':
      return plural ? core : spaced(indefinite(core), core);
    case 'generic':
    case 'bare':
      return core;
    case 'some':
      return spaced('some', core);
    case 'this':
      return spaced(plural ? 'these' : 'this', core);
    case 'that':
      return spaced(plural ? 'those' : 'that', core);
    case 'many':
      return spaced('many', core);
    case 'every':
      return spaced('every', core);
    case 'which':
      return spaced('which', core);
    case 'howMany':
      return spaced('how many', core);
  }
}

/** *my jacket*; of several people *our jackets*. */
function worn({ noun, number }: CommonNounPhrase, wearer: Agreement): string {
  return spaced(englishPronoun(wearer, 'own'), noun.english[wearer.number === 'plural' ? 'plural' : number]);
}
