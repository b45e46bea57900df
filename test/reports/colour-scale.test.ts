import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colourOf, hexColourOf } from '../../src/reports/colour-scale.ts';

/** sRGB to OKLab, for measuring: the opposite direction of the code under test. */
function toOklab(rgb: readonly number[]): number[] {
  const [r, g, b] = rgb.map((byte) => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

const labs = Array.from({ length: 17 }, (_, i) => toOklab(colourOf(i / 16)));

test('more attention is always darker', () => {
  labs.slice(1).forEach((lab, i) => {
    assert.ok(lab[0]! < labs[i]![0]! - 0.02, `step ${i}`);
  });
});

test('equal differences of weight look equally large: steps in OKLab differ by less than a tenth', () => {
  const steps = labs.slice(1).map((lab, i) => Math.hypot(...lab.map((value, axis) => value - labs[i]![axis]!)));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  for (const step of steps) assert.ok(Math.abs(step / mean - 1) < 0.1, `${step} beside a mean of ${mean}`);
});

test('no colour of the scale is clipped at the edge of sRGB', () => {
  for (let i = 0; i <= 255; i++) {
    for (const channel of colourOf(i / 255)) assert.ok(channel > 0 && channel < 255, hexColourOf(i / 255));
  }
});

test('weights out of range get the colour at the end of the scale', () => {
  assert.equal(hexColourOf(-1), hexColourOf(0));
  assert.equal(hexColourOf(1.2), hexColourOf(1));
});
