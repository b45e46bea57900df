/** A part of an HTML text: words to translate, with entities decoded, or markup that stays unchanged. */
export type HtmlPart = { readonly words: string } | { readonly markup: string };

/** Elements whose content is not translated. */
const RAW = /<(script|style|code|pre|textarea)\b/iy;

/** Splits HTML into markup and the words in between, in one pass: what turns out not to be markup is words. */
export function htmlParts(html: string): HtmlPart[] {
  const parts: HtmlPart[] = [];
  let words = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    if (!/[a-z/!?]/i.test(html[at + 1] ?? '')) {
      at++;
      continue;
    }
    const end = endOfMarkup(html, at);
    if (end === undefined) break;
    if (at > words) parts.push(between(html.slice(words, at)));
    parts.push({ markup: html.slice(at, end) });
    words = at = end;
  }
  if (words < html.length) parts.push(between(html.slice(words)));
  return parts;
}

/** The text between tags: markup if it contains no word. */
function between(text: string): HtmlPart {
  const words = unescapeHtml(text);
  return /[\p{L}\p{N}]/u.test(words) ? { words } : { markup: text };
}

/** Escapes words for HTML. */
export function escapeWords(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function endOfMarkup(html: string, start: number): number | undefined {
  if (html.startsWith('<!--', start)) return after(html, '-->', start + 4);
  RAW.lastIndex = start;
  const raw = RAW.exec(html)?.[1];
  if (raw === undefined) return after(html, '>', start);
  const closing = new RegExp(`</${raw}`, 'ig');
  closing.lastIndex = start;
  const found = closing.exec(html);
  return found === null ? html.length : (after(html, '>', found.index) ?? html.length);
}

function after(html: string, what: string, from: number): number | undefined {
  const at = html.indexOf(what, from);
  return at < 0 ? undefined : at + what.length;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

function unescapeHtml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return named[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
