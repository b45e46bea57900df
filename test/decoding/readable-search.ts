import { BOS, EOS, PAD, UNKNOWN } from '../../src/vocabulary/vocabulary.ts';
import { type TinyModel, teacherForced } from './models.ts';

/** The search rules that the readable searches support. */
export interface Rules {
  readonly minOutputLength?: number;
  readonly maxOutputLength: number;
  readonly noRepeatNgram?: number;
  readonly repetitionPenalty?: number;
  readonly prefix?: readonly number[];
  /** Whether a word may come first after the prefix. */
  readonly goesOn?: (word: number) => boolean;
}

/** A partial or complete text, with its eos among its words. */
export interface Text {
  readonly words: readonly number[];
  readonly logProbability: number;
  readonly penalized: number;
}

/**
 * Every text that is one word longer and that the rules allow, whatever its probability: the definitions, word for
 * word.
 */
export function continuations(tiny: TinyModel, source: readonly number[], text: Text, rules: Rules): Text[] {
  const { minOutputLength = 0, noRepeatNgram = 0, repetitionPenalty = 1, prefix = [], goesOn } = rules;
  const { words } = text;
  const next = teacherForced(tiny, source, words).logProbabilities.at(-1) as number[];
  return next.flatMap((logProbability, word) => {
    const longer = [...words, word];
    const forced = words.length < prefix.length;
    if (forced && word !== prefix[words.length]) return [];
    if (!forced) {
      if (word === PAD || word === BOS || word === UNKNOWN) return [];
      if (word === EOS && words.length < minOutputLength) return [];
      if (noRepeatNgram > 0 && hasTwice(longer, noRepeatNgram)) return [];
      if (words.length === prefix.length && goesOn?.(word) === false) return [];
    }
    const factor = !forced && words.includes(word) ? repetitionPenalty : 1;
    return {
      words: longer,
      logProbability: text.logProbability + logProbability,
      penalized: text.penalized + factor * logProbability,
    };
  });
}

/** Whether the last n words occur earlier. */
function hasTwice(words: readonly number[], n: number): boolean {
  const grams = words.map((_, i) => words.slice(i, i + n).join(' ')).slice(0, Math.max(0, words.length - n + 1));
  const last = grams.pop();
  return last !== undefined && grams.includes(last);
}

/**
 * Beam search as in a textbook: all continuations of all texts, sorted; the best stay, those that end keep their
 * places.
 */
export function readableBeam(tiny: TinyModel, source: readonly number[], beam: number, rules: Rules): Text[] {
  let texts: Text[] = [{ words: [], logProbability: 0, penalized: 0 }];
  const ended: Text[] = [];
  for (let length = 1; length <= rules.maxOutputLength; length++) {
    const longer = texts.flatMap((text) => continuations(tiny, source, text, rules));
    longer.sort((a, b) => b.penalized - a.penalized);
    const best = longer.slice(0, beam - ended.length);
    ended.push(...best.filter(({ words }) => words.at(-1) === EOS));
    texts = best.filter(({ words }) => words.at(-1) !== EOS);
  }
  const rank = ({ words, penalized }: Text) => penalized / ((5 + words.length) / 6);
  return [ended, texts].flatMap((some) => some.toSorted((a, b) => rank(b) - rank(a)));
}

/** The probabilities with which a word is sampled, from the probabilities of a model. */
export function drawProbabilities(
  probabilities: readonly number[],
  { temperature, topK, topP }: { temperature: number; topK: number; topP: number },
): number[] {
  const powers = normalized(probabilities.map((p) => p ** (1 / temperature)));
  const order = powers.map((_, word) => word).sort((a, b) => powers[b]! - powers[a]!);
  const most = order.slice(0, topK === 0 ? order.length : topK);
  const among = normalized(powers.map((p, word) => (most.includes(word) ? p : 0)));
  const nucleus: number[] = [];
  for (const word of most) {
    const sum = nucleus.reduce((total, one) => total + among[one]!, 0);
    if (sum < topP) nucleus.push(word);
  }
  return normalized(among.map((p, word) => (nucleus.includes(word) ? p : 0)));
}

function normalized(weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}
