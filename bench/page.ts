// The page of `attn export --web` in Chromium: its size, the time to the first translation with an empty and with a
// warm cache, and for a sentence of six words after that. The model is the run in checkpoints/ (or the folder in
// ATTN_RUN).
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { meantRuns } from '../src/checkpoints/find-runs.ts';
import { embeddedCorpus } from '../src/corpus/embedded.ts';
import { exportWeb } from '../src/workflows/export-web.ts';
import type { Site } from '../src/workflows/site.ts';
import { startBrowser } from '../test/helpers/browser.ts';
import { serveFolder } from '../test/helpers/static-server.ts';
import type { Benchmark, BenchRow } from './row.ts';

const VISITS = 3;
const SENTENCES = 15;

export const run: Benchmark = async () => {
  const path = process.env.ATTN_RUN ?? meantRuns('checkpoints').paths[0];
  const scratch = mkdtempSync(join(tmpdir(), 'attn-bench-page-'));
  const folder = join(scratch, 'page');
  const { bytes } = await exportWeb([path], folder, 'bfloat16');
  const site = JSON.parse(readFileSync(join(folder, 'models.json'), 'utf8')) as Site;
  const ofModel = Object.values(site.models[0]?.files ?? {}).map((file) => statSync(join(folder, file)).size);
  const server = await serveFolder(folder);
  const browser = await startBrowser();
  const firsts: number[] = [];
  const warm: number[] = [];
  const answers: number[] = [];
  const keystrokes: number[] = [];
  let engine = '';
  try {
    const address = `${server.address}#text=${encodeURIComponent('Ho fame.')}`;
    for (let visit = 0; visit < VISITS; visit++) {
      const context = await browser.newContext();
      firsts.push(await firstTranslation(context, address));
      await context.pages()[0]?.getByText('Works without a network.').waitFor();
      await context.pages()[0]?.close();
      warm.push(await firstTranslation(context, address));
      const page = context.pages()[0] as Page;
      engine = ((await page.locator('#status').textContent()) ?? '').replace(/^\d+ ms, /, '');
      for (const sentence of sixWords()) {
        const { answer, keystroke } = await translated(page, sentence);
        answers.push(answer);
        keystrokes.push(keystroke);
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await server.close();
    rmSync(scratch, { recursive: true });
  }
  const megabytes = (size: number) => size / 1e6;
  const row = (what: string, value: number, unit: string): BenchRow => ({ what, value, unit });
  return [
    row('page with its model', megabytes(bytes), 'MB'),
    row('of that the model and its vocabularies', megabytes(ofModel.reduce((sum, size) => sum + size, 0)), 'MB'),
    row('first translation, nothing in the cache', median(firsts), 'ms'),
    row('first translation, from the cache', median(warm), 'ms'),
    row(`six words after that, ${engine}: the answer`, median(answers), 'ms'),
    row('the slowest of them', Math.max(...answers), 'ms'),
    row('six words, from the keystroke to the words on the page', median(keystrokes), 'ms'),
  ];
};

/** Milliseconds from opening the page until it shows a translation. */
async function firstTranslation(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(address);
  await page.locator('#status').filter({ hasText: / ms/ }).waitFor();
  return performance.now() - start;
}

/** Types a sentence. @returns milliseconds until the page got the answer, and until it was shown, pause included */
async function translated(page: Page, sentence: string): Promise<{ answer: number; keystroke: number }> {
  const found = (await page.evaluate(`new Promise((resolve) => {
    const [source, status] = ['source', 'status'].map((id) => document.getElementById(id));
    const start = performance.now();
    status.textContent = '';
    new MutationObserver((_, observer) => {
      if (!/ ms/.test(status.textContent)) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve({ answer: parseInt(status.textContent), keystroke: performance.now() - start }));
    }).observe(status, { childList: true });
    source.value = ${JSON.stringify(sentence)};
    source.dispatchEvent(new Event('input'));
  })`)) as { answer: number; keystroke: number };
  return found;
}

function sixWords(): string[] {
  const lines = readFileSync(join(embeddedCorpus, 'test.tsv'), 'utf8').split('\n');
  const sources = lines.map((line) => line.split('\t')[0] ?? '');
  return sources.filter((source) => source.split(' ').length === 6).slice(0, SENTENCES);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
