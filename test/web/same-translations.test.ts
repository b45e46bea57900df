import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { embeddedCorpus } from '../../src/corpus/embedded.ts';
import { loadTranslator } from '../../src/decoding/translator.ts';
import type { TranslateRequest, TranslateResponse } from '../../src/server/api.ts';
import { exportModel } from '../../src/workflows/export-model.ts';
import { exportWeb } from '../../src/workflows/export-web.ts';
import { scratchFolder, type ToyRun, writeToyRun } from '../decoding/toy-run.ts';
import { startBrowser, withBrowser } from '../helpers/browser.ts';
import { type StaticServer, serveFolder } from '../helpers/static-server.ts';

const scratch = scratchFolder();
const corpus = readFileSync(join(embeddedCorpus, 'test.tsv'), 'utf8').split('\n').slice(0, 200);
const sentences = corpus.map((line) => line.split('\t')[0] as string);

// untrained models decide between words by small margins: a difference in any step shows
const small = { lines: corpus, size: 400, likes: { 3: 2 }, options: { embedding: 32, hidden: 32 } } as const;
const toys: Readonly<Record<string, ToyRun>> = {
  none: { ...small, options: { ...small.options, score: 'none' } },
  dot: { ...small, options: { ...small.options, score: 'dot' } },
  general: { ...small, type: 'unigram', options: { ...small.options, score: 'general', window: 'local-p' } },
  concat: { ...small, options: { ...small.options, score: 'concat', cell: 'lstm', bidirectional: true, layers: 2 } },
  bahdanau: { ...small, options: { ...small.options, score: 'bahdanau', resetAfter: false } },
  transformer: { ...small, options: { ...small.options, arch: 'transformer', heads: 4, feedForward: 64, layers: 2 } },
  words: { ...small, type: 'words', options: { ...small.options, score: 'dot', inputFeeding: false } },
};

let browser: Browser;
let server: StaticServer;
let page: Page;

before(async () => {
  if (withBrowser.skip) return;
  for (const [name, toy] of Object.entries(toys)) {
    await writeToyRun(join(scratch, 'runs', name), toy);
    await exportModel(join(scratch, 'runs', name), join(scratch, 'exported', name), 'bfloat16');
  }
  await exportWeb([join(scratch, 'runs')], join(scratch, 'site'), 'bfloat16');
  server = await serveFolder(join(scratch, 'site'));
  browser = await startBrowser();
  page = await browser.newPage();
  await page.goto(server.address);
  await page.evaluate(`globalThis.translator = new Worker('worker.js?backend=wasm', { type: 'module' })`);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** The page's worker's answer to a request. */
async function translate(request: TranslateRequest): Promise<TranslateResponse> {
  const answer = await page.evaluate(`new Promise((resolve) => {
    translator.onmessage = ({ data }) => resolve(data);
    translator.onerror = ({ message }) => resolve({ error: message });
    translator.postMessage({ id: 1, kind: 'translate', request: ${JSON.stringify(request)} });
  })`);
  const { translated, error } = answer as { translated?: TranslateResponse; error?: string };
  assert.equal(error, undefined);
  return translated as TranslateResponse;
}

for (const name of Object.keys(toys)) {
  test(
    `${name}: a browser translates 200 sentences like Node, with equal scores and attention`,
    withBrowser,
    async () => {
      const options = { beam: 3, nbest: 2, maxOutputLength: 20 };
      const { translations } = await translate({
        texts: sentences,
        model: name,
        attention: true,
        split: false,
        ...options,
      });
      const translator = await loadTranslator(join(scratch, 'exported', name), { backend: 'wasm', threads: 1 });
      const expected = await translator.translate(sentences, { ...options, attention: 'mean' });
      await translator.close();
      assert.equal(translations.length, expected.length);
      for (const [i, { pieces, hypotheses }] of expected.entries()) {
        const found = translations[i]!;
        assert.deepEqual(found.sourcePieces, pieces);
        const texts = (all: readonly { readonly text: string }[]) => all.map(({ text }) => text);
        assert.deepEqual(texts(found.hypotheses), texts(hypotheses), sentences[i]);
        for (const [rank, { score, pieces: written, attention }] of hypotheses.entries()) {
          const other = found.hypotheses[rank]!;
          assert.deepEqual(other.pieces, written);
          assert.ok(Math.abs(other.score - score) < 1e-5, `${other.score}, in Node ${score}`);
          const rows = attention.attention?.flatMap((row) => [...row]) ?? [];
          const others = other.attention?.flat() ?? [];
          assert.equal(others.length, rows.length);
          assert.ok(rows.every((weight, at) => Math.abs(weight - others[at]!) < 1e-4));
        }
      }
    },
  );
}
