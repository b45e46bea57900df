import type { EnglishPart, ItalianPart, Slot, Verb } from '../syntax.ts';
import { lines } from './tables.ts';

const prepositions = new Set(['a', 'di', 'da', 'in', 'con', 'su', 'per']);
const courses = new Set(['state', 'activity', 'mishap']);
const flags = new Set([...courses, ...'sudden regular once rare daily adult finished feel with'.split(' ')]);

/**
 * Reads a table of verbs, a line each: `leggere <reading> | read <reading> | @home with`.
 *
 * Italian, English, then what is known of it. Between angle brackets a slot: a kind of noun, and in front of it how it
 * may be introduced: `<the device>`, `<all growing>` (the, plural), `<own belonging>`, `<worn garment>` (*la giacca*, my jacket), `<generic music>`, `<bare game>`, `<a present>`; `<at city>`,
 * `<to town>`, `<from town>` are places; `<adjective>` a state. The English side names its slots by kind alone.
 * `~stanco` agrees with the subject. `OWN` is the subject's possessive. After the second bar: `@kind` places where it happens, `with` in company, `feel` the
 * Italian subject is what is felt (*mi piace*), `by kind` its subjects when they are not people, and the words that
 * `Verb` in syntax.ts explains: `state`, `activity` or `mishap`; `sudden`, `regular`, `once`, `rare`, `daily`, `adult`,
 * `finished`.
 * @throws Error for a line that is not of this form: a mistake in the lexicon, found by its test.
 */
export function readVerbs(table: string): Verb[] {
  return lines(table).map(readVerb);
}

/** One line of such a table. */
export function readVerb(line: string): Verb {
  const [italian, english, notes = ''] = line.split('|').map((part) => part.trim()) as [string, string?, string?];
  if (!italian || !english) throw new Error(`not a verb: ${line}`);
  const slots: Slot[] = [];
  const [infinitive, ...italianWords] = tokens(italian) as [string, ...string[]];
  const italianParts: ItalianPart[] = [];
  for (const word of italianWords) {
    const slot = readSlot(word);
    if (!slot) {
      italianParts.push(word);
      continue;
    }
    const last = italianParts.at(-1);
    const preposition = typeof last === 'string' && prepositions.has(last) && slot.role === 'noun' ? last : '';
    if (preposition !== '') italianParts.pop();
    italianParts.push({ slot: slots.length, preposition });
    slots.push(slot);
  }
  const [base, ...englishWords] = tokens(english) as [string, ...string[]];
  const englishParts = englishWords.map((word): EnglishPart => {
    if (word === 'OWN') return { own: true };
    if (!word.startsWith('<')) return word;
    const slot = slots.findIndex((s) => s.kind === word.slice(1, -1));
    if (slot < 0) throw new Error(`no slot ${word} in the Italian of: ${line}`);
    return { slot };
  });
  const words = tokens(notes);
  const subject = words.indexOf('by') < 0 ? 'person' : (words[words.indexOf('by') + 1] as string);
  const unknown = words.find((w, i) => !flags.has(w) && !w.startsWith('@') && w !== 'by' && words[i - 1] !== 'by');
  if (unknown) throw new Error(`unknown note ${unknown} in: ${line}`);
  const reflexive = /rsi$/.test(infinitive);
  return {
    name: tokens(english)
      .filter((word) => !word.startsWith('<'))
      .join(' '),
    subject,
    italian: { infinitive: reflexive ? `${infinitive.slice(0, -2)}e` : infinitive, reflexive, parts: italianParts },
    english: { base, parts: englishParts },
    slots,
    course: (words.find((w) => courses.has(w)) ?? 'deed') as Verb['course'],
    sudden: words.includes('sudden'),
    regular: words.includes('regular'),
    once: words.includes('once') || words.includes('rare'),
    rare: words.includes('rare'),
    daily: words.includes('daily'),
    adult: words.includes('adult'),
    finished: words.includes('finished'),
    experiencer: words.includes('feel'),
    places: words.filter((w) => w.startsWith('@')).map((w) => w.slice(1)),
    company: words.includes('with'),
  };
}

/** Words and `<slots>`, which may hold a space. */
function tokens(text: string): string[] {
  return text.match(/<[^>]*>|\S+/g) ?? [];
}

const policies = new Set(['the', 'all', 'generic', 'bare', 'own', 'worn', 'this', 'that', 'a']);
const roles = new Set(['at', 'to', 'from']);

function readSlot(word: string): Slot | undefined {
  if (!word.startsWith('<')) return undefined;
  const [first, second] = word.slice(1, -1).split(' ') as [string, string?];
  if (first === 'adjective') return { kind: first, policy: 'free', role: 'adjective' };
  if (second === undefined) return { kind: first, policy: 'free', role: 'noun' };
  if (roles.has(first)) return { kind: second, policy: 'free', role: first as 'at' };
  if (policies.has(first)) return { kind: second, policy: first as 'the', role: 'noun' };
  throw new Error(`unknown slot ${word}`);
}
