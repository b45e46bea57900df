import { agreementOf, person, pronoun } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { adjectivesByKind } from '../lexicon/adjectives.ts';
import { generics } from '../lexicon/generics.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { readVerb } from '../lexicon/read-verbs.ts';
import { be } from '../lexicon/states.ts';
import type { Adjective, CommonNounPhrase, Noun, NounPhrase, Pair, Verb } from '../syntax.ts';
import { fill } from './objects.ts';
import { clash, gender, headOf, someName, someRelative, speaker } from './people.ts';
import { finish, frame, render, statement } from './render.ts';

const kindOf = (noun: Noun): CommonNounPhrase => ({
  type: 'noun',
  noun,
  number: noun.mass ? 'singular' : 'plural',
  determiner: 'generic',
});

/** *I gatti dormono molto*, cats sleep a lot. */
function ofAKind(d: Derivation): Pair | undefined {
  const verb = pick(d, generics);
  const noun = pick(
    d,
    nounsOf(verb.subject).filter((n) => n.gender === 'masculine' || n.kind !== 'profession'),
  );
  const who = kindOf(noun);
  const phrase = fill(d, verb, who, 'habit');
  combine(d, noun.english.singular, verb.name);
  const object = phrase.fillers[0];
  if (object?.type === 'noun' && object.noun === noun) return undefined;
  return statement({ subject: who, ...phrase, tense: 'present' });
}

/** *La pazienza è importante*, *L'amicizia è più importante del lavoro.* */
function virtue(d: Derivation): Pair | undefined {
  const one = pick(d, nounsOf('virtue'));
  const other = pick(d, nounsOf(chance(d, 0.5) ? 'virtue' : 'money'));
  const adjective = pick(d, qualities);
  if (one === other) return undefined;
  combine(d, one.english.singular, adjective.english);
  combine(d, one.english.singular, other.english.singular);
  const compared = chance(d, 0.75);
  return statement({
    subject: kindOf(one),
    verb: be,
    fillers: [{ type: 'predicate', adjective, ...(compared && { than: kindOf(other) }) }],
    tense: 'present',
  });
}

const qualities: readonly Adjective[] = [
  { italian: 'importante', english: 'important', prenominal: false, telling: false },
  { italian: 'prezioso', english: 'precious', prenominal: false, telling: false },
  { italian: 'raro', english: 'rare', prenominal: false, telling: false },
  { italian: 'necessario', english: 'necessary', prenominal: false, telling: false },
];

/** *Che bella casa!*, what a beautiful house! */
function exclamation(d: Derivation): Pair | undefined {
  const kind = pick(d, [
    'garment',
    'vehicle',
    'furniture',
    'room',
    'sight',
    'settlement',
    'dish',
    'volume',
    'film',
    'song',
    'picture',
    'flower',
    'occasion',
    'nature',
  ]);
  const noun = pick(d, nounsOf(kind));
  const adjective = pick(
    d,
    (adjectivesByKind[noun.kind] as readonly Adjective[]).filter((a) => !a.telling),
  );
  if (noun.pluralOnly) return undefined;
  combine(d, noun.english.singular, adjective.english);
  const phrase: CommonNounPhrase = {
    type: 'noun',
    noun,
    number: 'singular',
    determiner: 'bare',
    [adjective.prenominal ? 'before' : 'after']: adjective,
  };
  const english = englishNounPhrase({ ...phrase, determiner: 'indefinite' });
  return finish({ italian: `che ${italianNounPhrase(phrase)}`, english: `what ${english}` }, '!');
}

const prefer = readVerb('preferire <what> | prefer <what>');
const hate = readVerb('odiare <what> | hate <what>');
const love = readVerb('amare <what> | love <what>');

/** *Io amo il caffè, ma mia zia preferisce il tè*: the pronoun is said when it is a contrast. */
function contrast(d: Derivation): Pair | undefined {
  const one = weighted<NounPhrase>(d, [
    [3, pronoun(speaker(d), false)],
    [1, pronoun(person(1, 'plural', gender(d)), false)],
    [2, someName(d)],
    [2, someRelative(d)],
  ]);
  const other = chance(d, 0.5) ? someName(d) : someRelative(d);
  const kind = pick(d, ['drink', 'meal', 'topic', 'fruit', 'pet', 'subject']);
  const first = pick(d, nounsOf(kind));
  const second = pick(d, nounsOf(kind));
  if (first === second || clash(one, other)) return undefined;
  combine(d, first.english.singular, second.english.singular);
  const [verb, then] = pick(d, [
    [love, prefer],
    [hate, love],
    [love, hate],
  ] as const);
  const says = (who: NounPhrase, v: Verb, what: NounPhrase) => {
    const head = headOf(who);
    if (head) combine(d, head, first.english.singular);
    return render({ subject: who, verb: v, fillers: [what], tense: 'present' });
  };
  const it = pronoun(agreementOf(kindOf(first)));
  return finish(
    frame(
      '{0}, ma {1}',
      '{0}, but {1}',
      says(one, verb, kindOf(first)),
      says(other, then, then === prefer ? kindOf(second) : it),
    ),
    '.',
  );
}

export const generalities = { ofAKind, virtue, exclamation, contrast };
