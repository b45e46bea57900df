/** Pieces grouped into words. */
export interface WordGroups {
  readonly words: readonly string[];
  /** For each piece, the index of its word. */
  readonly wordOf: readonly number[];
}

const WORD_START = '▁';
const CONTROL = new Set(['<s>', '</s>', '<pad>']);

/** Characters of scripts that are written without spaces between words, with their punctuation. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\u3000-\u303f\uff00-\uffef]/u;
const UNSPACED_START = new RegExp(`^${UNSPACED.source}`, 'u');
const UNSPACED_END = new RegExp(`${UNSPACED.source}\\p{M}*$`, 'u');

/** If words are longer than this, in characters on average, there were no spaces. */
const LONGEST_MEAN = 4;

/**
 * Groups SentencePiece pieces into words: `▁` starts one, a control piece (`</s>`) is a word by itself, byte pieces
 * (`<0xC3><0xA8>`) become their character. Pieces of a words vocabulary, which has no `▁`, are words already. In a
 * sentence without spaces, such as a Chinese one, each piece is a word: otherwise the whole sentence would be one.
 * @param bySpaces only `▁` starts a word, whatever the script
 */
export function groupPieces(pieces: readonly string[], bySpaces = false): WordGroups {
  const subwords = pieces.some((piece) => piece.startsWith(WORD_START));
  const apart = !bySpaces && hasNoSpaces(pieces);
  const groups: string[][] = [];
  let closed = true;
  let before = '';
  const wordOf = pieces.map((piece) => {
    const control = CONTROL.has(piece);
    const alone = apart && before !== WORD_START && (UNSPACED_START.test(piece) || UNSPACED_END.test(before));
    if (!subwords || closed || control || alone || piece.startsWith(WORD_START)) groups.push([]);
    groups.at(-1)?.push(piece);
    closed = control;
    before = piece;
    return groups.length - 1;
  });
  return { words: groups.map((group) => (subwords ? joinPieces(group) : group.join(''))), wordOf };
}

/** Whether the text between two `▁` is too long for a word, or is the whole sentence. */
function hasNoSpaces(pieces: readonly string[]): boolean {
  const words = pieces
    .filter((piece) => !CONTROL.has(piece))
    .join('')
    .split(WORD_START)
    .slice(1);
  const unspaced = words.filter((word) => UNSPACED.test(word));
  const characters = unspaced.reduce((sum, word) => sum + [...word].length, 0);
  return unspaced.length > 0 && (words.length === 1 || characters > LONGEST_MEAN * unspaced.length);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of one word; `▁` if it is empty, so that every word is visible. */
function joinPieces(pieces: readonly string[]): string {
  const bytes = /(?:<0x[0-9A-F]{2}>)+/g;
  const text = pieces.join('').replace(bytes, (run) => {
    const codes = run.match(/[0-9A-F]{2}/g) ?? [];
    return decoder.decode(Uint8Array.from(codes, (code) => Number.parseInt(code, 16)));
  });
  return text.replaceAll(WORD_START, '') || WORD_START;
}
