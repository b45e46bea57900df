import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

/** The options of a test that needs a browser: skipped if there is none. */
export const withBrowser = existsSync(executablePath)
  ? {}
  : { skip: 'no browser to test the page in: apt-get install -y chromium' };

/** Chromium, which connects only to the pages that a test opens. */
export function startBrowser(): Promise<Browser> {
  const switches =
    'no-sandbox headless disable-gpu disable-quic no-first-run disable-background-networking disable-component-update disable-sync';
  return chromium.launch({ executablePath, args: switches.split(' ').map((name) => `--${name}`) });
}
