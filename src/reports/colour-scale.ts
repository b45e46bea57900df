/** Red, green, blue: whole numbers from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

const STEPS = 256;

/**
 * The one colour scale of all pictures, from paper white at 0 through mint, teal and indigo to nearly black at 1.
 * Perceptually uniform by construction: its path through OKLab (Ottosson 2020) is cut into steps of equal length, with
 * lightness falling throughout, so that it works in grey and with any colour vision. Weights outside [0, 1] get the
 * nearest end.
 */
export function colourOf(weight: number): Rgb {
  return scale[Math.round(Math.min(Math.max(weight, 0), 1) * (STEPS - 1))]!;
}

/** The same colour for CSS and SVG: `#rrggbb`. */
export function hexColourOf(weight: number): string {
  return `#${colourOf(weight)
    .map((channel) => channel.toString(16).padStart(2, '0'))
    .join('')}`;
}

/** A point on the path: OKLab's lightness, a and b. */
function pathAt(position: number): readonly [number, number, number] {
  const lightness = 0.985 - 0.725 * position;
  const chroma = 0.11 * Math.sin(0.87 * Math.PI * position);
  const hue = ((172 + 108 * position) * Math.PI) / 180;
  return [lightness, chroma * Math.cos(hue), chroma * Math.sin(hue)];
}

/** `STEPS` colours at equal distances along the path. */
function buildScale(): Rgb[] {
  const samples = 4096;
  const travelled = [0];
  for (let i = 1; i <= samples; i++) {
    const [from, to] = [pathAt((i - 1) / samples), pathAt(i / samples)];
    travelled.push(travelled[i - 1]! + Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]));
  }
  let sample = 0;
  return Array.from({ length: STEPS }, (_, step) => {
    const wanted = (travelled[samples]! * step) / (STEPS - 1);
    while (sample < samples && travelled[sample]! < wanted) sample++;
    return toRgb(pathAt(sample / samples));
  });
}

/** OKLab to sRGB, with matrices from Ottosson, "A perceptual color space for image processing" (2020). */
function toRgb([lightness, a, b]: readonly [number, number, number]): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encode(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encode(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encode(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Linear light to an sRGB byte. */
function encode(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(Math.max(value, 0), 1));
}

const scale = buildScale();
