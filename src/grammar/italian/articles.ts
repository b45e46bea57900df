import type { Gender, GrammaticalNumber } from '../syntax.ts';
import { beginsHeavy, beginsWithVowel, joinWords, to } from './sounds.ts';

/** *il, lo, la, l', i, gli, le*, by gender, number and the first sound of the word that follows. */
export function definiteArticle(gender: Gender, number: GrammaticalNumber, next: string): string {
  if (gender === 'feminine') return number === 'plural' ? 'le' : beginsWithVowel(next) ? "l'" : 'la';
  if (number === 'plural') return beginsWithVowel(next) || beginsHeavy(next) ? 'gli' : 'i';
  return beginsWithVowel(next) ? "l'" : beginsHeavy(next) ? 'lo' : 'il';
}

/** *un, uno, una, un'*. */
export function indefiniteArticle(gender: Gender, next: string): string {
  if (gender === 'feminine') return beginsWithVowel(next) ? "un'" : 'una';
  return beginsHeavy(next) ? 'uno' : 'un';
}

/** *quel, quello, quell', quella, quei, quegli, quelle*: made as the article is. */
export function that(gender: Gender, number: GrammaticalNumber, next: string): string {
  return withArticleEnding('que', gender, number, next);
}

/** *questo, questa, quest', questi, queste*. */
export function thisOne(gender: Gender, number: GrammaticalNumber, next: string): string {
  if (number === 'plural') return gender === 'masculine' ? 'questi' : 'queste';
  return beginsWithVowel(next) ? "quest'" : gender === 'masculine' ? 'questo' : 'questa';
}

/** *be-l, be-llo, be-ll', be-i, be-gli, be-lla, be-lle*: a stem with the endings of *del, dello, dell'…*. */
export function withArticleEnding(stem: string, gender: Gender, number: GrammaticalNumber, next: string): string {
  return fuse(stem, definiteArticle(gender, number, next));
}

/** *de* + *il* is *del*, + *lo* *dello*, + *i* *dei*. */
function fuse(stem: string, article: string): string {
  return stem + (article === 'il' ? 'l' : article.startsWith('l') ? `l${article}` : article);
}

const articulated: Readonly<Record<string, string>> = { a: 'a', da: 'da', di: 'de', in: 'ne', su: 'su' };

/**
 * A preposition and the phrase after it, fused with an article it begins with: *di* + *il libro* is *del libro*; *con*
 * and *per* stay apart.
 */
export function withPreposition(preposition: string, phrase: string): string {
  if (preposition === '') return phrase;
  const match = /^(il|lo|la|i|gli|le|l')( |(?<=')|$)(.*)$/.exec(phrase);
  const stem = articulated[preposition];
  if (match && stem !== undefined) {
    return joinWords(fuse(stem, match[1] as string), match[3] as string);
  }
  return joinWords(preposition === 'a' ? to(phrase) : preposition, phrase);
}
