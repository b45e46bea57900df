import { agreementOf } from '../agreement.ts';
import type { Agreement, Clause, EnglishPart, Filler, Predicate, VerbPhrase } from '../syntax.ts';
import { englishNounPhrase, englishPronoun } from './noun-phrase.ts';
import { be, ingForm, negate, pastParticiple, pastTense, presentTense } from './verbs.ts';
import { compare, spaced } from './words.ts';

/** The first auxiliary, when there is one, and the rest of the verb group. */
interface VerbGroup {
  readonly auxiliary: string;
  readonly main: string;
}

/** The clause in words, without capital and full stop. */
export function englishClause(clause: Clause): string {
  const agreement = agreementOf(clause.subject);
  const negated = clause.negated === true || clause.adverb?.englishNegative === true;
  const question = clause.mood === 'question';
  const { auxiliary, main } = verbGroup(clause, agreement, negated || question);
  const finite = negated ? negate(auxiliary) : auxiliary;
  const silent = clause.gap === 'subject' || clause.tense === 'imperative';
  const subject = silent ? '' : englishNounPhrase(clause.subject, 'subject');
  const adverb = clause.adverb && !clause.adverb.englishLast ? clause.adverb.english : '';
  const last = clause.adverb?.englishLast ? clause.adverb.english : '';
  const head = question ? [finite, subject, adverb, main] : [subject, finite, adverb, main];
  const end = clause.end?.map((pair) => pair.english) ?? [];
  return spaced(fronted(clause.front?.english), ...head, complements(clause, agreement), last, ...end);
}

/** *read the book*, *brush my teeth*; `ing` for *reading the book*. */
export function englishInfinitive(phrase: VerbPhrase, agreement: Agreement, form: 'base' | 'ing' = 'base'): string {
  const { base } = phrase.verb.english;
  return spaced(form === 'ing' ? ingForm(base) : base, complements(phrase, agreement));
}

/** A comma after an opening phrase, none after a single word. */
function fronted(phrase = ''): string {
  return phrase.includes(' ') ? `${phrase},` : phrase;
}

const modals = new Set(['can', 'could', 'should', 'must', 'would']);

function verbGroup(clause: Clause, agreement: Agreement, needsAuxiliary: boolean): VerbGroup {
  const { governor } = clause;
  const own = clause.verb.english.base;
  if (!governor) return tensed(clause, own, agreement, needsAuxiliary);
  const dependent = governor.form === 'ing' ? ingForm(own) : governor.form === 'to' ? `to ${own}` : own;
  const [first, ...words] = governor.english.split(' ') as [string, ...string[]];
  if (modals.has(first)) return { auxiliary: first, main: spaced(...words, dependent) };
  const group = tensed(clause, first, agreement, needsAuxiliary);
  return { auxiliary: group.auxiliary, main: spaced(group.main, ...words, dependent) };
}

/** The tenses of one verb; `do` comes in where an auxiliary is needed and there is none. */
function tensed({ tense, verb }: Clause, base: string, agreement: Agreement, needsAuxiliary: boolean): VerbGroup {
  const plain = (support: string, form: string): VerbGroup => {
    if (base === 'be') return { auxiliary: form, main: '' };
    return needsAuxiliary ? { auxiliary: support, main: base } : { auxiliary: '', main: form };
  };
  const have = presentTense('have', agreement);
  switch (tense) {
    case 'present':
    case 'subjunctive':
    case 'future in time clause':
      return plain(presentTense('do', agreement), presentTense(base, agreement));
    case 'progressive':
    case 'now':
      return { auxiliary: be(agreement, 'present'), main: ingForm(base) };
    case 'past':
    case 'state past':
      return plain('did', base === 'be' ? be(agreement, 'past') : pastTense(base));
    case 'hypothesis':
      return plain('did', base === 'be' ? 'were' : pastTense(base));
    case 'perfect':
    case 'perfect subjunctive':
      return { auxiliary: have, main: pastParticiple(base) };
    case 'pluperfect':
      return { auxiliary: 'had', main: pastParticiple(base) };
    case 'since':
      return { auxiliary: have, main: verb.course === 'state' ? pastParticiple(base) : `been ${ingForm(base)}` };
    case 'usedTo':
      return needsAuxiliary ? { auxiliary: 'did', main: `use to ${base}` } : { auxiliary: '', main: `used to ${base}` };
    case 'was doing':
    case 'past progressive':
      return { auxiliary: be(agreement, 'past'), main: ingForm(base) };
    case 'future':
      return { auxiliary: 'will', main: base };
    case 'conditional':
      return { auxiliary: 'would', main: base };
    case 'imperative':
      if (agreement.person === 1) return { auxiliary: '', main: `let's ${base}` };
      return needsAuxiliary ? { auxiliary: 'do', main: base } : { auxiliary: '', main: base };
  }
}

const particles = new Set(['on', 'off', 'up', 'down', 'out', 'away', 'back']);
/** Verbs with *give me the book* beside *give the book to Marco*. */
const shifting = new Set('give send show lend tell write bring read offer teach sell pass'.split(' '));

function complements({ verb, fillers, gap }: VerbPhrase & Partial<Clause>, agreement: Agreement): string {
  const words: string[] = [];
  for (const part of reordered(verb.english.base, verb.english.parts, fillers)) {
    if (typeof part === 'string') words.push(part);
    else if ('own' in part) words.push(englishPronoun(agreement, 'own'));
    else if (part.slot !== gap) words.push(fillerWords(fillers[part.slot] as Filler));
  }
  return spaced(...words);
}

/** Pronouns move: *turn it on*, *give me the book*. */
function reordered(base: string, parts: readonly EnglishPart[], fillers: readonly Filler[]): readonly EnglishPart[] {
  const isPronoun = (part: EnglishPart | undefined) =>
    typeof part === 'object' && 'slot' in part && fillers[part.slot]?.type === 'pronoun';
  const [first, second, third] = parts;
  if (typeof first === 'string' && particles.has(first) && isPronoun(second)) {
    return [second as EnglishPart, first, ...parts.slice(2)];
  }
  if (shifting.has(base) && second === 'to' && isPronoun(third) && !isPronoun(first)) {
    return [third as EnglishPart, first as EnglishPart, ...parts.slice(3)];
  }
  return parts;
}

function fillerWords(filler: Filler): string {
  if (filler.type === 'place') return filler.words === 'there' ? 'there' : filler.words.english;
  return filler.type === 'predicate' ? predicate(filler) : englishNounPhrase(filler);
}

function predicate({ adjective, degree, than, as }: Predicate): string {
  if (than) return `${compare(adjective.english, 'comparative')} than ${englishNounPhrase(than, 'object')}`;
  if (as) return `as ${adjective.english} as ${englishNounPhrase(as, 'object')}`;
  return spaced(degree?.english ?? '', adjective.english);
}
