/** English spelling: plurals, articles, comparison. British where countries differ. */

/** The regular plural: *books, boxes, cities*. Irregular ones stand in the lexicon. */
export function englishPlural(singular: string): string {
  if (/[^aeiou]y$/.test(singular)) return `${singular.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(singular) ? `${singular}es` : `${singular}s`;
}

const vowelSound = /^(?:[aeio]|u(?!ni[^nm]|s[eu]|k|rin|til))/i;

/** *a* or *an*, by the sound that follows: *an hour, a university, an umbrella*. */
export function indefinite(next: string): 'a' | 'an' {
  if (/^(hour|honest)/i.test(next)) return 'an';
  if (/^(one|eu)/i.test(next)) return 'a';
  return vowelSound.test(next) ? 'an' : 'a';
}

const irregularComparison: Readonly<Record<string, readonly [string, string]>> = {
  good: ['better', 'best'],
  bad: ['worse', 'worst'],
  far: ['farther', 'farthest'],
};

/** One-syllable adjectives that double their last consonant, and longer ones that still take *-er*. */
const doubling = new Set(['big', 'thin', 'fat', 'hot', 'sad', 'wet']);
const shortEnough =
  /^[^aeiouy]*[aeiouy]+[^aeiouy]*e?$|^[^aeiouy]*[aeiou]+[^aeiouy]+y$|^(simple|clever|quiet|narrow|gentle)$/;

/** *taller*, *tallest*; *more expensive*, *most expensive*. */
export function compare(adjective: string, degree: 'comparative' | 'superlative'): string {
  const irregular = irregularComparison[adjective];
  if (irregular) return irregular[degree === 'comparative' ? 0 : 1];
  if (adjective.includes(' ') || !shortEnough.test(adjective) || /(ed|ing)$/.test(adjective)) {
    return `${degree === 'comparative' ? 'more' : 'most'} ${adjective}`;
  }
  const ending = degree === 'comparative' ? 'er' : 'est';
  if (doubling.has(adjective)) return adjective + adjective.slice(-1) + ending;
  if (/[^aeiou]y$/.test(adjective)) return `${adjective.slice(0, -1)}i${ending}`;
  return adjective.endsWith('e') ? adjective + ending.slice(1) : adjective + ending;
}

/** *Marco's*, *my parents'*. */
export function genitive(phrase: string, plural: boolean): string {
  return plural && phrase.endsWith('s') ? `${phrase}'` : `${phrase}'s`;
}

/** Words apart by one space, empty ones left out. */
export function spaced(...words: readonly string[]): string {
  let text = '';
  for (const word of words) if (word !== '') text += text === '' ? word : ` ${word}`;
  return text;
}
