import { agreementOf } from '../agreement.ts';
import type { Agreement, CommonNounPhrase, NounPhrase } from '../syntax.ts';
import { agree, agreeBefore } from './adjectives.ts';
import { definiteArticle, indefiniteArticle, that, thisOne, withArticleEnding, withPreposition } from './articles.ts';
import { italianNumber } from './numbers.ts';
import { and, joinWords } from './sounds.ts';

const subjects = ['io', 'tu', '', 'noi', 'voi', 'loro'];
const stressed = ['me', 'te', '', 'noi', 'voi', 'loro'];

/** A phrase as a subject, or after a preposition that fuses with its article. Dropped pronouns are the caller's affair. */
export function italianNounPhrase(phrase: NounPhrase, preposition = ''): string {
  switch (phrase.type) {
    case 'pronoun':
      return withPreposition(preposition, stressedPronoun(phrase.agreement, preposition === '' ? subjects : stressed));
    case 'name':
      return withPreposition(preposition, phrase.name);
    case 'words':
      return withPreposition(preposition, phrase.words.italian);
    case 'and': {
      const repeated = preposition === 'con' || preposition === 'per' ? '' : preposition;
      const second = italianNounPhrase(phrase.items[1], repeated);
      return joinWords(italianNounPhrase(phrase.items[0], preposition), and(second), second);
    }
    case 'noun':
      // *bisogno di forbici*, not *di delle forbici*
      if (preposition === 'di' && phrase.determiner === 'some')
        return `di ${commonNounPhrase({ ...phrase, determiner: 'bare' })}`;
      return withPreposition(preposition, commonNounPhrase(phrase));
  }
}

function stressedPronoun({ person, number, gender }: Agreement, forms: readonly string[]): string {
  if (person === 3 && number === 'singular') return gender === 'feminine' ? 'lei' : 'lui';
  return forms[person - 1 + (number === 'plural' ? 3 : 0)] as string;
}

function commonNounPhrase(phrase: CommonNounPhrase): string {
  const { noun, number, determiner } = phrase;
  const { gender } = agreementOf(phrase);
  const word = noun.italian[number];
  const before = phrase.before ? agreeBefore(phrase.before.italian, gender, number, word) : '';
  const after = phrase.after ? agree(phrase.after.italian, gender, number) : '';
  const possessor = phrase.possessor ? italianNounPhrase(phrase.possessor, 'di') : '';
  const rest = phrase.rest?.italian ?? '';
  const core = joinWords(before, word, after, possessor, rest);
  const article = () => joinWords(definiteArticle(gender, number, core), core);
  if (typeof determiner === 'object') {
    if ('wornBy' in determiner) return article();
    if ('count' in determiner) return joinWords(italianNumber(determiner.count), core);
    if ('friendOf' in determiner) {
      const mine = joinWords(possessive(determiner.friendOf, gender, number), core);
      return joinWords(indefiniteArticle(gender, mine), mine);
    }
    const owned = joinWords(possessive(determiner.owner, gender, number), core);
    const kin = (noun.kind === 'relative' || noun.kind === 'parent') && number === 'singular' && before + after === '';
    const their = determiner.owner.person === 3 && determiner.owner.number === 'plural';
    return kin && !their ? owned : joinWords(definiteArticle(gender, number, owned), owned);
  }
  switch (determiner) {
    case 'definite':
    case 'generic':
      return article();
    case 'indefinite':
      return joinWords(indefiniteArticle(gender, core), core);
    case 'bare':
    case 'role':
      return core;
    case 'some':
      return joinWords(withArticleEnding('de', gender, number, core), core);
    case 'this':
      return joinWords(thisOne(gender, number, core), core);
    case 'that':
      return joinWords(that(gender, number, core), core);
    case 'many':
      return joinWords(agree('molto', gender, number), core);
    case 'every':
      return joinWords('ogni', core);
    case 'which':
      return joinWords(agree('quale', gender, number), core);
    case 'howMany':
      return joinWords(agree('quanto', gender, number), core);
  }
}

const owners = ['mi', 'tu', 'su', 'nostr', 'vostr', 'loro'];

/** *mio, mia, miei, mie; tuo…; suo…; nostro…; loro*. */
export function possessive(owner: Agreement, gender: 'masculine' | 'feminine', number: 'singular' | 'plural'): string {
  const stem = owners[owner.person - 1 + (owner.number === 'plural' ? 3 : 0)] as string;
  if (stem === 'loro') return stem;
  if (gender === 'feminine') return stem + (number === 'singular' ? 'a' : 'e');
  if (number === 'singular') return `${stem}o`;
  return stem === 'mi' ? 'miei' : stem.endsWith('r') ? `${stem}i` : `${stem}oi`;
}
