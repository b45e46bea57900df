import { agreementOf } from '../agreement.ts';
import type { Agreement, Clause, Filler, NounPhrase, Predicate, Tense, VerbPhrase } from '../syntax.ts';
import { agree } from './adjectives.ts';
import { withPreposition } from './articles.ts';
import { type Clitic, enclitic, proclitic } from './clitics.ts';
import { essereVerbs, essereWithoutObject } from './irregular.ts';
import { italianNounPhrase } from './noun-phrase.ts';
import { joinWords } from './sounds.ts';
import { conjugate, gerund, imperative, participle, type SimpleTense } from './verbs.ts';

/** How each tense is made: one finite verb, alone or with a participle or a gerund. */
const tenses: Readonly<Record<Tense, readonly [SimpleTense, ('participle' | 'gerund')?]>> = {
  present: ['present'],
  progressive: ['present', 'gerund'],
  now: ['present'],
  past: ['present', 'participle'],
  perfect: ['present', 'participle'],
  'state past': ['imperfect'],
  usedTo: ['imperfect'],
  'was doing': ['imperfect'],
  'past progressive': ['imperfect', 'gerund'],
  future: ['future'],
  'future in time clause': ['future'],
  conditional: ['conditional'],
  subjunctive: ['subjunctive'],
  'perfect subjunctive': ['subjunctive', 'participle'],
  hypothesis: ['hypothesis'],
  since: ['present'],
  pluperfect: ['imperfect', 'participle'],
  imperative: ['present'],
};

/** What a verb's slots become: pronouns on the verb, the rest as words after it. */
interface Complements {
  readonly clitics: readonly Clitic[];
  readonly words: string;
}

/** The clause in words, without capital and full stop. */
export function italianClause(clause: Clause): string {
  const { verb } = clause;
  const subject = verb.experiencer ? (clause.fillers[0] as NounPhrase) : clause.subject;
  const agreement = agreementOf(subject);
  const { clitics, words } = complements(clause, agreement);
  const group = verbGroup(clause, agreement, clitics);
  const unspoken = clause.gap === 'subject' || clause.tense === 'imperative';
  const spoken = unspoken || (subject.type === 'pronoun' && subject.dropped) ? '' : italianNounPhrase(subject);
  const first = verb.experiencer ? feeler(clause.subject) : clause.inverted ? '' : spoken;
  const last = verb.experiencer || clause.inverted ? spoken : '';
  const end = clause.end?.map((pair) => pair.italian) ?? [];
  return joinWords(clause.front?.italian ?? '', first, group, words, last, ...end);
}

/** *leggere il libro*, *lavarmi i denti*: a verb phrase whose subject is understood. */
export function italianInfinitive(phrase: VerbPhrase, agreement: Agreement): string {
  const { clitics, words } = complements(phrase, agreement);
  return joinWords(enclitic(phrase.verb.italian.infinitive, clitics), words);
}

/** The words that stand in front of a clause for its gap: *con* for *con chi*, *con cui*. */
export function gapPreposition(clause: Clause): string {
  const part = clause.verb.italian.parts.find((p) => typeof p === 'object' && p.slot === clause.gap);
  return typeof part === 'object' ? part.preposition : '';
}

function feeler(subject: NounPhrase): string {
  return subject.type === 'pronoun' ? '' : italianNounPhrase(subject, 'a');
}

function complements(
  { verb, fillers, gap, subject }: Partial<Clause> & Pick<Clause, 'verb' | 'fillers'>,
  agreement: Agreement,
): Complements {
  const clitics: Clitic[] = verb.italian.reflexive ? [{ case: 'reflexive', agreement }] : [];
  if (verb.experiencer) {
    if (subject?.type === 'pronoun') clitics.push({ case: 'dative', agreement: subject.agreement });
    return { clitics, words: '' };
  }
  const words: string[] = [];
  for (const part of verb.italian.parts) {
    if (typeof part === 'string') {
      words.push(part.startsWith('~') ? agree(part.slice(1), agreement.gender, agreement.number) : part);
      continue;
    }
    if (part.slot === gap) continue;
    const filler = fillers[part.slot] as Filler;
    if (filler.type === 'place') {
      if (filler.words === 'there') clitics.push({ case: 'place', agreement });
      else words.push(filler.words.italian);
    } else if (filler.type === 'predicate') {
      words.push(predicate(filler, agreement));
    } else if (filler.type === 'pronoun' && (part.preposition === '' || part.preposition === 'a')) {
      clitics.push({ case: part.preposition === '' ? 'accusative' : 'dative', agreement: filler.agreement });
    } else {
      words.push(italianNounPhrase(filler, part.preposition));
    }
  }
  return { clitics, words: joinWords(...words) };
}

function predicate({ adjective, degree, than, as }: Predicate, { gender, number }: Agreement): string {
  const form = agree(adjective.italian, gender, number);
  if (than) return joinWords('più', form, italianNounPhrase(than, 'di'));
  if (as) return joinWords(form, 'come', italianNounPhrase(as));
  return joinWords(degree?.italian ?? '', form);
}

function verbGroup(clause: Clause, agreement: Agreement, clitics: readonly Clitic[]): string {
  const { verb, governor, tense } = clause;
  const not = clause.negated || clause.adverb?.italianNegative ? 'non' : '';
  const adverb = clause.adverb?.italian ?? '';
  const { infinitive } = verb.italian;
  if (tense === 'imperative') return command(clause, agreement, clitics);
  const [simple, rest] = tenses[tense];
  const finite = (head: string) => conjugate(head, simple, agreement.person, agreement.number);
  if (governor) {
    const dependent = withPreposition(governor.preposition, enclitic(infinitive, clitics));
    if (rest !== 'participle') return joinWords(not, finite(governor.italian), adverb, dependent);
    const essere = modals.has(governor.italian)
      ? clitics.length === 0 && takesEssere(clause)
      : essereVerbs.has(governor.italian);
    const participleForm = agreeing(participle(governor.italian), essere ? agreement : undefined);
    return joinWords(not, finite(essere ? 'essere' : 'avere'), adverb, participleForm, dependent);
  }
  if (rest === 'gerund') return joinWords(not, proclitic(clitics, finite('stare')), adverb, gerund(infinitive));
  if (rest === 'participle') {
    const essere = takesEssere(clause);
    const object = clitics.find((c) => c.case === 'accusative' && c.agreement.person === 3);
    const form = agreeing(participle(infinitive), essere ? agreement : object?.agreement);
    return joinWords(not, proclitic(clitics, finite(essere ? 'essere' : 'avere')), adverb, form);
  }
  return joinWords(not, proclitic(clitics, finite(infinitive)), adverb);
}

const modals = new Set(['potere', 'dovere', 'volere']);

function takesEssere({ verb }: Pick<Clause, 'verb'>): boolean {
  const { infinitive, reflexive, parts } = verb.italian;
  if (reflexive || verb.experiencer || essereVerbs.has(infinitive)) return true;
  return essereWithoutObject.has(infinitive) && parts.length === 0;
}

/** A participle agrees with the subject after *essere* and with a pronoun object after *avere*. */
function agreeing(form: string, agreement: Agreement | undefined): string {
  return agreement ? agree(form, agreement.gender, agreement.number) : form;
}

/** Said in full where no pronoun follows: *vai!*, but *vacci!* */
const whole = new Set(['andare', 'dare', 'fare', 'stare']);

/** *leggilo!*, *non leggerlo!*, *andiamo!* */
function command(clause: Clause, { person, number }: Agreement, clitics: readonly Clitic[]): string {
  const { infinitive } = clause.verb.italian;
  const singular = person === 2 && number === 'singular';
  const form =
    singular && clause.negated
      ? infinitive
      : singular && clitics.length === 0 && whole.has(infinitive)
        ? conjugate(infinitive, 'present', 2, number)
        : imperative(infinitive, person === 1 ? 1 : 2, number);
  return joinWords(clause.negated ? 'non' : '', enclitic(form, clitics), clause.adverb?.italian ?? '');
}

/** *aver letto il libro*, *essere tornata a casa*, *essersi lavato*: after *dopo*. */
export function italianPerfectInfinitive(phrase: VerbPhrase, agreement: Agreement): string {
  const { clitics, words } = complements(phrase, agreement);
  const { infinitive } = phrase.verb.italian;
  const essere = takesEssere(phrase);
  const auxiliary = clitics.length > 0 ? enclitic(essere ? 'essere' : 'avere', clitics) : essere ? 'essere' : 'aver';
  return joinWords(auxiliary, agreeing(participle(infinitive), essere ? agreement : undefined), words);
}
