import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { rasterize } from '../../src/reports/rasterize.ts';
import { textWidth } from '../../src/reports/text-width.ts';

const draw = (text: string) =>
  PNG.sync.read(
    Buffer.from(
      rasterize(
        `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30" font-family="system-ui, sans-serif" font-size="20"><rect width="60" height="30" fill="#fff"/><text x="5" y="22">${text}</text></svg>`,
      ),
    ),
  );

/** Where the ink of a text ends, in CSS pixels. */
const inkEnd = (text: string): number => {
  const { data, width } = draw(text);
  let last = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at]! < 128) last = Math.max(last, (at / 4) % width);
  return last / 2;
};

test('a picture has two pixels for each CSS pixel', () => {
  const { width, height } = draw('a');
  assert.deepEqual([width, height], [120, 60]);
});

test('letters of every European script, accents and the marks of our pieces have glyphs of their own', () => {
  const missing = draw('\ue000').data; // private use: the font's box for missing characters
  const drawn = new Map<string, string>();
  for (const character of 'aèßłøŒ▁…’“€½ЖяΩβա') {
    const { data } = draw(character);
    assert.notDeepEqual(data, missing, `${character} is an empty box`);
    const key = data.toString('base64');
    assert.equal(drawn.get(key), undefined, `${character} looks like ${drawn.get(key)}`);
    drawn.set(key, character);
  }
});

test('a text is about as wide as estimated, composed or not', () => {
  for (const text of ['will', 'MMM', 'città', 'a.b,c', '{x}', '12%']) {
    const measured = 5 + 20 * textWidth(text);
    assert.ok(Math.abs(inkEnd(text) - measured) < 4, `${text}: ink ends at ${inkEnd(text)}, measured ${measured}`);
  }
  assert.equal(textWidth('città'), textWidth('citta\u0300'));
  assert.equal(textWidth(''), 0);
});

test('a script that the font lacks does not stop the picture', () => {
  assert.equal(draw('汉字').width, 120);
});
