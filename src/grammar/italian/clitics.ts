import type { Agreement } from '../syntax.ts';
import { joinWords } from './sounds.ts';

export interface Clitic {
  readonly case: 'accusative' | 'dative' | 'reflexive' | 'place' | 'partitive';
  /** Of what the pronoun stands for; the subject's for a reflexive. */
  readonly agreement: Agreement;
}

/** The single form: *mi, ti, lo, la, gli, le, si, ci, vi, li, ne*. */
function clitic({ case: role, agreement: { person, number, gender } }: Clitic): string {
  if (role === 'place') return 'ci';
  if (role === 'partitive') return 'ne';
  if (person === 1) return number === 'singular' ? 'mi' : 'ci';
  if (person === 2) return number === 'singular' ? 'ti' : 'vi';
  if (role === 'reflexive') return 'si';
  if (role === 'dative') return number === 'singular' && gender === 'feminine' ? 'le' : 'gli';
  if (number === 'singular') return gender === 'feminine' ? 'la' : 'lo';
  return gender === 'feminine' ? 'le' : 'li';
}

const order = ['dative', 'reflexive', 'place', 'accusative', 'partitive'];

/** One or two clitics in their order and joint form: *me lo, te ne, glielo*; parts to be set side by side or fused. */
function combine(clitics: readonly Clitic[]): string[] {
  const sorted = [...clitics].sort((a, b) => order.indexOf(a.case) - order.indexOf(b.case));
  const forms = sorted.map(clitic);
  const [first, second] = forms;
  if (first === undefined || second === undefined) return forms;
  if (sorted[0]?.case === 'dative' && sorted[0].agreement.person === 3) return [`glie${second}`];
  return [first.replace(/i$/, 'e'), second];
}

/** The forms of *avere*, before which *lo* and *la* are elided: *l'ho vista*, but *la inviterò*. */
const avere = /^(ho|hai|ha|hanno|abbia\w*|avete|avev\w+|avr\w+|avess\w+)$/;

/** Before a finite verb: *me lo dai*, *glielo do*, *l'ho visto*. */
export function proclitic(clitics: readonly Clitic[], verb: string): string {
  const text = combine(clitics).join(' ');
  if (text === '') return verb;
  const elides = /(^| |glie)l[oa]$/.test(text) && avere.test(verb);
  return elides ? `${text.slice(0, -1)}'${verb}` : joinWords(text, verb);
}

/** After an infinitive, gerund or imperative, in one word: *vederlo, dammelo, leggendola*. */
export function enclitic(verb: string, clitics: readonly Clitic[]): string {
  const text = combine(clitics).join('');
  if (text === '') return verb;
  if (verb.endsWith("'")) {
    const bare = verb.slice(0, -1);
    return bare + (text.startsWith('gli') ? text : text.charAt(0) + text);
  }
  if (verb.endsWith('urre')) return `${verb.slice(0, -2)}${text}`;
  return /[aei]re$/.test(verb) ? verb.slice(0, -1) + text : verb + text;
}
