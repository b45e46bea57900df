import { type AttentionMatrix, attentionMatrix } from '../../src/reports/attention-matrix.ts';
import type { CurvePoint, ModelReport, Report, Sample } from '../../src/reports/types.ts';
import type { SentenceAttention } from '../../src/reports/viewer-data.ts';

/**
 * A sentence that every test here uses: `Ho molta fame.` in pieces, as a model with subwords would read and write it.
 */
export function hungry(): AttentionMatrix {
  return attentionMatrix({
    source: ['▁Ho', '▁mol', 'ta', '▁fame', '.', '</s>'],
    target: ['▁I', '▁am', '▁very', '▁hung', 'ry', '.', '</s>'],
    weights: [
      [0.88, 0.04, 0.02, 0.02, 0.01, 0.03],
      [0.7, 0.1, 0.06, 0.04, 0.05, 0.05],
      [0.02, 0.5, 0.36, 0.12, 0, 0],
      [0.06, 0.01, 0.01, 0.92, 0, 0],
      [0.04, 0, 0, 0.9, 0.06, 0],
      [0, 0, 0.02, 0, 0.9, 0.08],
      [0, 0, 0, 0, 0.2, 0.8],
    ],
    text: { source: 'Ho molta fame.', hypothesis: 'I am very hungry.', reference: 'I am very hungry.' },
  });
}

const signature = 'nrefs:1|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|version:attn-0.1.0';

/** Four models with made-up but consistent numbers. */
export function exampleReport(extra: Partial<Report> = {}): Report {
  const rows: [string, number, number][] = [
    ['none', 30.8, 0],
    ['dot', 47.9, 1],
    ['general', 48.4, 2],
    ['concat', 49.1, 3],
  ];
  return {
    version: '0.1.0',
    created: '2026-01-31T09:30:00.000Z',
    test: {
      name: 'everyday sentences',
      sentences: 2339,
      sha256: '5d41402abc4b2a76b9719d911017c592ae1f4e5b6a7c8d9e0f1a2b3c4d5e6f70',
    },
    models: rows.map(([name, bleu, rank]) => model(name, bleu, rank)),
    comparisons: [
      { a: 'none', b: 'dot', metric: 'bleu', delta: 17.1, p: 0.000999, test: 'bootstrap' },
      { a: 'none', b: 'concat', metric: 'bleu', delta: 18.3, p: 0.000999, test: 'bootstrap' },
      { a: 'dot', b: 'concat', metric: 'bleu', delta: 1.2, p: 0.013, test: 'bootstrap' },
      { a: 'general', b: 'concat', metric: 'bleu', delta: 0.7, p: 0.118, test: 'bootstrap' },
    ],
    samples: exampleSamples(),
    ...extra,
  };
}

function model(name: string, bleu: number, rank: number): ModelReport {
  const curve = Array.from({ length: 12 }, (_, i): CurvePoint => {
    const grown = 1 - Math.exp(-(i + 1) / (3 + (rank === 0 ? 2 : 0)));
    const loss = 4.2 - (2.1 + 0.08 * rank + (rank > 0 ? 0.4 : 0)) * grown;
    return {
      ...{ step: 500 * (i + 1), seconds: 100 * (i + 1), loss, perplexity: Math.exp(loss) },
      ...{ bleu: bleu * grown, chrf: (bleu + 14) * grown },
    };
  });
  const attention = { entropy: 1.4 - 0.2 * rank, coverage: 0.9, eosMass: 0.06, monotonicity: 0.81 };
  return {
    ...{ name, score: name, parameters: 3_214_000 + 131_000 * rank, checkpoint: `checkpoints/${name}` },
    bleu: {
      score: bleu,
      signature,
      precisions: [76, 56, 43, 33],
      bp: 0.98,
      ci95: { low: bleu - 1.3, high: bleu + 1.2 },
    },
    chrf: { score: bleu + 14.1, signature: signature.replace('tok:13a|smooth:exp', 'nc:6|nw:0|space:no') },
    ter: { score: 80 - bleu, signature },
    nltk: { bleu1: 0.5 + bleu / 200, bleu4: bleu / 110 },
    byLength: [
      { from: 1, to: 3, sentences: 412, bleu: bleu + 6, chrf: bleu + 20 },
      { from: 4, to: 5, sentences: 803, bleu: bleu + 2, chrf: bleu + 16 },
      { from: 6, to: 10, sentences: 1001, bleu: bleu - (rank > 0 ? 1 : 6), chrf: bleu + 13 },
      { from: 11, to: null, sentences: 123, bleu: bleu - (rank > 0 ? 6 : 17), chrf: bleu + 8 },
    ],
    ...(name !== 'none' && { attention }),
    ...{ seconds: 6.3 + rank, tokensPerSecond: 3100 - 200 * rank },
    training: { steps: 6000, seconds: 1200, targetTokensPerSecond: 15200, curve },
  };
}

function exampleSamples(): Sample[] {
  const sentences: [string, string, string[]][] = [
    [
      'Ho molta fame.',
      'I am very hungry.',
      ['I have a dog.', "I'm very hungry.", 'I am very hungry.', 'I am very hungry.'],
    ],
    [
      'Perché non vieni più a trovarmi in città?',
      'Why don’t you come to see me in the city any more?',
      [
        'Why do you come to the city?',
        'Why don’t you come to see me in the city?',
        'Why don’t you come to find me in the city any more?',
        'Why don’t you come and see me in the city any more?',
      ],
    ],
    [
      'La vecchia signora che abita al piano di sopra ha comprato, senza dirlo a nessuno, un pianoforte così grande che per farlo entrare hanno dovuto smontare la porta e due finestre.',
      'The old lady who lives upstairs bought, without telling anyone, a piano so big that to get it in they had to take down the door and two windows.',
      [
        'The old woman who lives in the park has bought a house that is so big that it is two years old.',
        'The old lady who lives upstairs bought a piano so big, without telling anyone, that they had to take the door and two windows.',
        'The old lady who lives on the floor above has bought, without telling anyone, a piano so large that to get it in they had to take down the door and two windows.',
        'The old lady who lives upstairs bought, without telling anyone, such a big piano that to get it in they had to take down the door and two windows.',
      ],
    ],
  ];
  return sentences.map(([source, reference, texts], i) => ({
    ...{ index: [7, 112, 1893][i]!, source, reference },
    hypotheses: texts.map((text, m) => ({
      model: ['none', 'dot', 'general', 'concat'][m]!,
      text,
      chrf: 31.7 + 20 * m,
    })),
  }));
}

/**
 * Attention for the samples: `hungry` for the first, and for the others a made-up diagonal that is sharper model by
 * model.
 */
export function exampleAttention(report: Report): SentenceAttention[] {
  return (report.samples ?? []).flatMap(({ index, source, reference, hypotheses }, n) =>
    hypotheses
      .filter(({ model }) => model !== 'none')
      .map(({ model, text }, m): SentenceAttention => {
        if (n === 0 && model === 'concat') return { index, model, attention: hungry() };
        const pieces = (sentence: string): string[] => [
          ...(sentence.match(/[\p{L}’']+|\S/gu) ?? []).flatMap((word) => split(word)),
          '</s>',
        ];
        return {
          ...{ index, model },
          attention: attentionMatrix({
            ...{ source: pieces(source), target: pieces(text) },
            weights: diagonal(pieces(text).length, pieces(source).length, 0.8 + 0.9 * m),
            ...(model === 'general' && {
              heads: [1, 2].map((head) => ({
                name: `head ${head}`,
                weights: diagonal(pieces(text).length, pieces(source).length, head / 2),
              })),
            }),
            text: { source, hypothesis: text, reference },
          }),
        };
      }),
  );
}

function split(word: string): string[] {
  if (!/\p{L}/u.test(word)) return [word];
  return word.length > 7 ? [`▁${word.slice(0, 5)}`, word.slice(5)] : [`▁${word}`];
}

function diagonal(targetLength: number, sourceLength: number, sharpness: number): number[][] {
  return Array.from({ length: targetLength }, (_, t) => {
    const row = Array.from({ length: sourceLength }, (_, s) =>
      Math.exp(-sharpness * Math.abs(s - (t * (sourceLength - 1)) / Math.max(1, targetLength - 1) + Math.sin(3 * t))),
    );
    const sum = row.reduce((total, weight) => total + weight, 0);
    return row.map((weight) => weight / sum);
  });
}
