import { agreementOf, person } from '../agreement.ts';
import { chance, combine, type Derivation, pick } from '../derivation.ts';
import { readVerb } from '../lexicon/read-verbs.ts';
import * as times from '../lexicon/times.ts';
import type { NounPhrase, Pair } from '../syntax.ts';
import { headOf, subject } from './people.ts';
import { clauseOf } from './reasons.ts';
import { statement } from './render.ts';

/** *Nessuno ha capito la domanda*, *Tutti hanno assaggiato la torta.* */
function everyoneOrNobody(d: Derivation): Pair {
  const all = chance(d, 0.5);
  const words = all ? { italian: 'tutti', english: 'everyone' } : { italian: 'nessuno', english: 'nobody' };
  const who: NounPhrase = {
    type: 'words',
    words,
    agreement: person(3, all ? 'plural' : 'singular', 'masculine', false),
  };
  const verb = pick(d, publicDeeds);
  const clause = clauseOf(d, who, verb, pick(d, ['past', 'future']));
  combine(d, words.english, verb.name);
  return statement(clause);
}

const publicDeeds = [
  'capire <the lesson> | understand <lesson>',
  'risolvere <the puzzle> | solve <puzzle>',
  'dimenticare <the lesson> | forget <lesson>',
  'salutare <someone> | greet <someone>',
  'aiutare <someone> | help <someone>',
  'vedere <the film> | see <film>',
  'leggere <the text> | read <text>',
  'assaggiare <the dish> | taste <dish>',
  'ringraziare <someone> | thank <someone>',
  'trovare <the belonging> | find <belonging>',
  'visitare <the sight> | visit <sight>',
  'ascoltare <the song> | listen to <song>',
].map(readVerb);

/** *Non ho visto nessuno al mercato*, *Marco non ha comprato niente.* */
function nothingAtAll(d: Derivation): Pair {
  const who = subject(d);
  const things = chance(d, 0.5);
  const verb = pick(d, things ? thingDeeds : personDeeds);
  const words = things ? { italian: 'niente', english: 'anything' } : { italian: 'nessuno', english: 'anyone' };
  const head = headOf(who);
  combine(d, head ?? String(agreementOf(who).person), `${verb.name} ${words.english}`);
  const what: NounPhrase = { type: 'words', words, agreement: person(3) };
  const past = (things && !planned.has(verb.english.base)) || chance(d, 0.7);
  const time = pick(d, past ? earlier : times.futureTimes);
  combine(d, verb.name, time.english);
  return statement({
    subject: who,
    verb,
    fillers: [what],
    tense: past ? 'past' : 'future',
    negated: true,
    end: chance(d, 0.8) ? [time] : [],
  });
}

const planned = new Set(['buy', 'eat', 'say', 'do', 'order']);
const earlier = times.recently.filter(({ english }) => !/ago/.test(english));
const thingDeeds = [
  'comprare <what> | buy <what>',
  'mangiare <what> | eat <what>',
  'dire <what> | say <what>',
  'fare <what> | do <what>',
  'capire <what> | understand <what>',
  'vedere <what> | see <what>',
  'trovare <what> | find <what>',
  'ordinare <what> | order <what>',
].map(readVerb);
const personDeeds = [
  'vedere <what> | see <what>',
  'incontrare <what> | meet <what>',
  'invitare <what> a cena | invite <what> to dinner',
  'salutare <what> | greet <what>',
  'aiutare <what> | help <what>',
  'chiamare <what> | call <what>',
  'parlare con <what> | talk to <what>',
  'chiedere aiuto a <what> | ask <what> for help',
].map(readVerb);

export const everyone = { everyoneOrNobody, nothingAtAll };
