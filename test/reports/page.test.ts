import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { attentionMatrix } from '../../src/reports/attention-matrix.ts';
import { hexColourOf } from '../../src/reports/colour-scale.ts';
import { attentionHtml, reportHtml } from '../../src/reports/html.ts';
import { exampleAttention, exampleReport, hungry } from './example.ts';

const executablePath = '/usr/bin/chromium';
const options = existsSync(executablePath)
  ? {}
  : { skip: 'no browser to test the page in: apt-get install -y chromium' };

const report = exampleReport();
const folder = mkdtempSync(join(tmpdir(), 'attn-page-'));
const address = pathToFileURL(join(folder, 'report.html')).href;
const nbestAddress = pathToFileURL(join(folder, 'nbest.html')).href;
let browser: Browser;

before(async () => {
  if (options.skip) return;
  writeFileSync(join(folder, 'report.html'), reportHtml(report, exampleAttention(report)));
  const second = attentionMatrix({
    ...{
      source: ['▁Ho', '▁fame', '</s>'],
      target: ['▁Hungry', '</s>'],
      weights: [
        [0, 0.9, 0.1],
        [0, 0, 1],
      ],
    },
    text: { source: 'Ho molta fame.', hypothesis: 'Hungry' },
  });
  const nbest = [hungry(), second].map((attention, i) => ({ index: 1, model: 'dot', rank: i + 1, attention }));
  writeFileSync(join(folder, 'nbest.html'), attentionHtml(nbest));
  const switches =
    'no-sandbox headless disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync';
  browser = await chromium.launch({ executablePath, args: switches.split(' ').map((name) => `--${name}`) });
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** Opens the page, lets a test use it, and fails on any error or request it made. */
async function withPage(
  look: { readonly width?: number; readonly colorScheme?: 'light' | 'dark'; readonly at?: string },
  use: (page: Page) => Promise<void>,
): Promise<void> {
  const { width = 1280, colorScheme = 'light', at = address } = look;
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== at && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  await page.goto(at);
  await use(page);
  assert.deepEqual(complaints, []);
  await page.close();
}

const targetWord = (page: Page, text: string) => page.locator('.words.target .word').filter({ hasText: text }).first();
const radio = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
/** An expression for each node that a selector finds, as text: the tests are checked without the browser's types. */
const eachNode = (page: Page, selector: string, expression: string): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll('${selector}')].map((node) => ${expression})`);
const background = (page: Page, selector: string) => eachNode(page, selector, 'getComputedStyle(node).backgroundColor');

/** `#rrggbb` in the browser's notation. */
function rgb(hex: string): string {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  return `rgb(${channels.join(', ')})`;
}

/** The closest of the page's twenty colours for a weight. */
function stepColour(weight: number): string {
  return rgb(hexColourOf(Math.round(weight * 20) / 20));
}

test('hovering a word of the translation highlights only the sources it looks at', options, async () => {
  await withPage({}, async (page) => {
    await radio(page, 'concat').check();
    await radio(page, 'pieces').check();
    await targetWord(page, '▁hung').hover();
    const none = 'rgba(0, 0, 0, 0)';
    assert.deepEqual(await background(page, '.words.source .word'), [
      stepColour(0.06),
      none,
      none,
      stepColour(0.92),
      none,
      none,
    ]);
    assert.equal(
      await page.getByRole('status').textContent(),
      '‘▁hung’ looks at ‘▁fame’ 92\u00a0%, ‘▁Ho’ 6\u00a0%, ‘▁mol’ 1\u00a0%, ‘ta’ 1\u00a0%',
    );
    await page.mouse.move(5, 5);
    assert.equal(await page.getByRole('status').textContent(), '');
  });
});

test('hovering a source word highlights the words written while the model looked at it', options, async () => {
  await withPage({}, async (page) => {
    await radio(page, 'concat').check();
    await page.locator('.words.source .word').first().hover();
    assert.match(
      (await page.getByRole('status').textContent()) ?? '',
      /^‘Ho’ is looked at by ‘I’ 88\u00a0%, ‘am’ 70\u00a0%/,
    );
    const lit = await background(page, '.words.target .word');
    assert.equal(lit[0], stepColour(0.88));
    assert.equal(lit[4], 'rgba(0, 0, 0, 0)');
  });
});

test(
  'each cell of the matrix has the colour of its weight; the row of the hovered word shows its numbers',
  options,
  async () => {
    await withPage({}, async (page) => {
      await radio(page, 'concat').check();
      await radio(page, 'pieces').check();
      const weights = exampleAttention(report)
        .find(({ model }) => model === 'concat')!
        .attention.weights.flat();
      assert.deepEqual(await background(page, '.matrix tbody td'), weights.map(stepColour));
      await page.locator('.matrix tbody td[data-row="3"][data-column="3"]').hover();
      assert.deepEqual(await page.locator('.matrix td.lit').allTextContents(), ['6', '1', '1', '92', '', '']);
      assert.match((await page.getByRole('status').textContent()) ?? '', /^‘▁hung’/);
    });
  },
);

test('in the line view the lines of the hovered word stay and the others fade', options, async () => {
  await withPage({}, async (page) => {
    await radio(page, 'concat').check();
    await radio(page, 'Lines').check();
    await targetWord(page, 'hungry').hover();
    assert.deepEqual(await eachNode(page, '.lines path.lit', 'node.dataset.row'), ['3', '3', '3']);
    const opacity = async (selector: string) =>
      (await eachNode(page, selector, 'getComputedStyle(node).opacity')).map(Number);
    assert.ok((await opacity('.lines path.lit')).every((value) => value > 0.4));
    assert.ok((await opacity('.lines path:not(.lit)')).every((value) => value < 0.1));
  });
});

test('a click pins a word until it is clicked again or Escape is pressed', options, async () => {
  await withPage({}, async (page) => {
    await radio(page, 'concat').check();
    const status = page.getByRole('status');
    await targetWord(page, 'hungry').click();
    await targetWord(page, 'am').hover();
    assert.match((await status.textContent()) ?? '', /^‘hungry\.’/);
    assert.equal(await targetWord(page, 'hungry').getAttribute('aria-selected'), 'true');
    await page.keyboard.press('Escape');
    assert.match((await status.textContent()) ?? '', /^‘am’/);
    await targetWord(page, 'very').click();
    await targetWord(page, 'very').click();
    await page.mouse.move(5, 5);
    assert.equal(await page.locator('[aria-selected="true"]').count(), 0);
  });
});

test('the keyboard moves through words, models and sentences, and pins', options, async () => {
  await withPage({}, async (page) => {
    const status = () => page.getByRole('status').textContent();
    await page.locator('.words.target .word').first().focus();
    assert.match((await status()) ?? '', /^‘I'm’/);
    await page.keyboard.press('ArrowRight');
    assert.match((await status()) ?? '', /^‘very’/);
    await page.keyboard.press('ArrowUp');
    assert.ok(await radio(page, 'concat').isChecked());
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    assert.match((await status()) ?? '', /^‘hungry\.’ looks at ‘fame\.’ 93/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowUp');
    assert.ok(await radio(page, 'general').isChecked());
    assert.match((await status()) ?? '', /^‘hungry\.’/);
    assert.equal(await page.locator('[aria-selected="true"]').textContent(), 'hungry.');
    await page.keyboard.press('PageDown');
    assert.equal(await page.getByLabel('Sentence', { exact: true }).inputValue(), '1');
    await page.keyboard.press('Home');
    assert.match((await status()) ?? '', /^‘Why’/);
  });
});

test('an arrow key removes a pin even if there is no word to move to', options, async () => {
  await withPage({}, async (page) => {
    const selected = page.locator('[aria-selected="true"]');
    await page.locator('.words.target .word').first().focus();
    for (const [there, further] of [
      ['Home', 'ArrowLeft'],
      ['End', 'ArrowRight'],
    ] as const) {
      await page.keyboard.press(there);
      await page.keyboard.press('Enter');
      assert.equal(await selected.count(), 1);
      const said = await page.getByRole('status').textContent();
      await page.keyboard.press(further);
      assert.equal(await selected.count(), 0, further);
      assert.equal(await page.getByRole('status').textContent(), said);
    }
  });
});

test('heads can be chosen only if a model has several', options, async () => {
  await withPage({}, async (page) => {
    const heads = page.getByLabel('Head', { exact: true });
    assert.ok(await heads.isHidden());
    await radio(page, 'general').check();
    const before = await background(page, '.matrix tbody td');
    await heads.selectOption({ label: 'head 1' });
    assert.notDeepEqual(await background(page, '.matrix tbody td'), before);
    await radio(page, 'concat').check();
    assert.ok(await heads.isHidden());
  });
});

test('all models are shown side by side, and a click opens one', options, async () => {
  await withPage({}, async (page) => {
    await radio(page, 'All models').check();
    assert.deepEqual(await page.locator('.card button').allTextContents(), ['dot', 'general', 'concat']);
    await page.getByRole('button', { name: /^concat/ }).click();
    assert.ok(await radio(page, 'Matrix').isChecked());
    assert.ok(await radio(page, 'concat').isChecked());
  });
});

test('each small picture names its words', options, async () => {
  await withPage({ width: 360 }, async (page) => {
    await radio(page, 'All models').check();
    const card = page.locator('.card').first();
    const words = (await page.locator('.words').allTextContents()).map((line) => line.trim().split(/\s+/));
    assert.deepEqual((await card.locator('th span').allTextContents()).slice(0, words[0]!.length), words[0]);
    assert.deepEqual(await card.locator('tr > th:first-child span').allTextContents(), words[1]);
  });
});

test('on a phone, what is wider than the screen fades on its right until its end is visible', options, async () => {
  const fade = (page: Page) =>
    eachNode(
      page,
      '#scores .scroll:first-of-type',
      'Math.round(parseFloat(getComputedStyle(node).getPropertyValue("--more")))',
    );
  await withPage({ width: 360 }, async (page) => {
    assert.ok(Number((await fade(page))[0]) > 20);
    await page.evaluate(`document.querySelector('#scores .scroll').scrollLeft = 10_000`);
    await page.evaluate('new Promise(requestAnimationFrame)');
    await page.evaluate('new Promise(requestAnimationFrame)');
    assert.equal(Number((await fade(page))[0]), 0);
  });
  await withPage({ width: 1280 }, async (page) => assert.equal(Number((await fade(page))[0]), 0));
});

test('on a phone the words of a chart are readable and keyboard hints are hidden', options, async () => {
  await withPage({ width: 360 }, async (page) => {
    const sizes = await eachNode(page, '.chart .tick', 'node.getBoundingClientRect().height');
    assert.ok(Number(sizes[0]) >= 11, sizes[0]);
    assert.ok(await page.locator('.keys').isHidden());
  });
  await withPage({ width: 1280 }, async (page) => assert.ok(await page.locator('.keys').isVisible()));
});

test('the lines fit in a phone’s screen, however long the words are', options, async () => {
  await withPage({ width: 360 }, async (page) => {
    await radio(page, 'Lines').check();
    await page.evaluate(
      `document.querySelectorAll('.column .word').forEach((word) => { word.textContent = 'Donaudampfschifffahrtsgesellschaft'; })`,
    );
    const ends = await eachNode(page, '.lines .word, .lines svg', 'node.getBoundingClientRect().right');
    assert.ok(
      ends.every((end) => Number(end) <= 341),
      ends.join(),
    );
  });
});

test('no word of a chart is cut off at the bottom', options, async () => {
  await withPage({}, async (page) => {
    const room = await eachNode(
      page,
      '.chart .axis',
      'node.ownerSVGElement.getBoundingClientRect().bottom - node.getBoundingClientRect().bottom',
    );
    assert.ok(room.length > 0 && room.every((pixels) => Number(pixels) >= 0), room.join());
  });
});

test("the page follows the system's dark mode, and the switch overrides it", options, async () => {
  const paper = (page: Page) => page.evaluate('getComputedStyle(document.body).backgroundColor');
  await withPage({ colorScheme: 'dark' }, async (page) => {
    assert.equal(await paper(page), 'rgb(20, 23, 27)');
    // on dark paper the scale is reversed: much attention is bright
    await targetWord(page, 'hungry').hover();
    const weight = exampleAttention(report)[0]!.attention.wordWeights[0]![0]!;
    assert.equal((await background(page, '.matrix tbody td'))[0], rgb(hexColourOf(1 - Math.round(weight * 20) / 20)));
    await page.getByRole('button', { name: 'Switch to light colours' }).click();
    assert.equal(await paper(page), 'rgb(253, 253, 252)');
    await page.reload();
    assert.equal(await paper(page), 'rgb(253, 253, 252)');
    await page.getByRole('button', { name: 'Switch to dark colours' }).click();
    assert.equal(await paper(page), 'rgb(20, 23, 27)');
  });
});

test('on a phone nothing makes the page wider than the screen, whatever is shown', options, async () => {
  await withPage({ width: 375 }, async (page) => {
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    for (const sentence of ['0', '1', '2']) {
      await page.getByLabel('Sentence', { exact: true }).selectOption(sentence);
      for (const view of ['Matrix', 'Lines', 'All models']) {
        await radio(page, view).check();
        assert.equal(await width(), 375, `sentence ${sentence}, ${view}`);
      }
    }
  });
});

test('a screen reader finds named sections, lists of words, and a table with headers', options, async () => {
  await withPage({}, async (page) => {
    assert.equal(await page.getByRole('region', { name: 'Where the models looked' }).count(), 1);
    assert.equal(
      await page
        .getByRole('listbox', { name: /^Translation/ })
        .getByRole('option')
        .count(),
      4,
    );
    assert.equal(await page.getByRole('columnheader', { name: 'molta', exact: true }).count(), 1);
    assert.equal(await page.getByRole('rowheader', { name: 'very', exact: true }).count(), 1);
    assert.equal(await page.getByRole('img', { name: /^BLEU by source length/ }).count(), 1);
    assert.equal(await page.getByRole('group', { name: 'Model' }).getByRole('radio').count(), 3);
  });
});

test('a page of several translations of a sentence switches between them', options, async () => {
  await withPage({ at: nbestAddress }, async (page) => {
    assert.equal(
      (await page
        .getByRole('radiogroup', { name: 'Translation' })
        .or(page.getByText('Translation', { exact: true }))
        .count()) > 0,
      true,
    );
    const words = async () => (await eachNode(page, '.words.target .word', 'node.textContent')).join(' ');
    const first = await words();
    assert.match(first, /hungry/);
    await radio(page, '2').check();
    assert.equal(await words(), 'Hungry </s>');
    await radio(page, 'All translations').check();
    assert.deepEqual(await eachNode(page, '.card button', 'node.textContent'), ['1', '2']);
    await radio(page, '1').check();
    assert.equal(await words(), first);
  });
});
