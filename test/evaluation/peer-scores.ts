import { corpusBleu, sentenceBleu } from '../../src/evaluation/bleu.ts';
import { corpusChrf, sentenceChrf } from '../../src/evaluation/chrf.ts';
import { nltkMeans } from '../../src/evaluation/nltk.ts';
import { corpusTer, sentenceTer } from '../../src/evaluation/ter.ts';
import { builtInTokenizers } from '../../src/evaluation/tokenizers.ts';
import { Random } from '../../src/support/random.ts';
import { version } from '../../src/support/version.ts';

/** The output of test/fixtures/make-scores.py for a corpus; keys like `13a lc` and `2 mixed`. */
export interface PeerScores {
  readonly bleu: Readonly<Record<string, PeerBleu>>;
  readonly chrf: Readonly<Record<string, PeerScore>>;
  readonly ter: PeerTer;
  /** With Chinese and Japanese characters one by one. */
  readonly asianTer: PeerTer;
  readonly nltk: { readonly bleu1: number; readonly bleu4: number };
  readonly comparisons?: PeerComparisons;
}

interface PeerScore {
  readonly score: number;
  readonly signature: string;
  readonly sentences: readonly number[];
}

interface PeerTer extends PeerScore {
  readonly edits: number;
  readonly referenceLength: number;
}

interface PeerBleu extends PeerScore {
  readonly precisions: readonly number[];
  readonly bp: number;
  readonly ratio: number;
  readonly counts: readonly number[];
  readonly totals: readonly number[];
  readonly hypothesisLength: number;
  readonly referenceLength: number;
}

/** Per test and metric: sacreBLEU's p-value, and for the bootstrap its mean and the half-width of its 95 % interval. */
export type PeerComparisons = Readonly<
  Record<
    'bootstrap' | 'randomization',
    Readonly<
      Record<
        'bleu' | 'chrf' | 'chrfPlusPlus' | 'ter',
        { readonly p: number; readonly signature: string; readonly mean?: number; readonly halfWidth?: number }
      >
    >
  >
>;

/** Everything in `PeerScores` (except the comparisons) computed by attn, with sacreBLEU's version in the signatures. */
export function ourScores(hypotheses: readonly string[], references: readonly (readonly string[])[]): PeerScores {
  const sentences = (score: (hypothesis: string, references: readonly string[]) => { readonly score: number }) =>
    hypotheses.map(
      (hypothesis, i) =>
        score(
          hypothesis,
          references.map((set) => set[i]!),
        ).score,
    );
  const cases = [
    { name: 'mixed', lowercase: false },
    { name: 'lc', lowercase: true },
  ];
  const signed = <T extends { readonly signature: string }>(score: T) => ({
    ...score,
    signature: score.signature.replace(`attn-${version}`, '2.6.0'),
  });
  const bleuEntries = builtInTokenizers.flatMap((tokenize) =>
    cases.map(({ name, lowercase }) => {
      const options = { tokenize, lowercase };
      const corpus = signed(corpusBleu(hypotheses, references, options));
      return [`${tokenize} ${name}`, { ...corpus, sentences: sentences((h, r) => sentenceBleu(h, r, options)) }];
    }),
  );
  const chrfEntries = ([0, 2] as const).flatMap((wordOrder) =>
    cases.map(({ name, lowercase }) => {
      const options = { wordOrder, lowercase };
      const corpus = signed(corpusChrf(hypotheses, references, options));
      return [`${wordOrder} ${name}`, { ...corpus, sentences: sentences((h, r) => sentenceChrf(h, r, options)) }];
    }),
  );
  return {
    bleu: Object.fromEntries(bleuEntries),
    chrf: Object.fromEntries(chrfEntries),
    ter: { ...signed(corpusTer(hypotheses, references)), sentences: sentences(sentenceTer) },
    asianTer: {
      ...signed(corpusTer(hypotheses, references, { asian: true })),
      sentences: sentences((h, r) => sentenceTer(h, r, { asian: true })),
    },
    nltk: nltkMeans(hypotheses, references),
  };
}

/**
 * The largest difference between two results for each score: `bleu.13a lc`, `chrf.0 mixed`, `ter`, `nltk`.
 * @throws Error if they differ in shape or in a text (a signature)
 */
export function largestDifferences(ours: PeerScores, theirs: PeerScores): Map<string, number> {
  const result = new Map<string, number>();
  for (const kind of ['bleu', 'chrf'] as const) {
    for (const key of Object.keys(theirs[kind])) {
      result.set(`${kind}.${key}`, difference(ours[kind][key], theirs[kind][key], `${kind}.${key}`));
    }
  }
  result.set('ter', difference(ours.ter, theirs.ter, 'ter'));
  result.set('asianTer', difference(ours.asianTer, theirs.asianTer, 'asianTer'));
  result.set('nltk', difference(ours.nltk, theirs.nltk, 'nltk'));
  return result;
}

function difference(ours: unknown, theirs: unknown, where: string): number {
  if (typeof theirs === 'number' && typeof ours === 'number') {
    return Number.isFinite(ours) ? Math.abs(ours - theirs) : Number.POSITIVE_INFINITY;
  }
  if (typeof theirs === 'object' && theirs !== null && typeof ours === 'object' && ours !== null) {
    const entries = Object.entries(theirs);
    return Math.max(...entries.map(([key, value]) => difference(ours[key as keyof object], value, `${where}.${key}`)));
  }
  if (ours !== theirs) throw new Error(`${where}: ${JSON.stringify(ours)} is not ${JSON.stringify(theirs)}`);
  return 0;
}

/**
 * A stand-in for a system's output: each sentence with words left out, doubled, replaced by others of the corpus and
 * moved.
 * @param rate the fraction that is damaged, in [0, 1]
 */
export function perturb(sentences: readonly string[], rate: number, seed: number): string[] {
  const random = new Random(seed, 'perturb');
  const others = sentences.flatMap((sentence) => sentence.split(' '));
  return sentences.map((sentence) => {
    const words = sentence.split(' ').flatMap((word) => {
      const fate = random.uniform() / rate;
      if (fate < 0.3) return [];
      if (fate < 0.4) return [word, word];
      return [fate < 1 ? random.choice(others) : word];
    });
    if (words.length > 1 && random.uniform() < 2 * rate) {
      const [moved = ''] = words.splice(random.integer(words.length), 1);
      words.splice(random.integer(words.length + 1), 0, moved);
    }
    return words.join(' ');
  });
}
