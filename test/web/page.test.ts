import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { loadTranslator } from '../../src/decoding/translator.ts';
import { exportWeb } from '../../src/workflows/export-web.ts';
import { scratchFolder, writeToyRun } from '../decoding/toy-run.ts';
import { startBrowser, withBrowser } from '../helpers/browser.ts';
import { serveFolder } from '../helpers/static-server.ts';
import { testServer } from '../server/server.ts';

const scratch = scratchFolder();
const sentence = 'la casa è rossa e la porta è nera';
const folder = join(scratch, 'runs');
let browser: Browser;
/** Translations of the sentence by `dot`, best first, and by `none`. */
let expected: { readonly dot: readonly string[]; readonly none: string };
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts a page's server. @returns its address and a function that stops it */
type Start = () => Promise<{ readonly address: string; close(): Promise<void> }>;
const places: Readonly<Record<string, Start>> = {
  'static files': () => serveFolder(join(scratch, 'site')),
  'attn serve': async () => {
    const server = await testServer(folder);
    await server.ready;
    return { address: `${server.url}/`, close: () => server.close() };
  },
};

before(async () => {
  if (withBrowser.skip) return;
  // untrained, with enough words in their output
  const toy = { languages: { source: 'it', target: 'en' }, size: 80 };
  await writeToyRun(join(folder, 'dot'), { ...toy, seed: 2 });
  await writeToyRun(join(folder, 'none'), { ...toy, options: { score: 'none' } });
  // the unchanged numbers of the files, so that page and service give the same results
  await exportWeb([join(folder, 'dot'), join(folder, 'none')], join(scratch, 'site'), 'float32');
  const translated = async (name: string) => {
    const translator = await loadTranslator(join(folder, name), { backend: 'wasm', threads: 1 });
    const [translation] = await translator.translate([sentence], { nbest: 5 });
    await translator.close();
    return translation!.hypotheses.map(({ text }) => text);
  };
  expected = { dot: await translated('dot'), none: (await translated('none'))[0]! };
  for (const text of [...expected.dot, expected.none]) assert.ok(text.includes(' '), text);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
});

interface Look {
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly hash?: string;
}

/** Opens a page, lets a test use it, and fails on any error in it and any request to another server. */
async function withPage(start: Start, look: Look, use: (page: Page, close: () => Promise<void>) => Promise<void>) {
  const { width = 1280, colorScheme = 'light', hash = '' } = look;
  const { address, close } = await start();
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(error.message));
    context.on('request', (request) => {
      if (!request.url().startsWith(new URL(address).origin) && !request.url().startsWith('data:')) {
        complaints.push(request.url());
      }
    });
    await page.goto(`${address}${hash}`);
    await use(page, close);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
    await close();
  }
}

/** The translation shown on the page: the words of the viewer without their end, or the text. */
const shown = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const linked = document.getElementById('linked');
    if (linked.querySelector('.stale') || linked.classList.contains('stale')) return 'stale';
    if (linked.hidden) return document.getElementById('whole').textContent;
    return [...linked.querySelectorAll('.words.target .word:not(.end)')].map((word) => word.textContent).join(' ');
  })()`);
/**
 * Waits until a model is kept for offline use, then removes it. A page that has asked for it before its service worker
 * took over never keeps it, which is as good.
 */
const forget = (model: string) => `(async () => {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      const kept = (await cache.keys()).find(({ url }) => /models\\/${model}-.*safetensors$/.test(url));
      if (kept) return cache.delete(kept);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
})()`;

const plain = (text: string) => text.replace(/\s+/g, ' ').trim();

async function until(what: () => Promise<string>, wanted: string): Promise<void> {
  const end = Date.now() + 20_000;
  let last = '';
  while (Date.now() < end) {
    last = plain(await what());
    if (last === plain(wanted)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal(last, plain(wanted));
}

const source = (page: Page) => page.locator('#source');
const status = (page: Page) => page.locator('#viewer .said').textContent();
const spoken = async (page: Page) => (await page.locator('#spoken').textContent()) ?? '';
const radio = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });

for (const [place, start] of Object.entries(places)) {
  test(`${place}: what is typed is translated beside it, and the last text wins`, withBrowser, async () => {
    await withPage(start, {}, async (page) => {
      await page.getByRole('heading', { name: 'Italian' }).waitFor();
      await source(page).pressSequentially('la sedia è gialla', { delay: 5 });
      await source(page).fill('la mela');
      await source(page).fill(sentence);
      await until(() => shown(page), expected.dot[0]!);
      assert.match((await page.locator('#status').textContent()) ?? '', /^\d+ ms/);
      await until(() => spoken(page), expected.dot[0]!);
      await source(page).fill('');
      await page.locator('#attention').waitFor({ state: 'hidden' });
      await until(() => spoken(page), '');
    });
  });

  test(`${place}: words are linked by the mouse and by the keyboard`, withBrowser, async () => {
    await withPage(start, { hash: `#text=${encodeURIComponent(sentence)}` }, async (page) => {
      await until(() => shown(page), expected.dot[0]!);
      const words = page.locator('#linked .words.target .word');
      await words.first().hover();
      assert.match((await status(page)) ?? '', /looks at ‘/);
      assert.ok((await page.locator('#linked .words.source .word[style*="background"]').count()) > 0);
      await page.mouse.move(2, 2);
      assert.equal(await status(page), '');
      await words.first().focus();
      await page.keyboard.press('ArrowRight');
      const second = await words.nth(1).textContent();
      assert.ok((await status(page))?.startsWith(`‘${second}’ looks at`));
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('[aria-selected="true"]').textContent(), second);
      await page.keyboard.press('Escape');
      assert.equal(await page.locator('[aria-selected="true"]').count(), 0);
      // the next model
      await page.keyboard.press('ArrowDown');
      await until(() => shown(page), expected.none);
      assert.ok(await radio(page, 'none').isChecked());
      assert.match(page.url(), /model=none/);
      assert.ok(await page.locator('#blind').isVisible());
    });
  });

  test(
    `${place}: another translation of the search can be chosen, and its attention is shown`,
    withBrowser,
    async () => {
      await withPage(start, { hash: `#text=${encodeURIComponent(sentence)}` }, async (page) => {
        await until(() => shown(page), expected.dot[0]!);
        const found = await page.locator('.candidate .text').allTextContents();
        assert.deepEqual(found, expected.dot);
        await page.locator('.candidate input').first().focus();
        await page.keyboard.press('ArrowDown');
        await until(() => shown(page), expected.dot[1]!);
        await page.getByText('As a tree').click();
        assert.ok((await page.locator('.tree li').count()) > 1);
      });
    },
  );

  test(`${place}: all models are shown side by side, and the address shares text and model`, withBrowser, async () => {
    await withPage(start, { hash: `#text=${encodeURIComponent(sentence)}&model=none` }, async (page) => {
      await until(() => shown(page), expected.none);
      await page.getByRole('button', { name: 'Ask all models' }).click();
      await page.locator('#answers .card').nth(1).waitFor();
      const answers = await page.locator('#answers .card > p:last-child').allTextContents();
      assert.deepEqual(answers.map(plain), [plain(expected.dot[0]!), plain(expected.none)]);
      await page.getByRole('button', { name: 'dot', exact: true }).click();
      await until(() => shown(page), expected.dot[0]!);
      assert.ok(!page.url().includes('model='), page.url());
      await page.goBack().catch(() => {});
    });
  });

  test(`${place}: the slider makes the sentence longer, and tells how much each model keeps`, withBrowser, async () => {
    await withPage(start, {}, async (page) => {
      const slider = page.getByRole('slider', { name: 'Length' });
      await slider.focus();
      const short = await page.locator('#long-source').textContent();
      await page.keyboard.press('End');
      await page.locator('#long-answers dd:not(:empty)').nth(1).waitFor();
      assert.ok(((await page.locator('#long-source').textContent()) ?? '').startsWith(short!.replace(/\.$/, '')));
      assert.equal(await slider.getAttribute('aria-valuetext'), await page.locator('#words').textContent());
      assert.deepEqual(await page.locator('#long-answers .name').allTextContents(), ['none', 'dot']);
      await page
        .locator('.count')
        .filter({ hasText: /^\d+ of 4\d words$/ })
        .nth(1)
        .waitFor();
    });
  });
}

for (const [place, colorScheme] of [
  ['static files', 'light'],
  ['static files', 'dark'],
  ['attn serve', 'light'],
] as const) {
  test(`${place}: axe finds no errors, ${colorScheme}; it fits on a phone's screen`, withBrowser, async () => {
    for (const width of [360, 1280]) {
      await withPage(
        places[place]!,
        { width, colorScheme, hash: `#text=${encodeURIComponent(sentence)}` },
        async (page) => {
          await until(() => shown(page), expected.dot[0]!);
          await page.getByRole('button', { name: 'Ask all models' }).click();
          await page.locator('#answers .card').nth(1).waitFor();
          await page.getByText('As a tree').click();
          await page.locator('#longer').scrollIntoViewIfNeeded();
          await page.locator('#long-answers dd:not(:empty)').nth(1).waitFor();
          for (const view of ['Matrix', 'Lines']) {
            await radio(page, view).check();
            await page.locator('#linked .words.target .word').first().click();
            await page.evaluate(axe);
            const { violations } = (await page.evaluate('axe.run()')) as {
              violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
            };
            const found = violations.map(({ id, nodes }) => [id, nodes[0]?.html, nodes[0]?.failureSummary]);
            assert.deepEqual(found, []);
            assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
            await page.keyboard.press('Escape');
          }
        },
      );
    }
  });
}

test('static files: after the first visit the page works with the network off', withBrowser, async () => {
  await withPage(places['static files']!, {}, async (page, close) => {
    await page.getByText('Works without a network.').waitFor();
    // the slider has asked for it, too: as if there had been no room
    await page.evaluate(forget('none'));
    await close();
    await page.context().setOffline(true);
    await page.reload();
    await source(page).fill(sentence);
    await until(() => shown(page), expected.dot[0]!);
    assert.match((await page.locator('#status').textContent()) ?? '', /WebAssembly/);
    // a model that was not kept is not available, with a message
    await radio(page, 'none').check();
    await page
      .getByRole('alert')
      .filter({ hasText: /cannot be reached: are you offline\?/ })
      .waitFor();
    await radio(page, 'dot').check();
    await until(() => shown(page), expected.dot[0]!);
    assert.equal(await page.locator('#problem').textContent(), '');
  });
});

test('attn serve with keys: the page asks for one and continues with it', withBrowser, async () => {
  const keys = join(scratch, 'keys.txt');
  writeFileSync(keys, 'anna 6f1c0a9d2be84c55a1f7e3d09b6c8f2410aa3e57\n', { mode: 0o600 });
  const server = await testServer(folder, { keys });
  await server.ready;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(server.url);
  const field = page.getByLabel('API key of this server');
  await field.fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').filter({ hasText: 'no such API key' }).waitFor();
  await field.fill('6f1c0a9d2be84c55a1f7e3d09b6c8f2410aa3e57');
  await page.getByRole('button', { name: 'Use it' }).click();
  await source(page).fill(sentence);
  await until(() => shown(page), expected.dot[0]!);
  assert.ok(await page.locator('#key').isHidden());
  await context.close();
  await server.close();
});

test(
  'attn serve with a narrow beam: the page requests no more translations than the server allows',
  withBrowser,
  async () => {
    const server = await testServer(folder, { maxBeam: 2 });
    await server.ready;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.url}/#text=${encodeURIComponent(sentence)}`);
    await page.locator('.candidate').nth(1).waitFor();
    assert.equal(await page.locator('.candidate').count(), 2);
    assert.equal(await page.locator('#problem').textContent(), '');
    await context.close();
  },
);

test('a translator that cannot start says why', withBrowser, async () => {
  const broken = join(scratch, 'broken');
  await exportWeb([join(folder, 'dot')], broken, 'bfloat16');
  const site = JSON.parse(readFileSync(join(broken, 'models.json'), 'utf8')) as {
    models: { files: { model: string } }[];
  };
  const model = join(broken, site.models[0]!.files.model);
  writeFileSync(model, readFileSync(model).subarray(0, 500));
  const server = await serveFolder(broken);
  const page = await browser.newPage();
  await page.goto(server.address);
  await page
    .getByRole('alert')
    .filter({ hasText: /not a complete safetensors file: it is truncated/ })
    .waitFor();
  await page.close();
  await server.close();
});
