import assert from 'node:assert/strict';
import { test } from 'node:test';
import { glyphOf, textUnits } from '../../src/reports/stroke-font.ts';

const box = JSON.stringify(glyphOf('汉').strokes);

test('all of ASCII, the letters of Latin-1 and the marks of our pieces have a glyph of their own', () => {
  const ascii = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  const latin = Array.from({ length: 64 }, (_, i) => String.fromCharCode(0xc0 + i));
  const drawn = new Map<string, string>();
  for (const character of [...ascii, ...latin, ...'▁…’‘“”«»–—·€£°¿¡œŒ']) {
    const strokes = JSON.stringify(glyphOf(character).strokes);
    assert.notEqual(strokes, box, `${character} is an empty box`);
    assert.equal(drawn.get(strokes), undefined, `${character} looks like ${drawn.get(strokes)}`);
    drawn.set(strokes, character);
  }
});

test('an accent stands above its letter, higher on a capital', () => {
  const top = (character: string) =>
    Math.max(
      ...glyphOf(character)
        .strokes.flat()
        .map(([, y]) => y),
    );
  assert.ok(top('è') > top('e') + 1);
  assert.ok(top('È') > top('E') + 1);
  assert.ok(top('È') > top('è'));
});

test('an i with an accent loses its dot', () => {
  assert.equal(glyphOf('ì').strokes.length, glyphOf('i').strokes.length);
  assert.equal(glyphOf('ï').strokes.length, 3);
});

test('a text is as wide as its glyphs, written composed or not', () => {
  assert.equal(textUnits('città'), textUnits('citta\u0300'));
  assert.equal(textUnits('ab'), glyphOf('a').advance + glyphOf('b').advance);
  assert.equal(textUnits(''), 0);
});
