import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { builtInTokenizer, builtInTokenizers } from '../../src/evaluation/tokenizers.ts';
import { largestDifferences, ourScores, type PeerComparisons, type PeerScores } from './peer-scores.ts';

interface Fixture {
  readonly odd: {
    readonly hypotheses: readonly string[];
    readonly references: readonly (readonly string[])[];
    readonly words: Readonly<Record<string, readonly (readonly string[])[]>>;
    readonly one: PeerScores;
    readonly two: PeerScores;
  };
  readonly plain: {
    readonly reference: readonly string[];
    readonly system: readonly string[];
    readonly baseline: readonly string[];
    readonly scores: PeerScores;
    readonly comparisons: PeerComparisons;
  };
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('../fixtures/scores.json', import.meta.url), 'utf8'));
const { odd, plain } = fixture;

for (const name of builtInTokenizers) {
  test(`the tokenizer ${name} splits odd sentences into the same words as sacreBLEU`, () => {
    for (const [i, sentence] of odd.hypotheses.entries()) {
      assert.deepEqual(builtInTokenizer(name).words(sentence), odd.words[name]?.[i], JSON.stringify(sentence));
    }
  });
}

const cases = [
  {
    what: 'odd sentences with one reference',
    hypotheses: odd.hypotheses,
    sets: odd.references.slice(0, 1),
    peer: odd.one,
  },
  { what: 'odd sentences with two references', hypotheses: odd.hypotheses, sets: odd.references, peer: odd.two },
  { what: 'plain sentences', hypotheses: plain.system, sets: [plain.reference], peer: plain.scores },
];
for (const { what, hypotheses, sets, peer } of cases) {
  test(`every score of ${what} equals sacreBLEU's and NLTK's, corpus and sentence, and so do the signatures`, () => {
    for (const [score, difference] of largestDifferences(ourScores(hypotheses, sets), peer)) {
      assert.ok(difference <= 1e-9, `${score} differs by ${difference}`);
    }
  });
}
