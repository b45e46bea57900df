/** How a word begins decides its article and much else. */

/** Begins with a vowel sound (the h is silent): *l'amico, l'hotel, un'ora*. */
export function beginsWithVowel(word: string): boolean {
  return /^[aeiouhàèéìòù]/i.test(word);
}

/** Takes *lo, gli, uno*: s and a consonant, z, gn, ps, pn, x, y. */
export function beginsHeavy(word: string): boolean {
  return /^(s[bcdfghlmnpqrtvz]|z|gn|ps|pn|x|y)/i.test(word);
}

/** Joins two words with a space, or with none after an apostrophe. */
export function joinWords(...words: readonly string[]): string {
  let text = '';
  for (const word of words) {
    if (word === '') continue;
    // the apostrophe of *di'!* (say!) is no elision
    text += text === '' || (text.endsWith("'") && !/\bdi'$/i.test(text)) ? word : ` ${word}`;
  }
  return text;
}

/** *e*, but *ed* before another e: *Marco ed Elena*. */
export function and(next: string): string {
  return /^[eè]/i.test(next) ? 'ed' : 'e';
}

/** *a*, but *ad* before another a: *ad Anna*. */
export function to(next: string): string {
  return /^a/i.test(next) ? 'ad' : 'a';
}
