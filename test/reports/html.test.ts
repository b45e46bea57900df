import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { attentionMatrix } from '../../src/reports/attention-matrix.ts';
import { attentionHtml, reportHtml } from '../../src/reports/html.ts';
import { viewerData } from '../../src/reports/viewer-data.ts';
import { writeReport } from '../../src/reports/write-report.ts';
import { exampleAttention, exampleReport, hungry } from './example.ts';

test('the page references nothing outside itself, and forbids itself to fetch anything', () => {
  const report = exampleReport();
  const html = reportHtml(report, exampleAttention(report));
  const addresses = [...html.matchAll(/\b(?:https?:)?\/\/[\w.-]+/g)].map(([address]) => address);
  assert.deepEqual([...new Set(addresses)], ['http://www.w3.org']); // the SVG namespace, which is not fetched
  assert.deepEqual(
    [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1]),
    ['data:,'],
  );
  assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
});

test('a path is not a heading: the report has a title, and the path is among the facts', () => {
  const report = exampleReport();
  const heading = (name: string) => {
    const html = reportHtml({ ...report, test: { ...report.test, name } });
    return [/<h1>(.*?)<\/h1>/.exec(html)?.[1], /<p class="facts"><span>(.*?)<\/span>/.exec(html)?.[1]];
  };
  assert.deepEqual(heading('data/test.tsv'), ['Translation report', 'data/test.tsv']);
  assert.deepEqual(heading('test.tsv'), ['Translation report', 'test.tsv']);
  assert.deepEqual(heading('everyday sentences'), ['everyday sentences', '2339 sentences']);
});

test('no sentence, name or piece can end a script or start a tag', () => {
  const evil = '</script><script>alert(1)</script><!-- \u2028 " \' &';
  const attention = attentionMatrix({
    ...{ source: [evil], target: [evil], weights: [[1]] },
    text: { source: evil, hypothesis: evil, reference: evil },
  });
  const { models } = exampleReport();
  const html = reportHtml(
    exampleReport({
      test: { name: evil, sentences: 1, sha256: evil },
      models: [{ ...models[0]!, name: evil, checkpoint: evil }],
      samples: [{ index: 1, source: evil, reference: evil, hypotheses: [{ model: evil, text: evil }] }],
      comparisons: [],
    }),
    [{ index: 1, model: evil, attention }],
  );
  assert.equal(html.match(/<script/g)?.length, 3);
  assert.equal(html.match(/<\/script>/g)?.length, 3);
  assert.equal(html.match(/<!--/g), null);
  const data = /<script id="viewer-data" type="application\/json">([^<]*)<\/script>/.exec(html)?.[1] ?? '';
  assert.doesNotMatch(data, /\u2028/);
  assert.equal(JSON.parse(data).sentences[0].source, evil);
});

test('the viewer gets every sentence with every model, thousandths for weights, null where there is no attention', () => {
  const attention = hungry();
  const data = viewerData([
    { index: 7, model: 'dot', attention },
    { index: 9, model: 'dot', attention },
    { index: 9, model: 'concat', attention },
  ]);
  assert.deepEqual(data.models, ['dot', 'concat']);
  assert.equal(data.choose, 'model');
  assert.deepEqual(
    data.sentences.map(({ index }) => index),
    [7, 9],
  );
  assert.equal(data.sentences[0]!.matrices[1], null);
  assert.equal(data.sentences[1]!.matrices[1]!.pieces.weights[3]![3], 920);
  assert.equal(data.sentences[1]!.matrices[1]!.words.weights[3]!.length, 4);
});

test('a report without attention, curves or samples is a page without those sections', () => {
  const models = exampleReport().models.map(({ attention: _, training: __, ...model }) => ({ ...model, byLength: [] }));
  const html = reportHtml(exampleReport({ models, samples: [], comparisons: [] }));
  assert.deepEqual(
    [...html.matchAll(/<section id="([^"]+)"/g)].map((match) => match[1]),
    ['scores', 'methods'],
  );
  assert.ok(!html.includes('viewer-data'));
});

test('words that differ are marked, with the spaces of the sentences', () => {
  const words = (reference: string, text: string) => {
    const samples = [{ index: 1, source: 's', reference, hypotheses: [{ model: 'dot', text }] }];
    return /<dt>dot<\/dt><dd>(.*?)<\/dd>/.exec(reportHtml(exampleReport({ samples })))?.[1];
  };
  assert.equal(
    words('I am very hungry.', 'I am so hungry now.'),
    'I am <del>very</del> <ins>so</ins> hungry <ins>now</ins>.',
  );
  assert.equal(words('Very good.', 'Good.'), '<del>Very good</del> <ins>Good</ins>.');
});

test('the section on measurement names the signatures, also for one model', () => {
  const [model] = exampleReport().models;
  const html = reportHtml(exampleReport({ models: [model!], comparisons: [] }));
  for (const { signature } of [model!.bleu, model!.chrf]) assert.ok(html.includes(`<dd>${signature}</dd>`), signature);
});

test('one validation is not a learning curve', () => {
  const validated = (times: number) =>
    exampleReport().models.map((model) => ({
      ...model,
      ...(model.training && { training: { ...model.training, curve: model.training.curve.slice(0, times) } }),
    }));
  assert.match(reportHtml(exampleReport({ models: validated(2) })), /<section id="learning"/);
  assert.doesNotMatch(reportHtml(exampleReport({ models: validated(1) })), /<section id="learning"/);
});

test('models of one seed group share a name and a colour in the charts', () => {
  const spread = { mean: 1, deviation: 0 };
  const group = {
    name: 'attention',
    score: 'dot',
    seeds: [1, 2],
    models: ['dot', 'general'],
    bleu: spread,
    chrf: spread,
    bleu1: spread,
  };
  const html = reportHtml(exampleReport({ seeds: [group] }));
  const learning = html.slice(html.indexOf('<section id="learning"'), html.indexOf('<section id="length"'));
  assert.equal(learning.match(/class="series series-1"/g)?.length, 4); // two models in two charts
  assert.equal(learning.match(/>attention<\/text>/g)?.length, 2); // named once in each
});

test('freshly translated sentences get a page of their own', () => {
  const one = { index: 1, model: 'concat', attention: hungry() };
  assert.match(attentionHtml([one]), /<title>Attention: Ho molta fame\.<\/title>/);
  assert.match(attentionHtml([one]), /<p class="lead">I am very hungry\.<\/p>/);
  assert.match(attentionHtml([one, { ...one, index: 2 }]), /<h1>2 sentences<\/h1>/);
});

test('writing a report makes its three files, and the JSON is the report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'attn-report-'));
  try {
    const report = exampleReport();
    const paths = writeReport(join(folder, 'new'), report, exampleAttention(report));
    assert.deepEqual(readdirSync(join(folder, 'new')).sort(), ['report.html', 'report.json', 'report.md']);
    assert.equal(paths.length, 3);
    assert.deepEqual(JSON.parse(readFileSync(join(folder, 'new/report.json'), 'utf8')), report);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
