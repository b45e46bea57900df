/**
 * Part of a comparison of a hypothesis with its reference: in both, only in the hypothesis, or only in the reference.
 */
export interface DiffPart {
  readonly kind: 'same' | 'extra' | 'missing';
  readonly text: string;
}

/**
 * What a hypothesis has and its reference lacks, and vice versa, by the longest common subsequence of their words and
 * punctuation marks. The parts that are not `missing`, joined, are the hypothesis.
 */
export function diffWords(reference: string, hypothesis: string): DiffPart[] {
  const wanted = splitWords(reference);
  const given = splitWords(hypothesis);
  // common[i][j]: the length of the longest common subsequence of wanted[i..] and given[j..]
  const common = Array.from({ length: wanted.length + 1 }, () => new Array<number>(given.length + 1).fill(0));
  for (let i = wanted.length - 1; i >= 0; i--) {
    for (let j = given.length - 1; j >= 0; j--) {
      const same = wanted[i]!.word === given[j]!.word;
      common[i]![j] = same ? common[i + 1]![j + 1]! + 1 : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
    }
  }
  const parts: { kind: DiffPart['kind']; text: string }[] = [];
  const add = (kind: DiffPart['kind'], text: string): void => {
    const last = parts.at(-1);
    if (last?.kind === kind) last.text += text;
    else parts.push({ kind, text });
  };
  let [i, j] = [0, 0];
  while (i < wanted.length || j < given.length) {
    const [want, give] = [wanted[i], given[j]];
    if (want && give && want.word === give.word) {
      add('same', give.before + give.word);
      i++;
      j++;
    } else if (want && (!give || common[i + 1]![j]! >= common[i]![j + 1]!)) {
      add('missing', want.before + want.word);
      i++;
    } else if (give) {
      add('extra', give.before + give.word);
      j++;
    }
  }
  return parts;
}

/** Words, inner apostrophes included, and single punctuation marks, each with the space before it. */
function splitWords(text: string): { readonly before: string; readonly word: string }[] {
  const words = text.trim().matchAll(/(\s*)([\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*['’]?|\S)/gu);
  return [...words].map(([, before, word]) => ({ before: before! && ' ', word: word! }));
}
