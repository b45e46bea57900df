import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportHtml } from '../../src/reports/html.ts';
import { reportMarkdown } from '../../src/reports/markdown.ts';
import { formatScores } from '../../src/reports/score-table.ts';
import { exampleReport } from './example.ts';

test('the Markdown report contains the findings, every table and the signatures', () => {
  const text = reportMarkdown(exampleReport());
  assert.match(text, /^# Translation report: everyday sentences\n/);
  assert.match(text, /may be noise \(p = \.118\)/);
  for (const title of [
    'Scores',
    'Differences',
    'BLEU by source length',
    'Attention',
    'Size and speed',
    'Samples',
    'Signatures',
  ]) {
    assert.ok(text.includes(`\n## ${title}\n`), title);
  }
  assert.ok(text.includes('| general | concat | +0.7 | .118 | may be noise |'));
  assert.ok(text.includes('\n| model | BLEU | '), text);
  assert.match(text, /\n\| --- \| ---: \| /, 'names stand on the left, numbers on the right');
  assert.ok(text.includes('| 11+ | 123 | 13.8 | 41.9 | 42.4 | 43.1 |'));
});

test('a missing number is a dash in every table: a model that wrote nothing', () => {
  const report = exampleReport();
  const none = { entropy: Number.NaN, coverage: 0, eosMass: Number.NaN, monotonicity: Number.NaN };
  const models = report.models.map((model, i) => (i === 1 ? { ...model, attention: none, tokensPerSecond: 0 } : model));
  const empty = { ...report, models };
  assert.match(reportMarkdown(empty), /\| – \| 0\.0 % \| – \| – \|/);
  for (const text of [reportMarkdown(empty), reportHtml(empty, []), formatScores(empty)]) {
    assert.doesNotMatch(text, /NaN %|NaN\s*[|<]/);
  }
});

test('every row of a table has as many cells as its heading', () => {
  let columns = 0;
  for (const line of reportMarkdown(exampleReport()).split('\n')) {
    const cells = line.startsWith('|') ? line.split(/(?<!\\)\|/).length : 0;
    if (columns > 0 && cells > 0) assert.equal(cells, columns, line);
    columns = cells;
  }
});

test('words that are not in the reference are bold', () => {
  assert.ok(reportMarkdown(exampleReport()).includes('| none | I **have a dog**. |'));
});

test('a sentence cannot break its table or become markup', () => {
  const samples = [
    { index: 1, source: 'a | b\nc', reference: '*d* <e>', hypotheses: [{ model: 'm', text: '`f` [g](h)' }] },
  ];
  const text = reportMarkdown(exampleReport({ samples }));
  assert.ok(text.includes('| *source* | a \\| b c |'));
  assert.ok(text.includes('| *reference* | \\*d\\* \\<e\\> |'));
  assert.ok(text.includes('\\`f\\`'));
});
