import { agreementOf, person, pronoun } from '../agreement.ts';
import { chance, combine, type Derivation, pick, weighted } from '../derivation.ts';
import { englishInfinitive } from '../english/clause.ts';
import { italianInfinitive, italianPerfectInfinitive } from '../italian/clause.ts';
import * as lists from '../lexicon/circumstances.ts';
import { aftermaths, dreams, errands, moments, omissions, preparations } from '../lexicon/links.ts';
import { readVerb } from '../lexicon/read-verbs.ts';
import type { Agreement, Clause, Pair, VerbPhrase } from '../syntax.ts';
import { fill, otherThan } from './objects.ts';
import { again, gender, grownUp, oneGrownUp } from './people.ts';
import { clauseOf } from './reasons.ts';
import { finish, frame, render } from './render.ts';

/** A verb phrase after *per, senza, prima di*. */
function infinitive(phrase: VerbPhrase, agreement: Agreement, form: 'base' | 'ing' = 'base'): Pair {
  return { italian: italianInfinitive(phrase, agreement), english: englishInfinitive(phrase, agreement, form) };
}

/** *Mentre cucinavo, ha squillato il telefono*, *Mentre Anna studiava, Marco dormiva.* */
function meanwhile(d: Derivation): Pair | undefined {
  const who = grownUp(d);
  const activity = pick(d, lists.indoorActivities);
  const background = render(clauseOf(d, who, activity, 'was doing'));
  return weighted<() => Pair | undefined>(d, [
    [
      3,
      () => {
        const happening = pick(d, lists.indoorInterruptions);
        combine(d, activity.name, happening.english);
        return finish(frame('mentre {0}, {1}', 'while {0}, {1}', background, happening), '.');
      },
    ],
    [
      2,
      () => {
        const other = otherThan(d, who, oneGrownUp);
        const arrival = clauseOf(d, other, pick(d, lists.arrivals), 'past');
        return finish(frame('mentre {0}, {1}', 'while {0}, {1}', background, render(arrival)), '.');
      },
    ],
    [
      3,
      () => {
        const other = otherThan(d, who, oneGrownUp);
        const second = pick(d, lists.indoorActivities);
        if (second === activity) return undefined;
        const going = clauseOf(d, other, second, 'was doing');
        return finish(frame('mentre {0}, {1}', 'while {0}, {1}', background, render(going)), '.');
      },
    ],
  ])();
}

/** *Mentre andavo al lavoro, ho incontrato Marco.* */
function onTheWay(d: Derivation): Pair {
  const who = grownUp(d);
  const way = pick(d, lists.outdoorActivities);
  const event = pick(d, lists.encountersOutdoors);
  combine(d, way.name, event.name);
  const background = render(clauseOf(d, who, way, 'was doing'));
  const happening = render({ ...clauseOf(d, who, event, 'past', false, 'new'), subject: again(who) });
  return finish(frame('mentre {0}, {1}', 'while {0}, {1}', background, happening), '.');
}

/** *Quando sono tornata a casa, i bambini stavano dormendo.* */
function foundDoing(d: Derivation): Pair {
  const who = pronoun(pick(d, [person(1, 'singular', gender(d)), person(1, 'plural', gender(d))]));
  const other = oneGrownUp(d);
  const verb = pick(d, lists.indoorActivities);
  const arrival = render(clauseOf(d, who, pick(d, lists.arrivals.slice(0, 4)), 'past'));
  const scene = render(clauseOf(d, other, verb, 'past progressive'));
  return finish(frame('quando {0}, {1}', 'when {0}, {1}', arrival, scene), '.');
}

const beingChild = readVerb('essere ~bambino | be a child | state');
const beingChildren = readVerb('essere ~bambino | be children | state');

/** *Quando ero bambina, abitavo a Napoli*, *Da piccolo, mio padre …* */
function inChildhood(d: Derivation): Pair {
  const who = grownUp(d);
  const { verb } = pick(d, lists.childhood);
  const many = agreementOf(who).number === 'plural';
  const child = render(clauseOf(d, who, many ? beingChildren : beingChild, 'state past'));
  const tense = verb.course === 'state' ? 'state past' : 'usedTo';
  const habit: Clause = { ...clauseOf(d, who, verb, tense, false, 'habit'), subject: again(who) };
  combine(d, verb.name, String(agreementOf(who).number));
  return finish(frame('quando {0}, {1}', 'when {0}, {1}', child, render(habit)), '.');
}

/** *Prima di uscire, ho chiuso la finestra.* */
function before(d: Derivation): Pair {
  const [first, then] = pick(d, preparations);
  const who = grownUp(d);
  const verb = pick(d, then);
  combine(d, first.name, verb.name);
  const end = infinitive(fill(d, first, who, 'known'), agreementOf(who), 'ing');
  const deed = render(clauseOf(d, who, verb, pick(d, ['past', 'past', 'future'])));
  return finish(
    chance(d, 0.6)
      ? frame('prima di {0}, {1}', 'before {0}, {1}', end, deed)
      : frame('{1} prima di {0}', '{1} before {0}', end, deed),
    '.',
  );
}

/** *Dopo aver mangiato, abbiamo fatto una passeggiata.* */
function after(d: Derivation): Pair {
  const [first, then] = pick(d, aftermaths);
  const who = grownUp(d);
  const verb = pick(d, then);
  combine(d, first.name, verb.name);
  const agreement = agreementOf(who);
  const phrase = fill(d, first, who, 'known');
  const over: Pair = {
    italian: italianPerfectInfinitive(phrase, agreement),
    english: englishInfinitive(phrase, agreement, 'ing'),
  };
  const deed = render(clauseOf(d, who, verb, 'past'));
  return finish(frame('dopo {0}, {1}', 'after {0}, {1}', over, deed), '.');
}

/** *È uscita di casa senza salutare Marco.* */
function without(d: Derivation): Pair {
  const [first, then] = pick(d, omissions);
  const who = grownUp(d);
  const verb = pick(d, then);
  combine(d, first.name, verb.name);
  const deed = render(clauseOf(d, who, first, 'past'));
  const left = infinitive(fill(d, verb, who, 'known'), agreementOf(who), 'ing');
  return finish(frame('{0} senza {1}', '{0} without {1}', deed, left), '.');
}

/** *Siamo andati al mercato per comprare del pane.* */
function inOrderTo(d: Derivation): Pair {
  const [first, then] = pick(d, errands);
  const who = grownUp(d);
  const verb = pick(d, then);
  combine(d, first.name, verb.name);
  const deed = render(clauseOf(d, who, first, pick(d, ['past', 'past', 'future'])));
  const aim = infinitive(fill(d, verb, who, 'new'), agreementOf(who));
  return finish(frame('{0} per {1}', '{0} to {1}', deed, aim), '.');
}

const links = [
  ['quando', 'when'],
  ['appena', 'as soon as'],
  ['se', 'if'],
] as const;

/** *Quando arriverò a casa, ti chiamerò*, with the English present for the Italian future. */
function whenItComes(d: Derivation): Pair {
  const [first, then] = pick(d, moments);
  const who = grownUp(d);
  const verb = pick(d, then);
  combine(d, first.name, verb.name);
  // one may find work or not, but one does get home
  const [italian, english] = pick(d, first.italian.infinitive === 'arrivare' ? links.slice(0, 2) : links);
  const moment = render(clauseOf(d, who, first, 'future in time clause'));
  const deed = render(clauseOf(d, again(who), verb, 'future'));
  return finish(frame(`${italian} {0}, {1}`, `${english} {0}, {1}`, moment, deed), '.');
}

/** *Se avessi più tempo, leggerei di più.* */
function ifOnly(d: Derivation): Pair {
  const [first, then] = pick(d, dreams);
  const who = grownUp(d);
  const verb = pick(d, then);
  combine(d, first.name, verb.name);
  const wish = render(clauseOf(d, who, first, 'hypothesis'));
  const deed = render(clauseOf(d, again(who), verb, 'conditional'));
  return finish(
    chance(d, 0.75)
      ? frame('se {0}, {1}', 'if {0}, {1}', wish, deed)
      : frame(
          '{1} se {0}',
          '{1} if {0}',
          render(clauseOf(d, again(who), first, 'hypothesis')),
          render(clauseOf(d, who, verb, 'conditional')),
        ),
    '.',
  );
}

export const circumstances = {
  meanwhile,
  onTheWay,
  foundDoing,
  inChildhood,
  before,
  after,
  without,
  inOrderTo,
  whenItComes,
  ifOnly,
};
