import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

/** True where there is no browser: `describe.skipIf(noChrome)`. */
export const noChrome = !existsSync(CHROMIUM);

/** Ends the title of such a test: nothing, or why it does not run. */
export const skipNote = noChrome ? ` (skipped: no ${CHROMIUM})` : '';

if (noChrome) process.stderr.write(`tests that need a browser are skipped: there is no ${CHROMIUM}\n`);

export function launchChrome(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') });
}
