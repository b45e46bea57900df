import { make } from '../reports/page/dom.js';
import type { HypothesisAnswer, SentenceTranslation } from '../server/api.ts';
import { groupPieces } from '../vocabulary/word-groups.ts';

/**
 * The translations that a search found for every sentence, best first, to choose from, and as a tree of their words.
 * @param chosen the rank shown for each sentence, from 0
 * @param onChoose called with a sentence and the translation chosen for it
 */
export function candidateLists(
  sentences: readonly SentenceTranslation[],
  chosen: readonly number[],
  onChoose: (sentence: number, rank: number) => void,
): HTMLElement[] {
  return sentences.flatMap(({ source, hypotheses }, sentence) => {
    if (hypotheses.length < 2) return [];
    const choices = hypotheses.map((hypothesis, rank) => {
      const input = make('input', { type: 'radio', name: `candidate-${sentence}` });
      input.checked = rank === (chosen[sentence] ?? 0);
      input.addEventListener('change', () => onChoose(sentence, rank));
      return make(
        'label',
        { class: 'candidate' },
        input,
        make('span', { class: 'text' }, hypothesis.text),
        numbers(hypothesis),
      );
    });
    const legend = make('legend', sentences.length > 1 ? {} : { class: 'unseen' }, source);
    return [
      make('fieldset', { class: 'candidates' }, legend, ...choices),
      make('details', { class: 'tree' }, make('summary', {}, 'As a tree'), tree(hypotheses)),
    ];
  });
}

/** Its probability in percent and its score. */
function numbers({ logProbability, score }: HypothesisAnswer): HTMLElement {
  const percent = 100 * Math.exp(logProbability);
  const probability = percent < 0.1 ? '< 0.1' : percent.toFixed(1);
  return make('span', { class: 'numbers' }, `${probability} %`, make('span', {}, `score ${minus(score.toFixed(3))}`));
}

function minus(number: string): string {
  return number.replace('-', '−');
}

interface Branch {
  words: string[];
  /** The sum of the probabilities of the hypotheses through it. */
  probability: number;
  readonly branches: Branch[];
}

/** The beams as a tree: common beginnings appear once, and branch where the words differ. */
function tree(hypotheses: readonly HypothesisAnswer[]): HTMLElement {
  const root: Branch = { words: [], probability: 0, branches: [] };
  for (const { pieces, logProbability } of hypotheses) {
    let at = root;
    for (const word of groupPieces(pieces).words) {
      let next = at.branches.find(({ words }) => words[0] === word);
      if (next === undefined) {
        next = { words: [word], probability: 0, branches: [] };
        at.branches.push(next);
      }
      next.probability += Math.exp(logProbability);
      at = next;
    }
  }
  return drawn(root.branches);
}

function drawn(branches: readonly Branch[]): HTMLElement {
  const items = branches.map((branch) => {
    const words = [...branch.words];
    let last = branch;
    while (last.branches.length === 1) {
      last = last.branches[0] as Branch;
      words.push(...last.words);
    }
    const share = make('span', { class: 'share' }, `${(100 * branch.probability).toFixed(0)} %`);
    const line = make('span', {}, words.filter((word) => word !== '</s>').join(' ') || '(ends)');
    return make('li', {}, line, ' ', share, ...(last.branches.length > 0 ? [drawn(last.branches)] : []));
  });
  return make('ul', {}, ...items);
}
