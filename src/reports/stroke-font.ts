/** A line through points, in font units: ten to the em, x to the right, y up from the baseline. */
export type Stroke = readonly (readonly [x: number, y: number])[];

/** A character as strokes of one pen, and how far the next character stands. */
export interface Glyph {
  readonly strokes: readonly Stroke[];
  readonly advance: number;
}

/** How thick the pen is, in font units. */
export const penWidth = 0.9;

/**
 * The glyph of a character: letters with accents are put together from letter and accent, what the font lacks is an empty
 * box. The font is our own: a plain upright sans drawn with lines and quarter ellipses, so that PNG pictures need no
 * font file and no system library.
 */
export function glyphOf(character: string): Glyph {
  const known = cache.get(character);
  if (known) return known;
  const [base = ' ', ...marks] = character.normalize('NFD');
  const letter = parse(paths[base === 'i' && marks.length > 0 ? 'ı' : base] ?? paths.missing!);
  const [left, right, top] = extent(letter);
  const accents = marks.flatMap((mark) => {
    const [below, path] = accentPaths[mark] ?? [true, ''];
    return parse(path).map((stroke) =>
      stroke.map(([x, y]) => [x + (left + right) / 2, y + (below ? 0 : top > 5.5 ? 8 : 6.1)] as const),
    );
  });
  const strokes = [...letter, ...accents].map((stroke) => stroke.map(([x, y]) => [x - left, y] as const));
  const glyph = { strokes, advance: letter.length === 0 ? 3.2 : right - left + 1.9 };
  cache.set(character, glyph);
  return glyph;
}

/** How wide a text is, in font units. */
export function textUnits(text: string): number {
  return [...text.normalize('NFC')].reduce((sum, character) => sum + glyphOf(character).advance, 0);
}

const cache = new Map<string, Glyph>();

/** Leftmost, rightmost and highest point. */
function extent(strokes: readonly Stroke[]): [left: number, right: number, top: number] {
  const points = strokes.flat();
  if (points.length === 0) return [0, 0, 0];
  const xs = points.map(([x]) => x);
  return [Math.min(...xs), Math.max(...xs), Math.max(...points.map(([, y]) => y))];
}

/**
 * Reads a path: `M` moves, `L` draws a line, `h` and `v` a quarter ellipse that leaves horizontally or vertically.
 * For instance the letter o: `M2,5h0,2.5v2,0h4,2.5v2,5`.
 */
function parse(path: string): Stroke[] {
  const strokes: [number, number][][] = [];
  for (const [, command, x, y] of path.matchAll(/([MLhv])(-?[\d.]+),(-?[\d.]+)/g)) {
    const to: [number, number] = [Number(x), Number(y)];
    const stroke = strokes.at(-1);
    const from = stroke?.at(-1);
    if (command === 'M' || !stroke || !from) strokes.push([to]);
    else if (command === 'L') stroke.push(to);
    else stroke.push(...quarterEllipse(from, to, command === 'h'));
  }
  return strokes;
}

function quarterEllipse(
  [x0, y0]: [number, number],
  [x1, y1]: [number, number],
  horizontal: boolean,
): [number, number][] {
  const steps = 8;
  return Array.from({ length: steps }, (_, i) => {
    const angle = (((i + 1) / steps) * Math.PI) / 2;
    const [early, late] = [Math.sin(angle), 1 - Math.cos(angle)];
    const [along, across] = horizontal ? [early, late] : [late, early];
    return [x0 + (x1 - x0) * along, y0 + (y1 - y0) * across];
  });
}

const bowl = 'M2,5h0,2.5v2,0h4,2.5v2,5';
const paths: Readonly<Record<string, string>> = {
  missing: 'M0,0L0,7L4,7L4,0L0,0',
  ' ': '',
  a: `${bowl}M4,5L4,0`,
  b: `${bowl}M0,7L0,0`,
  c: 'M3.7,4.1v2.1,5h0,2.5v2.1,0h3.7,0.9',
  d: `${bowl}M4,7L4,0`,
  e: 'M0,2.6L4,2.6v2.05,5h0,2.5v2.1,0h3.8,0.9',
  f: 'M2.9,7h1.2,5.4L1.2,0M0,4.8L2.7,4.8',
  g: `${bowl}M4,5L4,-0.2v2.1,-2.2h0.4,-1.5`,
  h: 'M0,7L0,0M0,3v2,5h3.7,3.1L3.7,0',
  i: 'M0,5L0,0M0,6.8L0,6.9',
  ı: 'M0,5L0,0',
  j: 'M1.1,5L1.1,-0.9v-0.2,-2.2M1.1,6.8L1.1,6.9',
  k: 'M0,7L0,0M3.4,5L0,1.9M1.3,3.1L3.6,0',
  l: 'M0,7L0,1.1v1.2,0',
  m: 'M0,5L0,0M0,3.2v1.6,5h3,3.3L3,0M3,3.2v4.6,5h6,3.3L6,0',
  n: 'M0,5L0,0M0,3v2,5h3.7,3.1L3.7,0',
  o: bowl,
  p: `${bowl}M0,5L0,-2.2`,
  q: `${bowl}M4,5L4,-2.2`,
  r: 'M0,5L0,0M0,2.8v2.3,4.9',
  s: 'M3.3,4.2v1.75,5h0.2,3.8v1.75,2.6h3.5,1.25v1.75,0h0,0.8',
  t: 'M1.2,6.6L1.2,1.3v2.7,0M0,4.9L2.7,4.9',
  u: 'M0,5L0,1.9v1.7,0h3.7,2M3.7,5L3.7,0',
  v: 'M0,5L1.9,0L3.8,5',
  w: 'M0,5L1.5,0L3,4.7L4.5,0L6,5',
  x: 'M0,5L3.7,0M3.7,5L0,0',
  y: 'M0,5L1.95,0.2M3.9,5L1.2,-2.2',
  z: 'M0.1,5L3.6,5L0,0L3.7,0',
  A: 'M0,0L2.6,7L5.2,0M0.9,2.4L4.3,2.4',
  B: 'M0,0L0,7L2.3,7h4,5.4v2.3,3.75L0,3.75M2.3,3.75h4.5,1.9v2.3,0L0,0',
  C: 'M4.9,5.6v2.8,7h0,3.5v2.8,0h4.9,1.4',
  D: 'M0,0L0,7L1.7,7h5,3.5v1.7,0L0,0',
  E: 'M4,7L0,7L0,0L4.1,0M0,3.7L3.5,3.7',
  F: 'M4,7L0,7L0,0M0,3.6L3.4,3.6',
  G: 'M4.9,5.6v2.8,7h0,3.5v2.8,0h5,2.2L5,3.2L3,3.2',
  H: 'M0,7L0,0M4.8,7L4.8,0M0,3.6L4.8,3.6',
  I: 'M0,0L2,0M0,7L2,7M1,7L1,0',
  J: 'M2.9,7L2.9,2v1.4,0h0,1.4',
  K: 'M0,7L0,0M4.4,7L0,2.9M1.5,4.2L4.7,0',
  L: 'M0,7L0,0L3.8,0',
  M: 'M0,0L0,7L2.8,2.2L5.6,7L5.6,0',
  N: 'M0,0L0,7L4.8,0L4.8,7',
  O: 'M2.8,7h0,3.5v2.8,0h5.6,3.5v2.8,7',
  P: 'M0,0L0,7L2.3,7h4.3,5.1v2.3,3.2L0,3.2',
  Q: 'M2.8,7h0,3.5v2.8,0h5.6,3.5v2.8,7M3.5,1.6L5.4,-0.6',
  R: 'M0,0L0,7L2.3,7h4.3,5.1v2.3,3.2L0,3.2M2.2,3.2L4.6,0',
  S: 'M4.1,5.7v2.2,7h0.2,5.3v2.2,3.6h4.4,1.8v2.2,0h0,1.2',
  T: 'M0,7L4.8,7M2.4,7L2.4,0',
  U: 'M0,7L0,2.4v2.4,0h4.8,2.4L4.8,7',
  V: 'M0,7L2.5,0L5,7',
  W: 'M0,7L1.8,0L3.7,6.4L5.6,0L7.4,7',
  X: 'M0,7L4.7,0M4.7,7L0,0',
  Y: 'M0,7L2.4,3.3L4.8,7M2.4,3.3L2.4,0',
  Z: 'M0.1,7L4.6,7L0,0L4.7,0',
  '0': 'M2,7h0,3.5v2,0h4,3.5v2,7',
  '1': 'M0.4,5.7L2,7L2,0M0.4,0L3.6,0',
  '2': 'M0.2,5.3v2,7h3.8,5.2L3.3,3.8L0,0L4,0',
  '3': 'M0.3,5.8v2,7h3.7,5.4v1.6,3.8M2,3.8h4,1.9v2,0h0,1.2',
  '4': 'M3.1,0L3.1,7L0,2.1L4.3,2.1',
  '5': 'M3.7,7L0.6,7L0.4,3.6v2,4.4h4,2.2v1.9,0h0,1',
  '6': 'M3.6,6.2v2.3,7h0,2.2v2,0h4,2.2v2,4.4h0,2.2',
  '7': 'M0,7L4,7L1.4,0',
  '8': 'M2,7h0.3,5.4v2,3.8h3.7,5.4v2,7M2,3.8h0,1.9v2,0h4,1.9v2,3.8',
  '9': 'M0.4,0.8v1.7,0h4,4.8v2,7h0,4.8v2,2.6h4,4.8',
  '.': 'M0,0.1L0.3,0.4M0.3,0.1L0,0.4',
  ',': 'M0.5,0.3L0,-1.3',
  ':': 'M0,0.1L0.2,0.3M0,4.2L0.2,4.4',
  ';': 'M0.5,0.3L0,-1.3M0.5,4.4L0.5,4.5',
  '!': 'M0,7L0,2.2M0,0.1L0,0.2',
  '?': 'M0,5.5v1.8,7h3.6,5.3L3.1,4.1L1.7,2.9L1.7,2.1M1.7,0.1L1.7,0.2',
  "'": 'M0,7L0,5.2',
  '"': 'M0,7L0,5.2M1.5,7L1.5,5.2',
  '’': 'M0.6,7L0,5.2',
  '‘': 'M0,7L0.6,5.2',
  '”': 'M0.6,7L0,5.2M2.2,7L1.6,5.2',
  '“': 'M0,7L0.6,5.2M1.6,7L2.2,5.2',
  '«': 'M1.5,4.4L0,2.6L1.5,0.8M3.5,4.4L2,2.6L3.5,0.8',
  '»': 'M0,4.4L1.5,2.6L0,0.8M2,4.4L3.5,2.6L2,0.8',
  '-': 'M0,2.7L2.2,2.7',
  '–': 'M0,2.7L3.4,2.7',
  '—': 'M0,2.7L6,2.7',
  _: 'M0,-0.8L4,-0.8',
  '▁': 'M0,0.9L0,0L3.4,0L3.4,0.9',
  '…': 'M0,0.1L0,0.2M2,0.1L2,0.2M4,0.1L4,0.2',
  '·': 'M0,2.7L0,2.8',
  '(': 'M1.6,7.6h0,3v1.6,-1.6',
  ')': 'M0,7.6h1.6,3v0,-1.6',
  '[': 'M1.5,7.6L0,7.6L0,-1.4L1.5,-1.4',
  ']': 'M0,7.6L1.5,7.6L1.5,-1.4L0,-1.4',
  '{': 'M2,7.6h1,6.4L1,4.2L0.2,3.1L1,2L1,-0.2v2,-1.4',
  '}': 'M0,7.6h1,6.4L1,4.2L1.8,3.1L1,2L1,-0.2v0,-1.4',
  '<': 'M3.6,5.2L0,3L3.6,0.8',
  '>': 'M0,5.2L3.6,3L0,0.8',
  '/': 'M0,-1L3,7.6',
  '\\': 'M3,-1L0,7.6',
  '|': 'M0,-1.4L0,7.6',
  '+': 'M0,2.9L4,2.9M2,4.9L2,0.9',
  '−': 'M0,2.9L4,2.9',
  '÷': 'M0,2.7L4,2.7M2,4.6L2,4.7M2,0.7L2,0.8',
  '×': 'M0.3,4.6L3.7,1.2M3.7,4.6L0.3,1.2',
  '=': 'M0,3.8L4,3.8M0,1.9L4,1.9',
  '~': 'M0,2.4v1.1,3.4L2.9,2.4v4,3.4',
  '^': 'M0,4.6L1.8,7L3.6,4.6',
  '`': 'M0,7.4L1,6',
  '*': 'M1.7,7L1.7,3.8M0.3,6.2L3.1,4.6M3.1,6.2L0.3,4.6',
  '#': 'M1,0L2,7M3,0L4,7M0.3,4.7L4.8,4.7M0.1,2.3L4.6,2.3',
  $: 'M4,5.5v2.2,6.6h0.2,5v2.2,3.5h4.2,1.9v2.2,0.4h0,1.5M2.1,7.6L2.1,-0.6',
  '%': 'M1.2,7h0,5.7v1.2,4.4h2.4,5.7v1.2,7M5.2,2.6h4,1.3v5.2,0h6.4,1.3v5.2,2.6M5,7L1.4,0',
  '&': 'M4.9,0L1,4.8h0.8,5.6v1.9,7h3,5.9L0.5,2.7h0,1.9v1.8,0h4.6,3',
  '@': 'M4.6,4.2v3.4,5h2,3.2v3.2,1.6h4.6,3.2M4.6,4.8L4.6,2.4v5.4,1.6h6.6,3.6v3.4,6.6h0,2.6v3.6,-1.2L4.8,-0.9',
  '€': 'M4.4,6v2.9,7h0.8,3.5v2.9,0h4.4,1M0,4.2L3.4,4.2M0,2.8L3.2,2.8',
  '£': 'M3.9,5.8v2.6,7h1.1,5.2L1.1,1.4L0,0L4,0M0,3.4L3,3.4',
  '°': 'M1.1,7h0,5.9v1.1,4.8h2.2,5.9v1.1,7',
  '¡': 'M0,5L0,-0.2M0,-2.2L0,-2.1',
  '¿': 'M3.6,-0.5v1.8,-2h0,-0.3L0.5,0.9L1.9,2.1L1.9,2.9M1.9,4.9L1.9,5',
  ß: 'M0,0L0,5.2v1.7,7h3.3,5.6v1.5,3.9h4,2v1.6,0',
  æ: `${bowl}M4,5L4,1.4M4,2.7L7.6,2.7v5.7,5h4,3M4,2v5.8,0h7.4,0.9`,
  œ: `${bowl}M4,2.7L7.6,2.7v5.7,5h4,3M4,2v5.8,0h7.4,0.9`,
  ø: `${bowl}M0,-0.4L4,5.4`,
  ð: 'M2,4.4h0,2.2v2,0h4,2.2v2,4.4M4,2.2L4,3.4L1.2,7M0.8,5.2L3.4,6.6',
  þ: `${bowl}M0,7L0,-2.2`,
  ł: 'M0.8,7L0.8,1.1v2,0M0,3L1.9,4.4',
  Æ: 'M0,0L3,7L7,7M4,7L4,0L7,0M4,3.7L6.6,3.7M1,2.4L4,2.4',
  Œ: 'M4,7L2.8,7h0,3.5v2.8,0L4,0M7.6,7L4,7L4,0L7.7,0M4,3.7L7,3.7',
  Ø: 'M2.8,7h0,3.5v2.8,0h5.6,3.5v2.8,7M0.2,-0.4L5.4,7.4',
  Ð: 'M0.6,0L0.6,7L2.3,7h5.6,3.5v2.3,0L0.6,0M0,3.6L2.6,3.6',
  Þ: 'M0,7L0,0M0,5.6L2.2,5.6h4.2,3.6v2.2,1.6L0,1.6',
};

/** Combining marks around x = 0: whether they hang below, and the path, which stands on y = 0 when they do not. */
const accentPaths: Readonly<Record<string, readonly [below: boolean, path: string]>> = {
  '\u0300': [false, 'M-0.9,1.5L0.5,0.2'],
  '\u0301': [false, 'M0.9,1.5L-0.5,0.2'],
  '\u0302': [false, 'M-1.3,0.2L0,1.4L1.3,0.2'],
  '\u0303': [false, 'M-1.5,0.3v-0.7,1.1L0.7,0.4v1.5,1.2'],
  '\u0304': [false, 'M-1.3,0.7L1.3,0.7'],
  '\u0306': [false, 'M-1.3,1.3v0,0.2h1.3,1.3'],
  '\u0308': [false, 'M-1.2,0.7L-1.2,0.8M1.2,0.7L1.2,0.8'],
  '\u030a': [false, 'M0,1.9h-0.9,1v0,0.1h0.9,1v0,1.9'],
  '\u030c': [false, 'M-1.3,1.4L0,0.2L1.3,1.4'],
  '\u0327': [true, 'M0,0L0,-0.7v0.9,-1.4h-0.8,-2'],
};
