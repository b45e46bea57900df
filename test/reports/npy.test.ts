import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { encodeNpy } from '../../src/reports/npy.ts';

interface Fixture {
  readonly cases: readonly { readonly weights: number[][]; readonly base64: string }[];
}

const fixture: Fixture = JSON.parse(readFileSync(new URL('../fixtures/npy.json', import.meta.url), 'utf8'));

test('a matrix is written byte for byte as numpy.save writes it', () => {
  assert.equal(fixture.cases.length, 3);
  for (const { weights, base64 } of fixture.cases) {
    assert.equal(Buffer.from(encodeNpy(weights, weights[0]!.length)).toString('base64'), base64);
  }
});

test('a matrix without rows keeps its number of columns', () => {
  const bytes = Buffer.from(encodeNpy([], 7));
  assert.match(bytes.toString('latin1'), /'shape': \(0, 7\), \} *\n$/);
});
