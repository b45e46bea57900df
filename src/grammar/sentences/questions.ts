import { agreementOf, person, pronoun } from '../agreement.ts';
import { chance, type Derivation, pick, weighted } from '../derivation.ts';
import { englishClause } from '../english/clause.ts';
import { withPreposition } from '../italian/articles.ts';
import { gapPreposition, italianClause } from '../italian/clause.ts';
import { personActions } from '../lexicon/actions.ts';
import { askedOf, askedWhat, askedWhen, askedWhere, favours, lasting, proposals } from '../lexicon/asking.ts';
import { experiences, feelings, personStates } from '../lexicon/states.ts';
import * as times from '../lexicon/times.ts';
import type { Clause, Governor, MidAdverb, NounPhrase, Pair, Slot, Verb } from '../syntax.ts';
import { act, event } from './events.ts';
import { fill } from './objects.ts';
import { gender, listener, someName, someRelative } from './people.ts';
import { finish, question } from './render.ts';
import { future, past, stateClause, when } from './statements.ts';

/** Whom one asks about: mostly the listener. */
function asked(d: Derivation): NounPhrase {
  return weighted(d, [
    [5, pronoun(listener(d))],
    [1, pronoun(person(2, 'plural', gender(d)))],
    [1, pronoun(person(3, 'plural', gender(d)))],
    [3, chance(d, 0.5) ? someName(d) : someRelative(d, person(2))],
  ]);
}

/** *Hai letto questo libro?*, *Domani verrai al mare con noi?* */
export function yesOrNo(d: Derivation): Pair | undefined {
  const who = asked(d);
  const clause = weighted<() => Clause>(d, [
    [4, () => ({ ...event(d, who, 'willed', 'known'), tense: 'past' })],
    [3, () => ({ ...event(d, who, 'done', 'known'), tense: 'perfect', adverb: times.already })],
    [3, () => ({ ...event(d, who, 'repeated', 'habit'), tense: 'present', adverb: pick(d, frequent) })],
    [2, () => ({ ...event(d, who, 'ongoing', 'ongoing'), tense: 'progressive' })],
    [
      3,
      () => {
        const plan = event(d, who, 'willed', 'known');
        return when(d, { ...plan, tense: 'future' }, future(d, plan.verb), 0);
      },
    ],
    [2, () => stateQuestion(d)],
  ])();
  // one would know whether Marco is playing with oneself
  const listening = agreementOf(who).person === 2;
  return !listening && aboutMe(clause) ? undefined : question(clause);
}

function aboutMe({ fillers, end }: Clause): boolean {
  const mine = fillers.some((filler) => filler.type === 'pronoun' && filler.agreement.person === 1);
  return mine || (end?.some(({ english }) => english === 'with me') ?? false);
}

/** *Hai fame?*, *Marco è in vacanza?*; not of them, since *sono in ritardo?* is am I late as well. */
function stateQuestion(d: Derivation): Clause {
  const who = weighted(d, [
    [3, pronoun(listener(d))],
    [2, someName(d)],
    [1, someRelative(d, person(2))],
  ]);
  return { subject: who, ...fill(d, pick(d, personStates), who, 'known'), tense: 'present' };
}

const frequent = [times.frequencies[0], times.frequencies[1]] as readonly MidAdverb[];
const ever: MidAdverb = { ...times.never, english: 'ever', italianNegative: false };

/** *Sei mai stato in Giappone?* */
function everDone(d: Derivation): Pair | undefined {
  const who = asked(d);
  const clause: Clause = {
    subject: who,
    ...fill(d, pick(d, experiences), who, 'habit'),
    tense: 'perfect',
    adverb: ever,
  };
  return aboutMe(clause) ? undefined : question(clause);
}

/** *Ti piacciono le fragole?* */
function liking(d: Derivation): Pair {
  const who = chance(d, 0.6) ? pronoun(listener(d)) : someName(d);
  return question({ subject: who, ...fill(d, pick(d, feelings), who, 'once'), tense: 'present' });
}

const can: Governor = { italian: 'potere', preposition: '', english: 'can', form: 'base' };
const could: Governor = { ...can, english: 'could' };
const wantTo: Governor = { italian: 'volere', preposition: '', english: 'want', form: 'to' };

/** *Potresti chiudere la finestra?* */
function request(d: Derivation): Pair {
  const who = pronoun(chance(d, 0.8) ? listener(d) : person(2, 'plural', gender(d)));
  const phrase = act(d, pick(d, favours), who, 'known');
  return question(
    chance(d, 0.5)
      ? { subject: who, ...phrase, tense: 'present', governor: can }
      : { subject: who, ...phrase, tense: 'conditional', governor: could },
  );
}

/** *Vuoi venire al cinema con me?* */
function proposal(d: Derivation): Pair {
  const who = pronoun(chance(d, 0.8) ? listener(d) : person(2, 'plural', gender(d)));
  return question({ subject: who, ...act(d, pick(d, proposals), who, 'known'), tense: 'present', governor: wantTo });
}

/** A question that opens with a word for what is asked; Italian puts a subject that is not a pronoun last. */
function opened(lead: Pair, clause: Clause): Pair {
  const inverted = clause.subject.type !== 'pronoun';
  const italian = `${lead.italian} ${italianClause({ ...clause, inverted })}`;
  return finish({ italian, english: `${lead.english} ${englishClause({ ...clause, mood: 'question' })}` }, '?');
}

/** Verbs with an object in a question: a subject in words would stand too far off, so it is a pronoun. */
function brief(d: Derivation): NounPhrase {
  return pronoun(
    weighted(d, [
      [5, listener(d)],
      [1, person(2, 'plural', gender(d))],
      [2, person(3, 'plural', gender(d))],
    ]),
  );
}

const what: Pair = { italian: 'cosa', english: 'what' };

/** *Cosa hai comprato al mercato?*, *Cosa sta leggendo Marco?* */
function whatDone(d: Derivation): Pair {
  const verb = pick(d, askedWhat);
  const who = verb.slots.length > 1 ? brief(d) : asked(d);
  const { end, ...phrase } = act(d, verb, who, 'ongoing', 0);
  const tense = verb.course === 'mishap' ? 'past' : pick(d, ['past', 'past', 'progressive', 'future'] as const);
  const timed = tense === 'past' && who.type === 'pronoun' && chance(d, 0.5) ? [past(d, verb)] : [];
  return opened(what, { subject: who, ...phrase, gap: 0, tense, end: [...(end ?? []), ...timed] });
}

/** *Chi hai incontrato al mercato?*, *Con chi hai parlato?* */
function whom(d: Derivation): Pair | undefined {
  const verb = pick(d, personActions);
  const gap = verb.slots.findIndex((slot) => slot.kind === 'person');
  if (verb.course === 'mishap') return undefined;
  // *chi ha visto Marco?* could be asked of either, so without a preposition the subject is a pronoun
  const direct = verb.italian.parts.some(
    (part) => typeof part === 'object' && part.slot === gap && part.preposition === '',
  );
  const who = direct || verb.italian.parts.length > 1 ? brief(d) : asked(d);
  const clause: Clause = { subject: who, ...fill(d, verb, who, 'known', gap), gap, tense: pick(d, ['past', 'future']) };
  const timed = who.type === 'pronoun' && chance(d, 0.6);
  const time = clause.tense === 'past' ? past(d, verb) : future(d, verb);
  const lead = { italian: withPreposition(gapPreposition(clause), 'chi'), english: 'who' };
  return opened(lead, timed ? { ...clause, end: [time] } : clause);
}

const personal = (slot: Slot | undefined) => slot?.kind === 'person';

/** *Chi ha rotto il bicchiere?* */
function who(d: Derivation): Pair | undefined {
  const words = { italian: 'chi', english: 'who' };
  // not human, so that nothing is *his or her own*
  const anyone: NounPhrase = { type: 'words', words, agreement: person(3, 'singular', 'masculine', false) };
  const found = event(d, anyone, 'done', 'known');
  // *chi incontrerà Carlo?* could ask for either of them
  const direct = found.verb.italian.parts.some(
    (p) => typeof p === 'object' && p.preposition === '' && personal(found.verb.slots[p.slot]),
  );
  const theirs =
    found.verb.slots.some(({ policy }) => policy === 'worn') ||
    found.verb.english.parts.some((part) => typeof part === 'object' && 'own' in part);
  if (direct || theirs) return undefined;
  const clause: Clause = { ...found, tense: pick(d, ['past', 'past', 'future']) };
  return finish({ italian: italianClause(clause), english: englishClause(clause) }, '?');
}

const where: Pair = { italian: 'dove', english: 'where' };
const whenever: Pair = { italian: 'quando', english: 'when' };

/** *Dove hai comprato quella camicia?*, *Dove abita tua sorella?* */
function whereDone(d: Derivation): Pair {
  if (chance(d, 0.4)) {
    const subject = asked(d);
    const verb = pick(d, askedOf);
    return opened(where, { subject, verb, fillers: [], tense: verb.course === 'state' ? 'present' : 'future' });
  }
  const subject = brief(d);
  const verb = pick(d, askedWhere);
  return opened(where, { subject, ...fill(d, verb, subject, 'known'), tense: 'past' });
}

/** *Quando è arrivato tuo fratello?*, *Quando finirai il libro?* */
function whenDone(d: Derivation): Pair {
  const verb = pick(d, askedWhen);
  const subject = verb.slots.length > 0 ? brief(d) : asked(d);
  return opened(whenever, { subject, ...fill(d, verb, subject, 'known'), tense: pick(d, ['past', 'future']) });
}

/** *Perché non hai invitato Marco a cena?*, *Perché tua sorella è triste?* */
function why(d: Derivation): Pair {
  const subject = asked(d);
  const lead = { italian: 'perché', english: 'why' };
  const clause: Clause = chance(d, 0.35)
    ? { ...stateClause(d, subject), negated: false }
    : { ...event(d, subject, 'willed', 'known'), tense: 'past', negated: chance(d, 0.6) };
  const italian = `${lead.italian} ${italianClause(clause)}`;
  return finish({ italian, english: `${lead.english} ${englishClause({ ...clause, mood: 'question' })}` }, '?');
}

/** *Da quanto tempo studi il tedesco?*, How long have you been studying German? */
function howLong(d: Derivation): Pair {
  const verb: Verb = pick(d, lasting);
  const subject = verb.slots.length > 0 ? brief(d) : asked(d);
  const lead = { italian: 'da quanto tempo', english: 'how long' };
  return opened(lead, { subject, ...fill(d, verb, subject, 'known'), tense: 'since' });
}

export const questions = {
  yesOrNo,
  everDone,
  liking,
  request,
  proposal,
  whatDone,
  whom,
  who,
  whereDone,
  whenDone,
  why,
  howLong,
};
