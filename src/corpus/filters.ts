import type { Languages } from './corpus.ts';
import { scriptLetters } from './languages.ts';
import { SentenceIndex } from './sentence-index.ts';
import { invisible, normaliseSentence, plainWords, spaces, tokenise } from './text.ts';

/** Filters that change sentences. */
export type EditName = 'controls' | 'nfkc' | 'quotes' | 'words' | 'spaces';
/** Filters that drop pairs. */
export type CheckName = 'length' | 'ratio' | 'identical' | 'script' | 'duplicates';

/** Which filters run, by name, and their limits. */
export interface CleaningSettings extends Readonly<Record<EditName | CheckName, boolean>> {
  readonly maxTokens: number;
  readonly maxRatio: number;
}

/** Every filter but `words`, with the limits of `attn data clean`. */
export const cleaningDefaults: CleaningSettings = {
  ...{ controls: true, nfkc: true, quotes: true, words: false, spaces: true },
  ...{ length: true, maxTokens: 100, ratio: true, maxRatio: 3 },
  ...{ identical: true, script: true, duplicates: true },
};

/** A filter that fixes each sentence by itself. */
export interface Edit {
  readonly name: EditName;
  readonly summary: string;
  readonly apply: (sentence: string) => string;
}

/** A filter that drops whole pairs: `drops` decides for each pair. */
export interface Check {
  /** `empty` always runs: a pair with an empty side is not a pair. */
  readonly name: CheckName | 'empty';
  readonly summary: string;
  readonly drops: (source: string, target: string) => boolean;
}

/**
 * The edits in order. Controls come first: the characters on both sides of one may combine under NFKC. Spaces come
 * last, because other edits leave some.
 */
export const edits: readonly Edit[] = [
  {
    name: 'controls',
    // Characters that stand for a space are left to the last filter, so that two words are not joined.
    summary: 'control, direction and soft-hyphen characters removed',
    apply: (s) => s.replace(invisible, ''),
  },
  { name: 'nfkc', summary: 'Unicode NFKC: one way to write each character', apply: (s) => s.normalize('NFKC') },
  {
    name: 'quotes',
    // NFKC turns ″ into two primes, and ´ into a space with a combining accent.
    summary: 'curly, angled and accent-shaped quotes to \' and "',
    apply: (s) => s.replace(/′′|[“”„‟«»″]/g, '"').replace(/ \u0301|[‘’‚‛ʼ´`′]/g, "'"),
  },
  {
    name: 'words',
    summary: 'lowercase, dashes to spaces, all other punctuation and symbols removed',
    // NFKC again: an accent may now follow its letter.
    apply: (s) => plainWords(s).normalize('NFKC'),
  },
  {
    name: 'spaces',
    summary: 'every run of white space, including zero-width, to one space; ends trimmed',
    apply: (s) => s.replace(spaces, ' ').trim(),
  },
];

/** The checks in order: a dropped pair counts for the first that drops it. They run on the result of the edits. */
export function makeChecks(settings: CleaningSettings, languages: Languages): readonly Check[] {
  const sourceForeign = foreignText(languages.source);
  const targetForeign = foreignText(languages.target);
  const seen = new SentenceIndex();
  let kept = 0;
  return [
    { name: 'empty', summary: 'an empty side', drops: (s, t) => s.trim() === '' || t.trim() === '' },
    {
      name: 'length',
      summary: `more than ${settings.maxTokens} tokens on a side`,
      drops: (s, t) => isLonger(s, settings.maxTokens) || isLonger(t, settings.maxTokens),
    },
    {
      name: 'ratio',
      // In characters: "Andrò." for "I'm going to go." is six tokens to two, but Italian seldom has a third of the
      // letters.
      summary: `one side more than ${settings.maxRatio} times as long as the other, in characters`,
      drops: (s, t) => Math.max(s.length, t.length) > settings.maxRatio * Math.min(s.length, t.length),
    },
    {
      name: 'identical',
      summary: 'both sides equal, ignoring case and punctuation',
      drops: (s, t) => normaliseSentence(s) === normaliseSentence(t),
    },
    {
      name: 'script',
      summary: 'most letters in a script that the language does not use',
      drops: (s, t) => sourceForeign(s) || targetForeign(t),
    },
    {
      name: 'duplicates',
      summary: 'an exact repetition of an earlier pair',
      drops: (s, t) => seen.firstValue(`${s}\t${t}`, kept) !== kept++,
    },
  ];
}

function isLonger(sentence: string, maximum: number): boolean {
  // A token is at least one character, so most sentences need no counting.
  return sentence.length > maximum && tokenise(sentence).length > maximum;
}

/**
 * Whether most letters of a text are foreign to a language's script; always false for a language without a known
 * script.
 */
function foreignText(language: string): (text: string) => boolean {
  const own = scriptLetters(language);
  if (own === undefined) return () => false;
  const foreign = new RegExp(`(?!${own.source})\\p{L}`, 'u');
  return (text) => {
    if (!foreign.test(text)) return false;
    const letters = text.match(/\p{L}/gu)?.length ?? 0;
    return (text.match(own)?.length ?? 0) < letters / 2;
  };
}
