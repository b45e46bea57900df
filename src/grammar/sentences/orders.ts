import { agreementOf, person, pronoun } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { favours, proposals } from '../lexicon/asking.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { placeFiller, placesOf } from '../lexicon/places.ts';
import { readVerbs } from '../lexicon/read-verbs.ts';
import * as times from '../lexicon/times.ts';
import { warnings } from '../lexicon/warnings.ts';
import type { Clause, NounPhrase, Pair } from '../syntax.ts';
import { fill } from './objects.ts';
import { gender, someName } from './people.ts';
import { finish, frame, render } from './render.ts';

function addressee(d: Derivation): NounPhrase {
  return pronoun(person(2, chance(d, 0.7) ? 'singular' : 'plural', gender(d)));
}

/** *Chiudi la finestra, per favore!*, *Marco, aiutami!*, *Non perdere le chiavi!* */
function order(d: Derivation): Pair {
  const who = addressee(d);
  const negated = chance(d, 0.35);
  const verb = pick(d, negated ? warnings : favours);
  const name = someName(d);
  const clause: Clause = { subject: who, ...fill(d, verb, who, 'known'), tense: 'imperative', negated };
  combine(d, negated ? "don't" : 'do', verb.name);
  const words = render(clause);
  const called: Pair = { italian: italianNounPhrase(name), english: englishNounPhrase(name) };
  const singular = agreementOf(who).number === 'singular';
  return weighted<() => Pair>(d, [
    [3, () => finish(words, '!')],
    [negated ? 0 : 2, () => finish(frame('{0}, per favore', '{0}, please', words), chance(d, 0.5) ? '.' : '!')],
    [
      singular ? 2 : 0,
      () => {
        combine(d, called.english, verb.name);
        return finish(frame('{0}, {1}', '{0}, {1}', called, words), '!');
      },
    ],
    [singular ? 0 : 1, () => finish(frame('bambini, {0}', 'children, {0}', words), '!')],
  ])();
}

/** *Andiamo al mare!*, let's go to the seaside! */
function letUs(d: Derivation): Pair | undefined {
  const we = pronoun(person(1, 'plural', gender(d)));
  const verb = pick(
    d,
    proposals.filter((v) => !v.slots.some((slot) => slot.kind === 'person')),
  );
  const phrase = fill(d, verb, we, 'known');
  // let's do it with you
  if (phrase.fillers.some((filler) => filler.type === 'pronoun')) return undefined;
  combine(d, "let's", verb.name);
  return finish(render({ subject: we, ...phrase, tense: 'imperative' }), '!');
}

const handing = readVerbs(`
  dare <thing> a <person> | give <thing> to <person>
  portare <thing> a <person> | bring <thing> to <person>
  prestare <thing> a <person> | lend <thing> to <person>
  mostrare <thing> a <person> | show <thing> to <person>
  restituire <thing> a <person> | return <thing> to <person>
`);

/** *Questa penna è di Marco: restituiscigliela!*, *Dov'è la chiave? Dammela, per favore.* */
function handOver(d: Derivation): Pair {
  const verb = pick(d, handing);
  const noun = pick(d, nounsOf(pick(d, ['belonging', 'text', 'tool'])));
  const you = addressee(d);
  combine(d, verb.english.base, noun.english.singular);
  const number = noun.pluralOnly || chance(d, 0.15) ? 'plural' : 'singular';
  const thing: NounPhrase = { type: 'noun', noun, number, determiner: 'this' };
  const it = pronoun(agreementOf(thing));
  const is = number === 'plural' ? { italian: 'sono', english: 'are' } : { italian: 'è', english: 'is' };
  if (chance(d, 0.5)) {
    const owner = someName(d);
    combine(d, noun.english.singular, englishNounPhrase(owner));
    const give = render({ subject: you, verb, fillers: [it, pronoun(agreementOf(owner))], tense: 'imperative' });
    return finish(
      {
        italian: `${italianNounPhrase(thing)} ${is.italian} ${italianNounPhrase(owner, 'di')}: ${give.italian}`,
        english: `${englishNounPhrase(thing)} ${is.english} ${englishNounPhrase(owner)}'s: ${give.english}`,
      },
      '!',
    );
  }
  const known: NounPhrase = { ...thing, determiner: 'definite' };
  const give = render({ subject: you, verb, fillers: [it, pronoun(person(1))], tense: 'imperative' });
  const where =
    number === 'plural' ? { italian: 'dove sono', english: 'where are' } : { italian: "dov'è", english: 'where is' };
  const ask = finish(
    {
      italian: `${where.italian} ${italianNounPhrase(known)}`,
      english: `${where.english} ${englishNounPhrase(known)}`,
    },
    '?',
  );
  const answer = finish(frame('{0}, per favore', '{0}, please', give), '.');
  return { italian: `${ask.italian} ${answer.italian}`, english: `${ask.english} ${answer.english}` };
}

/** *Vai a scuola!*, *Torna a casa presto!* */
function goThere(d: Derivation): Pair {
  const you = addressee(d);
  const kind = pick(d, ['home', 'errand', 'study', 'shop']);
  const place = placeFiller(pick(d, placesOf(kind)), 'to');
  const [verb] = readingGo as [(typeof readingGo)[number]];
  combine(d, 'go!', (place.words as Pair).english);
  const negated = chance(d, 0.3);
  const hurry = !negated && chance(d, 0.4) ? times.atOnce : undefined;
  return finish(
    render({ subject: you, verb, fillers: [place], tense: 'imperative', negated, ...(hurry && { adverb: hurry }) }),
    '!',
  );
}

const readingGo = readVerbs('andare <to home> | go <home>');

export const orders = { order, letUs, handOver, goThere };
