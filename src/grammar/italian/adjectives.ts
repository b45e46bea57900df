import type { Gender, GrammaticalNumber } from '../syntax.ts';
import { withArticleEnding } from './articles.ts';
import { beginsHeavy, beginsWithVowel } from './sounds.ts';

const invariable = new Set(['blu', 'rosa', 'viola']);

/** Plurals in *-ci* where the rule makes *-chi*: the stress falls two syllables before the end. */
const softPlurals = new Set(
  `simpatico antipatico greco elettrico pratico fantastico economico romantico storico magnifico unico pubblico classico
  comico pacifico magico`.split(/\s+/),
);

/** Makes a masculine singular adjective agree: *rosso, rossa, rossi, rosse*; *felice, felici*; *blu*. */
export function agree(adjective: string, gender: Gender, number: GrammaticalNumber): string {
  if (invariable.has(adjective)) return adjective;
  const stem = adjective.slice(0, -1);
  if (adjective.endsWith('e')) return number === 'plural' ? `${stem}i` : adjective;
  if (adjective.endsWith('ista')) {
    return number === 'singular' ? adjective : gender === 'masculine' ? `${stem}i` : `${stem}e`;
  }
  if (gender === 'feminine') {
    if (number === 'singular') return `${stem}a`;
    if (/[cg]$/.test(stem)) return `${stem}he`;
    if (/[^aeiou][cg]i$/.test(stem)) return `${stem.slice(0, -1)}e`;
    return `${stem}e`;
  }
  if (number === 'singular') return adjective;
  if (/[cg]$/.test(stem)) return softPlurals.has(adjective) ? `${stem}i` : `${stem}hi`;
  return stem.endsWith('i') ? stem : `${stem}i`;
}

/**
 * The form before a noun, where *bello*, *buono* and *grande* change: *un bel libro, un bello specchio, dei begli occhi,
 * un buon amico*.
 */
export function agreeBefore(adjective: string, gender: Gender, number: GrammaticalNumber, next: string): string {
  if (adjective === 'bello') return withArticleEnding('be', gender, number, next);
  if (adjective === 'buono' && number === 'singular') {
    if (gender === 'masculine') return beginsHeavy(next) ? 'buono' : 'buon';
    return beginsWithVowel(next) ? "buon'" : 'buona';
  }
  return agree(adjective, gender, number);
}
