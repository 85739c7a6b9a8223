import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChrome, noChrome, skipNote } from './chrome.ts';
import { stories } from './story/index.ts';
import { played } from './story/play.ts';

/** The short ones; `npm run trial -- page` plays them all. */
const SHORT = ['expiry', 'form-error'] as const;

describe.skipIf(noChrome).concurrent(`stories in a browser${skipNote}`, () => {
  let browser: Browser;
  beforeAll(async () => void (browser = await launchChrome()), 60_000);
  afterAll(() => browser?.close());

  test.each(SHORT)('%s', { timeout: 90_000 }, async (name) => {
    const story = stories[name];
    expect(story === undefined ? ['there is no such story'] : await played(browser, story)).toEqual([]);
  });
});
