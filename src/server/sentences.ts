/** A sentence of a text, and the white space around it, which a translation keeps. */
export interface Sentence {
  readonly before: string;
  readonly source: string;
  /** For the last sentence of a text: the white space at the end. */
  readonly after: string;
}

/**
 * Longer sentences, in characters, are cut at a space: models are trained on sentences, not on pages without a full
 * stop.
 */
const LONGEST = 500;

/**
 * Abbreviations with a full stop that do not end a sentence, in the languages of common corpora. A single capital
 * letter is an initial.
 */
const ABBREVIATION =
  /(?:^|[\s("'«])(?:\p{Lu}|art|avv|cap|cfr|dott|dr|ecc|ing|mr|mrs|ms|nr|pag|prof|rev|sig|sigg|sr|sra|st|vs|z\.B|bzw|ca|etc|e\.g|i\.e|mme|mlle|vol)(?:\.(?:ssa|ra|re|na))?\.\s*$/iu;

/** Splits texts of a language into sentences. For a language unknown to `Intl`, general rules apply. */
export function sentenceSplitter(language: string): (text: string) => Sentence[] {
  const segmenter = new Intl.Segmenter(known(language), { granularity: 'sentence' });
  return (text) => {
    const sentences: Sentence[] = [];
    let before = '';
    for (const segment of shortened(joined(segmenter.segment(text)))) {
      const source = segment.trim();
      const start = source === '' ? segment.length : segment.indexOf(source);
      before += segment.slice(0, start);
      if (source === '') continue;
      sentences.push({ before, source, after: '' });
      before = segment.slice(start + source.length);
    }
    const last = sentences.pop();
    // a text without words is one empty sentence, so that it has an answer
    return [...sentences, { ...(last ?? { before, source: '' }), after: last === undefined ? '' : before }];
  };
}

/** A text as one sentence. */
export function wholeText(text: string): Sentence[] {
  const source = text.trim();
  const start = source === '' ? text.length : text.indexOf(source);
  return [{ before: text.slice(0, start), source, after: text.slice(start + source.length) }];
}

/** Segments, joined where no sentence ends: after an abbreviation, and before a lowercase letter («Sì!» disse). */
function* joined(segments: Iterable<{ readonly segment: string }>): Generator<string> {
  let open = '';
  for (const { segment } of segments) {
    const goesOn = ABBREVIATION.test(open) || /^\p{Ll}/u.test(segment);
    if (open !== '' && !(goesOn && open.length < LONGEST && !/\n\s*$/.test(open))) {
      yield open;
      open = '';
    }
    open += segment;
  }
  if (open !== '') yield open;
}

/** Segments that are too long for a sentence, cut after the last space within the limit, or inside a word. */
function* shortened(segments: Iterable<string>): Generator<string> {
  for (const segment of segments) {
    let rest = segment;
    while (rest.length > LONGEST) {
      const space = rest.slice(0, LONGEST).search(/\s\S*$/);
      const end = space > 0 ? space + 1 : atCharacter(rest, LONGEST);
      yield rest.slice(0, end);
      rest = rest.slice(end);
    }
    yield rest;
  }
}

/** A position near `index` that does not split a character. */
function atCharacter(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code < 0xe000 ? index - 1 : index;
}

function known(language: string): string | undefined {
  try {
    return Intl.Segmenter.supportedLocalesOf(language)[0];
  } catch {
    return undefined;
  }
}
