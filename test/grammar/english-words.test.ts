import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from '../../src/grammar/agreement.ts';
import { englishPronoun } from '../../src/grammar/english/noun-phrase.ts';
import { englishNumber, englishOrdinal } from '../../src/grammar/english/numbers.ts';
import {
  be,
  ingForm,
  irregularEnglish,
  negate,
  pastParticiple,
  pastTense,
  thirdPerson,
} from '../../src/grammar/english/verbs.ts';
import { compare, englishPlural, genitive, indefinite } from '../../src/grammar/english/words.ts';
import { allNouns } from '../../src/grammar/lexicon/nouns.ts';

const pairs = (text: string) => text.split(/;|\n/).map((entry) => entry.trim().split(' = ') as [string, string]);

test('plurals end in s, es or ies', () => {
  const table = `book = books; box = boxes; glass = glasses; church = churches; dish = dishes; city = cities; boy = boys
    key = keys; library = libraries; bus = buses; watch = watches; toy = toys`;
  for (const [one, many] of pairs(table)) assert.equal(englishPlural(one), many);
});

test('plurals that no rule gives are in the lexicon', () => {
  const plurals = new Map(allNouns.map(({ english }) => [english.singular, english.plural]));
  const table = `man = men; woman = women; child = children; knife = knives; scarf = scarves; wolf = wolves; mouse = mice
    sheep = sheep; deer = deer; goose = geese; tomato = tomatoes; potato = potatoes; policeman = policemen
    bunch of flowers = bunches of flowers; house by the sea = houses by the sea`;
  for (const [one, many] of pairs(table)) assert.equal(plurals.get(one), many);
});

test('a or an follows the sound', () => {
  for (const word of 'apple egg ice idea orange umbrella hour honest uncle old'.split(' '))
    assert.equal(indefinite(word), 'an');
  for (const word of 'book university European one-way useful house yellow uniform unique'.split(' ')) {
    assert.equal(indefinite(word), 'a', word);
  }
});

test('the third person is spelt as it sounds', () => {
  const table = `read = reads; go = goes; do = does; study = studies; play = plays; watch = watches; wash = washes; miss = misses
    have = has; be = is; fix = fixes; carry = carries; buy = buys; teach = teaches`;
  for (const [base, third] of pairs(table)) assert.equal(thirdPerson(base), third);
});

test('ing drops e and doubles consonants', () => {
  const table = `read = reading; make = making; run = running; swim = swimming; put = putting; lie = lying; see = seeing; be = being
    travel = travelling; set = setting; visit = visiting; open = opening; study = studying; hug = hugging; begin = beginning
    get = getting; write = writing; sit = sitting; cut = cutting; queue = queuing; argue = arguing; tidy = tidying`;
  for (const [base, ing] of pairs(table)) assert.equal(ingForm(base), ing);
});

test('regular pasts are spelt by rule', () => {
  const table = `clean = cleaned; like = liked; study = studied; play = played; stop = stopped; travel = travelled; hug = hugged
    visit = visited; open = opened; carry = carried; tidy = tidied; water = watered; plan = planned; chat = chatted
    cancel = cancelled; prefer = preferred; ski = skied; cry = cried; joke = joked`;
  for (const [base, past] of pairs(table)) assert.deepEqual([pastTense(base), pastParticiple(base)], [past, past]);
});

const irregular = `become became become; begin began begun; bite bit bitten; break broke broken; bring brought brought
  build built built; burn burnt burnt; buy bought bought; catch caught caught; choose chose chosen; come came come
  cost cost cost; cut cut cut; do did done; draw drew drawn; dream dreamt dreamt; drink drank drunk; drive drove driven
  eat ate eaten; fall fell fallen; feed fed fed; feel felt felt; find found found; fly flew flown; forget forgot forgotten; forgive forgave forgiven
  get got got; give gave given; go went gone; grow grew grown; hang hung hung; have had had; hear heard heard; hide hid hidden
  hit hit hit; hold held held; hurt hurt hurt; keep kept kept; know knew known; learn learnt learnt; leave left left
  lend lent lent; lie lay lain; light lit lit; lose lost lost; make made made; meet met met; pay paid paid; put put put
  read read read; ride rode ridden; ring rang rung; rise rose risen; run ran run; say said said; see saw seen; sell sold sold
  send sent sent; set set set; shine shone shone; show showed shown; sing sang sung; sit sat sat; sleep slept slept
  speak spoke spoken; spend spent spent; stand stood stood; steal stole stolen; sting stung stung; sweep swept swept
  swim swam swum; take took taken; teach taught taught; tear tore torn; tell told told; think thought thought; throw threw thrown
  understand understood understood; wake woke woken; wear wore worn; win won won; write wrote written`;

test('every irregular English verb has its past and participle', () => {
  const checked = new Set<string>();
  for (const entry of irregular.split(/;|\n/)) {
    const [base, past, participle] = entry.trim().split(' ') as [string, string, string];
    assert.deepEqual([pastTense(base), pastParticiple(base)], [past, participle], base);
    checked.add(base);
  }
  assert.equal(pastParticiple('be'), 'been');
  assert.deepEqual(
    Object.keys(irregularEnglish).filter((base) => !checked.has(base)),
    [],
  );
});

test("be agrees, and auxiliaries take n't", () => {
  const forms = [person(1), person(2), person(3), person(1, 'plural')].map(
    (who) => `${be(who, 'present')} ${be(who, 'past')}`,
  );
  assert.deepEqual(forms, ['am was', 'are were', 'is was', 'are were']);
  assert.deepEqual(['am', 'is', 'will', 'can', 'do', 'could'].map(negate), [
    'am not',
    "isn't",
    "won't",
    "can't",
    "don't",
    "couldn't",
  ]);
});

test('comparison takes er for short words and more for long ones', () => {
  const table = `tall = taller tallest; nice = nicer nicest; big = bigger biggest; funny = funnier funniest
    good = better best; clever = cleverer cleverest; quiet = quieter quietest; famous = more famous most famous
    expensive = more expensive most expensive; necessary = more necessary most necessary; tired = more tired most tired
    absent-minded = more absent-minded most absent-minded; boring = more boring most boring; thin = thinner thinnest`;
  for (const [adjective, forms] of pairs(table)) {
    assert.equal(`${compare(adjective, 'comparative')} ${compare(adjective, 'superlative')}`, forms);
  }
});

test('possessors, pronouns and numbers', () => {
  assert.deepEqual(
    [genitive('Marco', false), genitive('my parents', true), genitive('the children', true)],
    ["Marco's", "my parents'", "the children's"],
  );
  const her = person(3, 'singular', 'feminine');
  assert.equal(
    (['subject', 'object', 'own', 'mine'] as const).map((form) => englishPronoun(her, form)).join(' '),
    'she her her hers',
  );
  assert.equal(englishPronoun(person(3, 'singular', 'feminine', false), 'object'), 'it');
  assert.equal(
    [3, 12, 20, 21, 99, 100, 115, 200].map(englishNumber).join('; '),
    'three; twelve; twenty; twenty-one; ninety-nine; a hundred; a hundred and fifteen; two hundred',
  );
  assert.equal(
    [1, 2, 3, 5, 8, 9, 12, 20, 21, 30].map(englishOrdinal).join(' '),
    'first second third fifth eighth ninth twelfth twentieth twenty-first thirtieth',
  );
});
