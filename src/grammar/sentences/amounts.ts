import { agreementOf, person, pronoun } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishNounPhrase } from '../english/noun-phrase.ts';
import { englishNumber } from '../english/numbers.ts';
import { agree } from '../italian/adjectives.ts';
import { italianNounPhrase } from '../italian/noun-phrase.ts';
import { italianNumber } from '../italian/numbers.ts';
import { adjectivesByKind } from '../lexicon/adjectives.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { readVerb } from '../lexicon/read-verbs.ts';
import { measures, stores } from '../lexicon/scenes.ts';
import * as times from '../lexicon/times.ts';
import type { CommonNounPhrase, Governor, NounPhrase, Pair, Verb } from '../syntax.ts';
import { fewCount, headOf, isChild, listener, speaker, subject } from './people.ts';
import { finish, frame, render, statement } from './render.ts';

const buy = readVerb('comprare <what> | buy <what>');
const order = readVerb('ordinare <what> | order <what>');
const eat = readVerb('mangiare <what> | eat <what>');
const drink = readVerb('bere <what> | drink <what>');
const wouldLike: Governor = { italian: 'volere', preposition: '', english: 'would like', form: 'to' };

/** *Vorrei un bicchiere d'acqua*, *Ho comprato due chili di pomodori.* */
function measured(d: Derivation): Pair | undefined {
  const words = pick(d, measures);
  const what: NounPhrase = { type: 'words', words, agreement: person(3) };
  const drinkable = /water|milk|tea|coffee|wine/.test(words.english) && /glass|cup/.test(words.english);
  const eatable = /slice|piece|plate/.test(words.english);
  const who = subject(d);
  if (isChild(who) && /wine/.test(words.english)) return undefined;
  const had = drinkable ? pick(d, [drink, order]) : eatable ? pick(d, [eat, order]) : buy;
  combine(d, had.english.base, words.english);
  const head = headOf(who);
  if (head) combine(d, head, words.english);
  return weighted<() => Pair>(d, [
    [
      4,
      () =>
        statement({
          subject: who,
          verb: had,
          fillers: [what],
          tense: 'past',
          end: chance(d, 0.5) ? [pick(d, times.recently)] : [],
        }),
    ],
    [2, () => statement({ subject: who, verb: had, fillers: [what], tense: 'conditional', governor: wouldLike })],
    [
      1,
      () => {
        const i = pronoun(speaker(d));
        const verb: Verb = {
          ...had,
          italian: { ...had.italian, infinitive: 'volere' },
          english: { ...had.english, base: 'like' },
        };
        return statement({ subject: i, verb, fillers: [what], tense: 'conditional' });
      },
    ],
    [
      2,
      () => {
        const place = pick(d, drinkable || eatable ? stores.slice(1, 3) : stores);
        const plural = /^due/.test(words.italian);
        return finish(
          {
            italian: `${plural ? 'ci sono' : "c'è"} ${words.italian} ${place.italian}`,
            english: `there ${plural ? 'are' : 'is'} ${words.english} ${place.english}`,
          },
          '.',
        );
      },
    ],
  ])();
}

/** *Questa camicia costa venti euro*, *Quanto costano questi stivali?* */
function price(d: Derivation): Pair {
  const [kind, from, to] = pick(d, prices);
  const noun = pick(d, nounsOf(kind));
  const plural = noun.pluralOnly || chance(d, 0.25);
  const adjective = pick(
    d,
    (adjectivesByKind[noun.kind] ?? []).filter((a) => a.telling),
  );
  const thing: CommonNounPhrase = {
    type: 'noun',
    noun,
    number: plural ? 'plural' : 'singular',
    determiner: chance(d, 0.6) ? 'this' : 'that',
    ...(adjective && chance(d, 0.35) && { [adjective.prenominal ? 'before' : 'after']: adjective }),
  };
  combine(d, noun.english.singular, 'cost');
  const words: Pair = { italian: italianNounPhrase(thing), english: englishNounPhrase(thing) };
  const verb = { italian: plural ? 'costano' : 'costa', english: plural ? 'cost' : 'costs' };
  if (chance(d, 0.3)) {
    return finish(
      frame(
        'quanto {0} {1}',
        'how much {0} {1} cost',
        { italian: verb.italian, english: plural ? 'do' : 'does' },
        words,
      ),
      '?',
    );
  }
  const value = pick(
    d,
    sums.filter((sum) => sum >= from && sum <= to),
  );
  combine(d, noun.english.singular, `${value} euros`);
  const sum: Pair = { italian: `${italianNumber(value)} euro`, english: `${englishNumber(value)} euros` };
  return finish(frame('{0} {1} {2}', '{0} {1} {2}', words, verb, sum), '.');
}

const prices = [
  ['garment', 20, 200],
  ['belonging', 5, 50],
  ['text', 5, 25],
  ['furniture', 60, 500],
  ['present', 20, 300],
  ['device', 80, 600],
  ['luggage', 40, 200],
  ['tool', 10, 60],
] as const;
const sums = [
  5, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90, 100, 120, 150, 180, 200, 250, 300, 400, 500, 600,
];

const counted = [
  ['avere <relative> | have <relative>', 'relative'],
  ['avere <pet> | have <pet>', 'pet'],
  ['comprare <produce> | buy <produce>', 'produce'],
  ['comprare <text> | buy <text>', 'text'],
  ['volere <fruit> | want <fruit>', 'fruit'],
  ['leggere <text> | read <text>', 'text'],
  ['vedere <wildAnimal> | see <wildAnimal>', 'wildAnimal'],
  ['rompere <tableware> | break <tableware>', 'tableware'],
  ['piantare <growing> | plant <growing>', 'growing'],
].map(([line, kind]) => [readVerb(line as string), kind as string] as const);

/** *Quante mele hai comprato? Ne ho comprate sei*, I bought six. */
function howMany(d: Derivation): Pair {
  const [verb, kind] = pick(d, counted);
  const noun = pick(d, nounsOf(kind));
  const count = fewCount(d, noun);
  const you = listener(d);
  const state = /avere|volere/.test(verb.italian.infinitive);
  combine(d, verb.english.base, noun.english.singular);
  combine(d, noun.english.singular, String(count));
  const many: CommonNounPhrase = { type: 'noun', noun, number: 'plural', determiner: 'howMany' };
  const tense = state ? 'present' : 'past';
  const ask = render({ subject: pronoun(you), verb, fillers: [many], tense, gap: 0, mood: 'question' });
  const question = finish(
    frame('{0} {1}', '{0} {1}', { italian: italianNounPhrase(many), english: englishNounPhrase(many) }, ask),
    '?',
  );
  if (chance(d, 0.4)) return question;
  const i = pronoun(person(1, 'singular', you.gender));
  const [first, rest] = splitFirst(render({ subject: i, verb, fillers: [many], tense, gap: 0 }).italian);
  const participle = rest === '' ? '' : ` ${agree(rest, agreementOf(many).gender, 'plural')}`;
  const english = render({ subject: i, verb, fillers: [many], tense, gap: 0 }).english;
  const answer = finish(
    { italian: `ne ${first}${participle} ${italianNumber(count)}`, english: `${english} ${englishNumber(count)}` },
    '.',
  );
  return { italian: `${question.italian} ${answer.italian}`, english: `${question.english} ${answer.english}` };
}

function splitFirst(text: string): readonly [string, string] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

export const amounts = { measured, price, howMany };
