import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as actions from '../../src/grammar/lexicon/actions.ts';
import { adjectivesByKind } from '../../src/grammar/lexicon/adjectives.ts';
import * as asking from '../../src/grammar/lexicon/asking.ts';
import { faultsByKind } from '../../src/grammar/lexicon/faults.ts';
import { menNames, womenNames } from '../../src/grammar/lexicon/names.ts';
import { allNouns, nounsOf } from '../../src/grammar/lexicon/nouns.ts';
import { placesOf } from '../../src/grammar/lexicon/places.ts';
import { rejections } from '../../src/grammar/lexicon/rejections.ts';
import { evaluated } from '../../src/grammar/lexicon/relatives.ts';
import * as states from '../../src/grammar/lexicon/states.ts';

const tables = [actions, asking, states].flatMap((module) => Object.values(module)).filter(Array.isArray);
const verbs = tables.flat();

/** Slots filled by rule, not from the nouns. */
const people = new Set(['person', 'companion', 'someone', 'relation']);

test('every slot of every verb can be filled', () => {
  assert.ok(verbs.length > 250);
  for (const verb of verbs) {
    for (const { kind, role } of verb.slots) {
      if (role === 'noun' && !people.has(kind)) assert.ok(nounsOf(kind).length > 0, `${verb.name}: ${kind}`);
      if (role === 'at' || role === 'to' || role === 'from')
        assert.ok(placesOf(kind).length > 0, `${verb.name}: ${kind}`);
    }
    for (const place of verb.places) assert.ok(placesOf(place).length > 0, `${verb.name}: @${place}`);
  }
});

test('within a kind a noun is written once in Italian, so that it has one translation', () => {
  const english = new Map<string, string>();
  for (const { kind, italian, gender, english: translation } of allNouns) {
    const key = `${kind} ${italian.singular} ${gender}`;
    assert.ok(!english.has(key), key);
    english.set(key, translation.singular);
  }
});

test('an Italian noun of one gender means one thing, but for the few that the verb tells apart', () => {
  const meanings = new Map<string, Set<string>>();
  for (const { italian, gender, english } of allNouns) {
    const key = `${italian.singular} ${gender}`;
    meanings.set(key, (meanings.get(key) ?? new Set()).add(english.singular));
  }
  const several = [...meanings].filter(([, words]) => words.size > 1).map(([key]) => key);
  // *studiare storia* and *raccontare una storia*, *pulire la cucina* and *parlare di cucina*
  assert.deepEqual(several.sort(), ['cucina feminine', 'storia feminine']);
});

test('what is judged and what is refused has adjectives to say so', () => {
  for (const verb of rejections) {
    for (const noun of nounsOf(verb.slots[0]!.kind)) assert.ok((faultsByKind[noun.kind] ?? []).length > 0, noun.kind);
  }
  for (const verb of evaluated) {
    for (const noun of nounsOf(verb.slots[0]!.kind))
      assert.ok((adjectivesByKind[noun.kind] ?? []).length > 0, noun.kind);
  }
});

test('no name of a man is a name of a woman, and none is there twice', () => {
  assert.deepEqual(
    menNames.filter((name) => womenNames.includes(name)),
    [],
  );
  assert.equal(new Set([...menNames, ...womenNames]).size, menNames.length + womenNames.length);
});
