import type { BrowserContextOptions } from 'playwright-core';

/** Ways to look at the page. */
export const LOOKS = {
  light: { viewport: { width: 1200, height: 1240 } },
  dark: { viewport: { width: 1200, height: 1240 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
} as const satisfies Readonly<Record<string, BrowserContextOptions>>;

export type Look = keyof typeof LOOKS;
