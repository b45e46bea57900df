import { agreementOf, pronoun } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { faultsByKind } from '../lexicon/faults.ts';
import { nounsOf } from '../lexicon/nouns.ts';
import { concessions, type Deed, rainyDeeds, reasons, sunnyDeeds } from '../lexicon/reasons.ts';
import { rejections } from '../lexicon/rejections.ts';
import { badWeatherAhead, goodWeatherAhead, pastWeather } from '../lexicon/scenes.ts';
import { be } from '../lexicon/states.ts';
import type { Adjective, Clause, NounPhrase, Pair, Tense, Verb } from '../syntax.ts';
import { fill, type View } from './objects.ts';
import { again, grownUp, headOf, isChild, subject } from './people.ts';
import { finish, frame, render } from './render.ts';

/** A verb with its slots filled, said of somebody in a tense. */
export function clauseOf(
  d: Derivation,
  who: NounPhrase,
  verb: Verb,
  tense: Tense,
  negated = false,
  view: View = negated ? 'known' : (views[tense] ?? 'once'),
): Clause {
  const head = headOf(who);
  if (head) combine(d, head, verb.english.base);
  return { subject: who, ...fill(d, verb, who, view), tense, negated };
}

/** How events are seen in the tenses that do not tell of one that is over. */
const views: Readonly<Partial<Record<Tense, View>>> = {
  present: 'habit',
  usedTo: 'habit',
  'was doing': 'ongoing',
  'past progressive': 'ongoing',
  since: 'known',
};

/** *Anna ha chiuso la finestra perché aveva freddo*, *Siccome sono stanco, resterò a casa.* */
function because(d: Derivation): Pair {
  const { cause, effects } = pick(d, reasons);
  const { verb, negated } = pick(d, effects);
  const who = grownUp(d);
  combine(d, cause.name, verb.name);
  const past = chance(d, 0.7);
  const effectTense: Tense = past ? 'past' : 'future';
  const causeTense: Tense = past ? 'state past' : 'present';
  if (chance(d, 0.7)) {
    const effect = render(clauseOf(d, who, verb, effectTense, negated));
    return finish(
      frame('{0} perché {1}', '{0} because {1}', effect, render(clauseOf(d, again(who), cause, causeTense))),
      '.',
    );
  }
  const reason = render(clauseOf(d, who, cause, causeTense));
  const effect = render(clauseOf(d, again(who), verb, effectTense, negated));
  return finish(frame('siccome {0}, {1}', 'since {0}, {1}', reason, effect), '.');
}

/** *Ero così stanca che mi sono addormentata subito.* */
function soThat(d: Derivation): Pair {
  const { cause, effects } = pick(d, adjectiveReasons);
  const { verb, negated } = pick(d, effects);
  const who = grownUp(d);
  combine(d, cause.name, verb.name);
  const [italianAdjective, englishAdjective] = [cause.italian.parts[0] as string, cause.english.parts[0] as string];
  const so: Verb = {
    ...cause,
    italian: { ...cause.italian, parts: ['così', italianAdjective] },
    english: { ...cause.english, parts: ['so', englishAdjective] },
  };
  const state = render(clauseOf(d, who, so, 'state past'));
  return finish(
    frame('{0} che {1}', '{0} that {1}', state, render(clauseOf(d, again(who), verb, 'past', negated))),
    '.',
  );
}

const adjectiveReasons = reasons.filter(({ cause }) => /^~(?!malato)/.test(String(cause.italian.parts[0])));

/** *Anche se aveva paura, Marco è entrato nel bosco.* */
function although(d: Derivation): Pair {
  const { cause, effects } = pick(d, concessions);
  const { verb, negated } = pick(d, effects);
  const who = grownUp(d);
  combine(d, cause.name, verb.name);
  const past = chance(d, 0.75);
  const state = render(clauseOf(d, who, cause, past ? 'state past' : 'present'));
  const deed = render(clauseOf(d, again(who), verb, past ? 'past' : 'future', negated));
  return finish(frame('anche se {0}, {1}', 'although {0}, {1}', state, deed), '.');
}

/** *Non abbiamo comprato le scarpe perché erano troppo care.* */
function tooMuch(d: Derivation): Pair | undefined {
  const verb = pick(d, rejections);
  const kind = (verb.slots[0] as Verb['slots'][number]).kind;
  const who = subject(d);
  if (verb.adult && isChild(who)) return undefined;
  const thing = pick(d, nounsOf(kind));
  const plural = !thing.mass && (thing.pluralOnly || chance(d, 0.25));
  const fault = pick(d, faultsByKind[thing.kind] as readonly Adjective[]);
  const determiner = chance(d, 0.6) ? 'definite' : chance(d, 0.6) ? 'this' : 'that';
  combine(d, verb.english.base, thing.english.singular);
  combine(d, thing.english.singular, fault.english);
  const what: NounPhrase = { type: 'noun', noun: thing, number: plural ? 'plural' : 'singular', determiner };
  const past = chance(d, 0.75);
  const refusal: Clause = { subject: who, verb, fillers: [what], tense: past ? 'past' : 'future', negated: true };
  const why: Clause = {
    subject: pronoun(agreementOf(what)),
    verb: be,
    fillers: [{ type: 'predicate', adjective: fault, degree: { italian: 'troppo', english: 'too' } }],
    tense: past ? 'state past' : 'present',
  };
  return finish(frame('{0} perché {1}', '{0} because {1}', render(refusal), render(why)), '.');
}

/** *Ieri pioveva e siamo rimasti a casa*, *Se domani farà bel tempo, andremo al mare.* */
function weatherwise(d: Derivation): Pair {
  const who = grownUp(d);
  const sunny = chance(d, 0.5);
  const { verb, negated }: Deed = pick(d, sunny ? sunnyDeeds : rainyDeeds);
  if (chance(d, 0.5)) {
    const weather = pick(d, sunny ? pastWeather.filter(nice) : pastWeather.filter(nasty));
    combine(d, weather.english, verb.name);
    const deed = render(clauseOf(d, who, verb, 'past', negated));
    return weighted<() => Pair>(d, [
      [3, () => finish(frame('{0} perché {1}', '{0} because {1}', deed, weather), '.')],
      [2, () => finish(frame('siccome {0}, {1}', 'since {0}, {1}', weather, deed), '.')],
    ])();
  }
  const weather = pick(d, sunny ? goodWeatherAhead : badWeatherAhead);
  combine(d, weather.english, verb.name);
  const deed = render(clauseOf(d, who, verb, 'future', negated));
  const day = pick(d, sunny ? days.slice(0, 3) : days);
  return finish(
    chance(d, 0.5)
      ? frame('se {2} {0}, {1}', 'if {0} {2}, {1}', weather, deed, day)
      : frame('{1} se {2} {0}', '{1} if {0} {2}', weather, deed, day),
    '.',
  );
}

const nice = ({ english }: Pair) => /sunny|hot/.test(english);
const nasty = ({ english }: Pair) => /rain|snow|cold|windy/.test(english);
const days: readonly Pair[] = [
  { italian: 'domani', english: 'tomorrow' },
  { italian: 'domenica', english: 'on Sunday' },
  { italian: 'sabato', english: 'on Saturday' },
  { italian: 'stasera', english: 'this evening' },
];

export const reasoning = { because, soThat, although, tooMuch, weatherwise };
