import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findings } from '../../src/reports/findings.ts';
import { reportHtml } from '../../src/reports/html.ts';
import { reportMarkdown } from '../../src/reports/markdown.ts';
import { formatScores } from '../../src/reports/score-table.ts';
import { binLabel, comparisonTable, reportTables, scoreTable } from '../../src/reports/tables.ts';
import type { Report } from '../../src/reports/types.ts';
import { exampleReport } from './example.ts';

/** The cells of the scores' BLEU column. */
function marks(report: Report): (string | undefined)[] {
  return scoreTable(report).rows.map((row) => row[1]);
}

test('the best model is marked, and so are those that may be as good', () => {
  assert.deepEqual(marks(exampleReport()), ['30.8  ', '47.9  ', '48.4 =', '49.1 *']);
});

test('a model that was not tested against the best gets no mark', () => {
  assert.deepEqual(marks(exampleReport({ comparisons: [] })), ['30.8  ', '47.9  ', '48.4  ', '49.1 *']);
});

test('the marks do not depend on the order in which a comparison is stored', () => {
  const report = exampleReport();
  const turned = report.comparisons.map(({ a, b, delta, ...rest }) => ({ ...rest, a: b, b: a, delta: -delta }));
  assert.deepEqual(marks({ ...report, comparisons: turned }), marks(report));
  assert.deepEqual(findings({ ...report, comparisons: turned }), findings(report));
});

test('a significant chrF difference says nothing about BLEU', () => {
  const comparisons = [{ a: 'general', b: 'concat', metric: 'chrf', delta: 0.7, p: 0.001, test: 'bootstrap' }] as const;
  assert.deepEqual(marks(exampleReport({ comparisons })), ['30.8  ', '47.9  ', '48.4  ', '49.1 *']);
  assert.match(findings(exampleReport({ comparisons }))[1]!, /not tested/);
});

test('the findings say who leads, and that a lead of p = .118 may be noise', () => {
  assert.deepEqual(findings(exampleReport()), [
    'concat scores highest: 49.1 BLEU (95 % interval 47.8 to 50.3).',
    'Its lead of 0.7 BLEU over general may be noise (p = .118).',
    'It is 18.3 BLEU above none (p < .001).',
  ]);
});

test('with seeds, the findings compare their means', () => {
  const spread = (mean: number) => ({ mean, deviation: 0.4 });
  const group = (name: string, mean: number) => ({
    ...{ name, score: name, seeds: [1, 2, 3], models: [`${name}-1`, `${name}-2`, `${name}-3`] },
    ...{ bleu: spread(mean), chrf: spread(mean + 14), bleu1: spread(0.7) },
  });
  const seeds = [group('none', 30), group('dot', 47.25)];
  const comparisons = [
    { a: 'none', b: 'dot', metric: 'bleu', delta: 17.25, p: 0.0004, test: 'randomization' },
  ] as const;
  assert.deepEqual(findings(exampleReport({ seeds, comparisons })), [
    'dot scores highest: 47.3 BLEU on average over 3 seeds (standard deviation 0.4).',
    'It is 17.3 BLEU above none (p < .001).',
  ]);
  assert.match(
    formatScores(exampleReport({ seeds, comparisons })),
    /Over seeds\nmodel +seeds +BLEU .*\n.*\nnone +3 +30\.0 ± 0\.4/,
  );
  assert.doesNotMatch(formatScores(exampleReport({ seeds, comparisons })), /cannot be told from the best/);
});

test('one seed has no deviation', () => {
  const values = {
    bleu: { mean: 47.3, deviation: 0 },
    chrf: { mean: 61, deviation: 0 },
    bleu1: { mean: 0.7, deviation: 0 },
  };
  const report = exampleReport({ seeds: [{ name: 'dot', score: 'dot', seeds: [2], models: ['dot-2'], ...values }] });
  assert.match(formatScores(report), /\ndot +1 +47\.3 +61\.0 +0\.7000\n/);
  assert.deepEqual(findings(report), ['dot scores highest: 47.3 BLEU with one seed.']);
});

test('the table for the terminal has a row for each model, aligned, and ends with the findings', () => {
  const lines = formatScores(exampleReport()).split('\n');
  assert.deepEqual(lines.slice(0, 6), [
    'model    BLEU    95 % interval  chrF   TER  NLTK BLEU-1  NLTK BLEU-4',
    '───────  ──────  ─────────────  ────  ────  ───────────  ───────────',
    'none     30.8        29.5–32.0  44.9  49.2       0.6540       0.2800',
    'dot      47.9        46.6–49.1  62.0  32.1       0.7395       0.4355',
    'general  48.4 =      47.1–49.6  62.5  31.6       0.7420       0.4400',
    'concat   49.1 *      47.8–50.3  63.2  30.9       0.7455       0.4464',
  ]);
  assert.match(lines.at(-1)!, /above none/);
});

test('a report has only the tables it has data for', () => {
  const { models } = exampleReport();
  const plain = models.map(({ attention: _, training: __, ...model }) => ({ ...model, byLength: [] }));
  const titles = reportTables(exampleReport({ models: plain, comparisons: [] })).map(({ title }) => title);
  assert.deepEqual(titles, ['Scores', 'Size and speed']);
});

test('a single model is best without being compared', () => {
  const { models } = exampleReport();
  assert.deepEqual(findings(exampleReport({ models: models.slice(1, 2), comparisons: [] })), [
    'dot scores highest: 47.9 BLEU (95 % interval 46.6 to 49.1).',
  ]);
});

test('length bins are named by both ends, by one word, or open', () => {
  assert.deepEqual(
    [
      { from: 1, to: 3 },
      { from: 4, to: 4 },
      { from: 51, to: null },
    ].map(binLabel),
    ['1–3', '4', '51+'],
  );
});

test('the differences of two models are in one row, with the p of each test beside its metric', () => {
  const pair = { a: 'none', b: 'dot' };
  const comparisons = [
    { ...pair, metric: 'bleu', delta: 17.1, p: 0.0004, test: 'bootstrap' },
    { ...pair, metric: 'bleu', delta: 17.1, p: 0.0002, test: 'randomization' },
    { ...pair, metric: 'chrf', delta: -0.3, p: 0.41, test: 'bootstrap' },
    { a: 'dot', b: 'general', metric: 'bleu', delta: 0.5, p: 0.3, test: 'bootstrap' },
  ] as const;
  const { columns, rows, note } = comparisonTable(exampleReport({ comparisons }));
  assert.deepEqual(
    columns.map(({ heading }) => heading),
    ['from', 'to', 'BLEU', 'p (bootstrap)', 'p (randomization)', 'chrF', 'p (bootstrap)', ''],
  );
  assert.deepEqual(rows, [
    ['none', 'dot', '+17.1', '< .001', '< .001', '−0.3', '.410', ''],
    ['dot', 'general', '+0.5', '.300', '', '', '', 'may be noise'],
  ]);
  assert.equal(note, 'paired bootstrap, paired approximate randomization');
});

test('notes are in the terminal, in Markdown and on the page, where they cannot become markup', () => {
  const report = exampleReport({ notes: ['general is missing: <out> of *memory*.'] });
  assert.match(formatScores(report), /\ngeneral is missing: <out> of \*memory\*\.$/);
  assert.match(reportMarkdown(report), /\n- general is missing: \\<out\\> of \\\*memory\\\*\.\n/);
  assert.match(reportHtml(report), /<p>general is missing: &#60;out&#62; of \*memory\*\.<\/p>/);
});

test('only the requested metrics are columns of the score table', () => {
  const head = (metrics?: Parameters<typeof formatScores>[1]) => formatScores(exampleReport(), metrics).split('\n')[0]!;
  assert.match(head(), /BLEU .*chrF .*NLTK BLEU-1/);
  assert.match(head(['bleu']), /^model +BLEU +95 % interval$/);
  assert.match(head(['chrf', 'nltk']), /^model +chrF +NLTK BLEU-1 +NLTK BLEU-4$/);
});
