import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { agreementOf, person, pronoun } from '../../src/grammar/agreement.ts';
import { englishClause } from '../../src/grammar/english/clause.ts';
import { agree } from '../../src/grammar/italian/adjectives.ts';
import { italianClause, italianPerfectInfinitive } from '../../src/grammar/italian/clause.ts';
import { noun, nounsOf } from '../../src/grammar/lexicon/nouns.ts';
import { readVerb } from '../../src/grammar/lexicon/read-verbs.ts';
import * as times from '../../src/grammar/lexicon/times.ts';
import { clock, date } from '../../src/grammar/lexicon/times.ts';
import { draw, patterns } from '../../src/grammar/sentences/index.ts';
import type { Clause, Determiner, Filler, NounPhrase, Tense } from '../../src/grammar/syntax.ts';
import { Random } from '../../src/support/random.ts';

const marco: NounPhrase = { type: 'name', name: 'Marco', gender: 'masculine' };
const anna: NounPhrase = { type: 'name', name: 'Anna', gender: 'feminine' };
const [i, you, we] = [pronoun(person(1, 'singular', 'feminine')), pronoun(person(2)), pronoun(person(1, 'plural'))];
const a = (kind: string, word: string, determiner: Determiner = 'definite'): NounPhrase => ({
  type: 'noun',
  noun: noun(kind, word),
  number: 'singular',
  determiner,
});
const it = (of: NounPhrase) => pronoun(agreementOf(of));

function said(
  subject: NounPhrase,
  line: string,
  tense: Tense,
  fillers: readonly Filler[] = [],
  rest: Partial<Clause> = {},
): string {
  const clause: Clause = { subject, verb: readVerb(line), fillers, tense, ...rest };
  return `${italianClause(clause)} | ${englishClause(clause)}`;
}

const book = a('volume', 'libro');
const key = a('belonging', 'chiave');

test('each tense corresponds to its English one', () => {
  const read = (tense: Tense, rest: Partial<Clause> = {}) =>
    said(anna, 'leggere <text> | read <text>', tense, [book], rest);
  assert.equal(
    read('present', { adverb: times.frequencies[0]! }),
    'Anna legge sempre il libro | Anna always reads the book',
  );
  assert.equal(read('progressive'), 'Anna sta leggendo il libro | Anna is reading the book');
  assert.equal(read('past'), 'Anna ha letto il libro | Anna read the book');
  assert.equal(read('past', { negated: true }), "Anna non ha letto il libro | Anna didn't read the book");
  assert.equal(
    read('perfect', { adverb: times.already }),
    'Anna ha già letto il libro | Anna has already read the book',
  );
  assert.equal(
    read('perfect', { adverb: times.notYet }),
    "Anna non ha ancora letto il libro | Anna hasn't read the book yet",
  );
  assert.equal(
    read('perfect', { adverb: times.never }),
    'Anna non ha mai letto il libro | Anna has never read the book',
  );
  assert.equal(read('usedTo'), 'Anna leggeva il libro | Anna used to read the book');
  assert.equal(read('was doing'), 'Anna leggeva il libro | Anna was reading the book');
  assert.equal(read('past progressive'), 'Anna stava leggendo il libro | Anna was reading the book');
  assert.equal(read('future'), 'Anna leggerà il libro | Anna will read the book');
  assert.equal(read('future in time clause'), 'Anna leggerà il libro | Anna reads the book');
  assert.equal(read('conditional'), 'Anna leggerebbe il libro | Anna would read the book');
  assert.equal(read('hypothesis'), 'Anna leggesse il libro | Anna read the book');
  assert.equal(read('subjunctive'), 'Anna legga il libro | Anna reads the book');
  assert.equal(read('pluperfect'), 'Anna aveva letto il libro | Anna had read the book');
  assert.equal(read('since'), 'Anna legge il libro | Anna has been reading the book');
});

test('questions take do, or the auxiliary that is there', () => {
  const rest: Partial<Clause> = { mood: 'question' };
  assert.equal(
    said(you, 'leggere <text> | read <text>', 'past', [book], rest),
    'hai letto il libro | did you read the book',
  );
  assert.equal(said(marco, 'avere fame | be hungry | state', 'present', [], rest), 'Marco ha fame | is Marco hungry');
  assert.equal(said(marco, 'dormire | sleep', 'present', [], rest), 'Marco dorme | does Marco sleep');
  assert.equal(said(you, 'dormire | sleep', 'future', [], rest), 'dormirai | will you sleep');
  const cannot = { italian: 'potere', preposition: '', english: 'can', form: 'base' } as const;
  assert.equal(
    said(you, 'leggere <text> | read <text>', 'present', [it(book)], { ...rest, governor: cannot }),
    'puoi leggerlo | can you read it',
  );
});

test('pronouns stand before the verb, and the participle agrees with them', () => {
  assert.equal(said(i, 'leggere <text> | read <text>', 'past', [it(book)]), "l'ho letto | I read it");
  assert.equal(said(i, 'perdere <belonging> | lose <belonging>', 'past', [it(key)]), "l'ho persa | I lost it");
  assert.equal(said(we, 'vedere <person> | see <person>', 'past', [it(anna)]), "l'abbiamo vista | we saw her");
  const give = 'dare <belonging> a <person> | give <belonging> to <person>';
  assert.equal(said(i, give, 'future', [it(key), it(marco)]), 'gliela darò | I will give it to him');
  assert.equal(said(marco, give, 'past', [key, i]), 'Marco mi ha dato la chiave | Marco gave me the key');
  assert.equal(said(marco, give, 'past', [it(key), i]), "Marco me l'ha data | Marco gave it to me");
  assert.equal(said(you, give, 'imperative', [it(key), i]), 'dammela | give it to me');
  assert.equal(
    said(you, 'leggere <text> | read <text>', 'imperative', [it(book)], { negated: true }),
    "non leggerlo | don't read it",
  );
  assert.equal(
    said(you, 'accendere <device> | turn on <device>', 'imperative', [it(a('device', 'luce'))]),
    'accendila | turn it on',
  );
  assert.equal(
    said(i, 'parlare con <person> | talk to <person>', 'past', [it(anna)]),
    'ho parlato con lei | I talked to her',
  );
});

test('verbs with essere and reflexive verbs agree with their subject', () => {
  const go = 'andare <to town> | go <town>';
  const cinema: Filler = { type: 'place', words: { italian: 'al cinema', english: 'to the cinema' } };
  assert.equal(said(anna, go, 'past', [cinema]), 'Anna è andata al cinema | Anna went to the cinema');
  assert.equal(
    said({ type: 'and', items: [anna, marco] }, go, 'past', [cinema]),
    'Anna e Marco sono andati al cinema | Anna and Marco went to the cinema',
  );
  assert.equal(said(i, 'lavarsi i denti | brush OWN teeth', 'past'), 'mi sono lavata i denti | I brushed my teeth');
  assert.equal(
    said(anna, 'lavarsi i denti | brush OWN teeth', 'present'),
    'Anna si lava i denti | Anna brushes her teeth',
  );
  const must = { italian: 'dovere', preposition: '', english: 'have', form: 'to' } as const;
  assert.equal(
    said(anna, go, 'past', [cinema], { governor: must }),
    'Anna è dovuta andare al cinema | Anna had to go to the cinema',
  );
  assert.equal(
    said(i, 'alzarsi presto | get up early', 'past', [], { governor: must }),
    'ho dovuto alzarmi presto | I had to get up early',
  );
  assert.equal(said(a('event', 'concerto'), 'finire | end', 'past'), 'il concerto è finito | the concert ended');
  assert.equal(
    said(anna, 'finire <text> | finish <text>', 'past', [book]),
    'Anna ha finito il libro | Anna finished the book',
  );
  const home = readVerb('tornare a casa | come home');
  assert.equal(italianPerfectInfinitive({ verb: home, fillers: [] }, agreementOf(anna)), 'essere tornata a casa');
});

test('what is liked is the Italian subject and the English object', () => {
  const like = 'piacere <generic animal> | like <animal> | state feel';
  const cats: NounPhrase = { type: 'noun', noun: noun('pet', 'gatto'), number: 'plural', determiner: 'generic' };
  assert.equal(said(marco, like, 'present', [cats]), 'a Marco piacciono i gatti | Marco likes cats');
  assert.equal(said(i, like, 'present', [cats], { negated: true }), "non mi piacciono i gatti | I don't like cats");
  assert.equal(
    said(marco, 'mancare <own kin> | miss <kin> | state feel', 'present', [
      a('parent', 'madre', { owner: agreementOf(marco) }),
    ]),
    'a Marco manca sua madre | Marco misses his mother',
  );
});

test('possessives lose the article with one relative alone, and agree with what is owned', () => {
  const mine = (
    kind: string,
    word: string,
    number: 'singular' | 'plural' = 'singular',
    owner = person(1),
  ): NounPhrase => ({
    type: 'noun',
    noun: noun(kind, word),
    number,
    determiner: { owner },
  });
  const asSubject = (phrase: NounPhrase) => said(phrase, 'dormire | sleep', 'future').replace(/ dormir.*$/, '');
  assert.equal(asSubject(mine('parent', 'madre')), 'mia madre');
  assert.equal(asSubject(mine('relative', 'fratello', 'plural')), 'i miei fratelli');
  assert.equal(asSubject(mine('littleRelative', 'fratellino')), 'il mio fratellino');
  assert.equal(asSubject(mine('parent', 'madre', 'singular', person(3, 'plural'))), 'la loro madre');
  assert.equal(asSubject(mine('pet', 'gatto')), 'il mio gatto');
  assert.equal(
    said(anna, 'perdere <own belonging> | lose <belonging>', 'past', [
      a('belonging', 'zaino', { owner: agreementOf(anna) }),
    ]),
    'Anna ha perso il suo zaino | Anna lost her backpack',
  );
});

test('times and dates are written in words', () => {
  const told = (hour: number, minute: number) => Object.values(clock(hour, minute)).join(' | ');
  assert.equal(told(3, 30), 'le tre e mezza | half past three');
  assert.equal(told(7, 45), 'le otto meno un quarto | a quarter to eight');
  assert.equal(told(1, 0), "l'una | one o'clock");
  assert.equal(told(12, 0), 'mezzogiorno | noon');
  assert.equal(told(0, 0), 'mezzanotte | midnight');
  assert.equal(told(12, 40), "l'una meno venti | twenty to one");
  assert.equal(told(12, 10), 'le dodici e dieci | ten past twelve');
  assert.deepEqual(date(1, 5), { italian: 'il primo maggio', english: 'the first of May' });
  assert.deepEqual(date(8, 3), { italian: "l'otto marzo", english: 'the eighth of March' });
});

test('participles, adjectives and auxiliaries agree with any subject', () => {
  const people = nounsOf('person');
  const verb = readVerb('tornare a casa | come home');
  fc.assert(
    fc.property(fc.constantFrom(...people), fc.constantFrom('singular', 'plural'), (who, number) => {
      const subject: NounPhrase = { type: 'noun', noun: who, number, determiner: 'definite' };
      const words = italianClause({ subject, verb, fillers: [], tense: 'past' });
      const auxiliary = number === 'singular' ? 'è' : 'sono';
      const participle = agree('tornato', who.gender, number);
      assert.ok(words.endsWith(` ${auxiliary} ${participle} a casa`), words);
      const state = italianClause({
        subject,
        verb: readVerb('essere ~stanco | be tired | state'),
        fillers: [],
        tense: 'present',
      });
      assert.ok(state.endsWith(` ${auxiliary} ${agree('stanco', who.gender, number)}`), state);
      const english = englishClause({
        subject,
        verb: readVerb('essere ~stanco | be tired | state'),
        fillers: [],
        tense: 'present',
      });
      assert.ok(english.endsWith(number === 'singular' ? ' is tired' : ' are tired'), english);
    }),
  );
});

test('a line that is not a verb, and a slot that nothing fills, are rejected', () => {
  assert.throws(() => readVerb('leggere'), /not a verb/);
  assert.throws(() => readVerb('leggere <text> | read <book>'), /no slot/);
  assert.throws(() => readVerb('leggere | read | often'), /unknown note/);
  assert.throws(() => readVerb('leggere <nice text> | read <text>'), /unknown slot/);
  assert.throws(() => nounsOf('nothing'), /no nouns/);
});

for (const [name, pattern] of Object.entries(patterns)) {
  test(`the pattern ${name} writes complete, clean sentences`, () => {
    const random = new Random(1, name);
    for (let n = 0; n < 300; n++) {
      const { italian, english } = draw({ random, combinations: [] }, pattern);
      for (const sentence of [italian, english]) {
        assert.match(sentence, /^[A-ZÀÈÉÌÒÙ]/, sentence);
        assert.match(sentence, /[.?!]$/, sentence);
        assert.doesNotMatch(sentence, / {2}| [,.:?!]|undefined|null|[<>{}~|+]|\bOWN\b|''|,,|\.\./, sentence);
      }
      assert.doesNotMatch(italian, /\b(di|a|da|in|su) (il|lo|la|i|gli|le) /i, italian);
      assert.doesNotMatch(italian, / e [eè]/, italian);
      assert.doesNotMatch(italian, /\b(il|un|del|al|nel|bel|quel) (s[bcdfgklmnpqrtv]|z|gn|ps|x|y)/i, italian);
      assert.doesNotMatch(italian, /(?<!')\b(una|uno|della|alla|nella|quella|dello) [aeiouàèéìòù]/i, italian);
      assert.doesNotMatch(english, /\ba [aeio]|\ban [bcdfgjklmnpqrstvwxyz]/i, english);
      assert.doesNotMatch(english, /\b(\w+) \1\b(?<!that that|had had)/i, english);
    }
  });
}
