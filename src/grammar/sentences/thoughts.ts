import { agreementOf, person, pronoun } from '../agreement.ts';
import { chance, combine, type Derivation, pick, until, weighted } from '../derivation.ts';
import { englishClause, englishInfinitive } from '../english/clause.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { italianClause, italianInfinitive } from '../italian/clause.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { askedOf, askedWhen } from '../lexicon/asking.ts';
import {
  beliefs,
  blessings,
  certainties,
  doubts,
  fears,
  findings,
  hopes,
  judgements,
  misfortunes,
  opinions,
  pastimes,
  skills,
} from '../lexicon/opinions.ts';
import { readVerb } from '../lexicon/read-verbs.ts';
import * as times from '../lexicon/times.ts';
import type { Clause, NounPhrase, Pair, Tense } from '../syntax.ts';
import { thingIs } from './descriptions.ts';
import { fill } from './objects.ts';
import { headOf, isChild, oneGrownUp, someone, speaker } from './people.ts';
import { clauseOf } from './reasons.ts';
import { finish, frame, render } from './render.ts';
import { futureClause, pastClause } from './statements.ts';

/** Somebody grown up, in words: the subjunctive has one form for I, you and he, so nobody is left to be guessed. */
function named(d: Derivation): NounPhrase {
  return until(d, someone, (who) => !isChild(who));
}

/** *Penso che Marco abbia ragione*, *Spero che il museo non sia chiuso.* */
function belief(d: Derivation): Pair | undefined {
  const opening = pick(d, beliefs);
  const who = chance(d, 0.1) ? pronoun(person(2), false) : named(d);
  const head = headOf(who);
  if (head && opening.english.startsWith(head)) return undefined;
  const clause = weighted<() => Clause>(d, [
    [4, () => clauseOf(d, who, pick(d, opinions), 'subjunctive', chance(d, 0.15))],
    [3, () => clauseOf(d, who, pick(d, findings), 'perfect subjunctive')],
    [2, () => ({ ...thingIs(d), tense: 'subjunctive' as const, negated: false })],
  ])();
  return finish(frame('{0} {1}', '{0} {1}', opening, render(clause)), '.');
}

/** *Spero che Marco abbia trovato un lavoro*, *Temo che abbia perso il treno.* */
function hope(d: Derivation): Pair {
  const good = chance(d, 0.6);
  const opening = pick(d, good ? hopes : fears);
  const who = named(d);
  const verb = pick(d, good ? blessings : misfortunes);
  combine(d, opening.english, verb.name);
  return finish(frame('{0} {1}', '{0} {1}', opening, render(clauseOf(d, who, verb, 'perfect subjunctive'))), '.');
}

/** *So che Anna abita a Roma*, *È vero che il treno è partito.* */
function certainty(d: Derivation): Pair | undefined {
  const opening = pick(d, certainties);
  const who = named(d);
  const clause = weighted<() => Clause>(d, [
    [4, () => clauseOf(d, who, pick(d, opinions), 'present')],
    [2, () => timeLast(futureClause(d, who))],
    [2, () => timeLast(pastClause(d, who))],
    [2, () => ({ ...thingIs(d), tense: 'present' as const, negated: false })],
  ])();
  // nobody remembers what is yet to come
  if (clause.tense === 'future' && /remember|forgot/.test(opening.english)) return undefined;
  return finish(frame('{0} {1}', '{0} {1}', opening, render(clause)), '.');
}

const say = [
  { italian: 'dice', english: 'says', past: false, late: false },
  { italian: 'ha detto', english: 'said', past: true, late: false },
  { italian: 'mi ha detto', english: 'told me', past: true, late: false },
  // only what one may be the last to know
  { italian: 'ha capito', english: 'realised', past: true, late: true },
  { italian: 'ha scoperto', english: 'found out', past: true, late: true },
] as const;

/** With its time last, as it sounds best in a clause that depends on another. */
function timeLast({ front, ...clause }: Clause): Clause {
  return front ? { ...clause, end: [...(clause.end ?? []), front] } : clause;
}

/** *Maria dice che ha fame*, *Marco mi ha detto che aveva perso il treno*: the speaker is the subject of both. */
function report(d: Derivation): Pair {
  const who = oneGrownUp(d);
  const { italian, english, past, late } = pick(d, say);
  const head = headOf(who) as string;
  combine(d, head, english);
  const same = pronoun(agreementOf(who));
  const [state, deed]: [Tense, Tense] = past ? ['state past', 'pluperfect'] : ['present', 'perfect'];
  const clause = weighted<() => Clause>(d, [
    [late ? 0 : 3, () => clauseOf(d, same, pick(d, opinions), state)],
    [3, () => clauseOf(d, same, pick(d, late ? misfortunes : findings), deed)],
    [past ? 0 : 2, () => timeLast(futureClause(d, same))],
  ])();
  const teller: Pair = { italian: italianNounPhrase(who), english: englishNounPhrase(who, 'subject') };
  return finish(frame(`{0} ${italian} che {1}`, `{0} ${english} that {1}`, teller, render(clause)), '.');
}

/** *Non so dove abita Marco*, *Mi chiedo a che ora parte il treno.* */
function doubt(d: Derivation): Pair {
  const opening = pick(d, doubts);
  const who = someone(d);
  const [word, clause] = weighted<() => readonly [Pair, Clause]>(d, [
    [
      3,
      () => {
        const verb = pick(d, askedOf);
        return [
          { italian: 'dove', english: 'where' },
          { ...clauseOf(d, who, verb, verb.course === 'state' ? 'present' : 'future'), inverted: true },
        ];
      },
    ],
    [
      3,
      () => [
        { italian: 'quando', english: 'when' },
        { ...clauseOf(d, who, pick(d, askedWhen.slice(0, 4)), pick(d, ['past', 'future'])), inverted: true },
      ],
    ],
    [
      2,
      () => {
        const verb = pick(d, opinions);
        return [{ italian: 'perché', english: 'why' }, { ...clauseOf(d, who, verb, 'present') }];
      },
    ],
    [2, () => [{ italian: 'se', english: 'if' }, clauseOf(d, who, pick(d, blessings), 'future')]],
    [
      2,
      () => [
        { italian: 'se', english: 'if' },
        { ...clauseOf(d, who, pick(d, findings), 'perfect'), adverb: times.already },
      ],
    ],
  ])();
  return finish(
    {
      italian: `${opening.italian} ${word.italian} ${italianClause(clause)}`,
      english: `${opening.english} ${word.english} ${englishClause(clause)}`,
    },
    '.',
  );
}

/** *È difficile imparare il cinese*, *Mi piace leggere.* */
function judgement(d: Derivation): Pair {
  const [openings, verbs] = pick(d, judgements);
  const verb = pick(d, verbs);
  const you = person(3, 'singular', 'masculine', false);
  const phrase = fill(d, verb, pronoun(you), 'habit');
  const opening = pick(d, openings);
  combine(d, opening.english, verb.name);
  const aim: Pair = { italian: italianInfinitive(phrase, you), english: englishInfinitive(phrase, you) };
  return finish(frame('{0} {1}', '{0} to {1}', opening, aim), '.');
}

/** *Mi piace suonare il violino*, *A Marco non piace viaggiare in treno.* */
function enjoyment(d: Derivation): Pair {
  const who = chance(d, 0.4) ? pronoun(speaker(d)) : oneGrownUp(d);
  const verb = pick(d, chance(d, 0.4) ? skills : pastimes);
  const agreement = agreementOf(who);
  const phrase = fill(d, verb, who, 'habit');
  combine(d, 'like', verb.name);
  const negated = chance(d, 0.35);
  const theme: NounPhrase = {
    type: 'words',
    words: { italian: italianInfinitive(phrase, agreement), english: englishInfinitive(phrase, agreement, 'ing') },
    agreement: person(3),
  };
  return finish(render({ subject: who, verb: liking, fillers: [theme], tense: 'present', negated }), '.');
}

const liking = readVerb('piacere <what> | like <what> | state feel');

export const thoughts = { belief, hope, certainty, report, doubt, judgement, enjoyment };
