/** Advance widths of DejaVu Sans from space to tilde, in hundredths of the font's size. */
const widths = [
  32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
  84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61,
  69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59,
  82, 59, 59, 52, 64, 34, 64, 84,
];

/** The approximate width of a text, in units of its font size: an SVG uses the reader's font. Accents add nothing. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text.normalize('NFD')) {
    if (/\p{Mark}/u.test(character)) continue;
    const code = character.codePointAt(0) as number;
    // beyond ASCII a letter is about as wide as an a; ideographs and the mark that starts a piece take a full square
    width += widths[code - 32] ?? (/[\u1100-\u{1ffff}]/u.test(character) ? 100 : 65);
  }
  return width / 100;
}
