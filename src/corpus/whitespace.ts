/**
 * What Python considers whitespace (`str.isspace`, `str.split`), so that scores equal sacreBLEU's and NLTK's.
 * JavaScript's `\s` differs: it lacks U+001C to U+001F and U+0085, and includes U+FEFF.
 * @param code a code point or UTF-16 unit: there is no whitespace beyond the first plane
 */
function isWhitespace(code: number): boolean {
  if (code <= 0x20) return code >= 0x1c || (code >= 0x09 && code <= 0x0d);
  if (code < 0x1680) return code === 0x85 || code === 0xa0;
  if (code <= 0x200a) return code >= 0x2000 || code === 0x1680;
  return code === 0x2028 || code === 0x2029 || code === 0x202f || code === 0x205f || code === 0x3000;
}

/** The words of a text, split at whitespace like Python's `str.split()`; none for a blank text. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let start = -1;
  for (let i = 0; i < text.length; i++) {
    if (!isWhitespace(text.charCodeAt(i))) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      words.push(text.slice(start, i));
      start = -1;
    }
  }
  if (start >= 0) words.push(text.slice(start));
  return words;
}

/** A text without trailing whitespace, like Python's `str.rstrip()`. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isWhitespace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** A text without whitespace at both ends, like Python's `str.strip()`. */
export function trim(text: string): string {
  let start = 0;
  while (start < text.length && isWhitespace(text.charCodeAt(start))) start++;
  return trimEnd(text.slice(start));
}

/** The code points of a text, in order, without its whitespace. */
export function visibleCodePoints(text: string): number[] {
  const points: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!;
    if (point > 0xffff) i++;
    if (!isWhitespace(point)) points.push(point);
  }
  return points;
}
