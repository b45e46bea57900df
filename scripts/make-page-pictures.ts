// docs/pictures/page-light.png and page-dark.png: screenshots in Chromium of the page with the models of four training
// runs.
//   npx attn train --score dot --preset demo   (and none, general, concat)
//   node --import tsx scripts/make-page-pictures.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exportWeb } from '../src/workflows/export-web.ts';
import { startBrowser } from '../test/helpers/browser.ts';
import { serveFolder } from '../test/helpers/static-server.ts';

const models = ['dot', 'none', 'general', 'concat'].map((score) => join('checkpoints', score));
const folder = mkdtempSync(join(tmpdir(), 'attn-pictures-'));
await exportWeb(models, join(folder, 'page'), 'bfloat16');
const server = await serveFolder(join(folder, 'page'));
const browser = await startBrowser();
for (const colorScheme of ['light', 'dark'] as const) {
  const context = await browser.newContext({ viewport: { width: 860, height: 1300 }, colorScheme });
  const page = await context.newPage();
  await page.goto(server.address);
  // the first translation has loaded the model: the time shown for this one is typical from then on
  await page.locator('#linked .words.target .word').first().waitFor();
  await page.locator('#source').fill('La ragazza ha visto il cane nero.');
  await page.locator('#linked .words.target .word').filter({ hasText: 'black' }).click();
  await page.mouse.move(2, 2);
  const legend = await page.locator('#viewer .legend').boundingBox();
  const path = fileURLToPath(new URL(`../docs/pictures/page-${colorScheme}.png`, import.meta.url));
  await page.screenshot({ path, clip: { x: 0, y: 0, width: 860, height: Math.ceil((legend?.y ?? 800) + 26) } });
  await context.close();
}
await browser.close();
await server.close();
rmSync(folder, { recursive: true });
