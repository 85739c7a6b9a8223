import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { LOOKS } from './look.ts';
import type { Look } from './look.ts';
import { small } from './png.ts';
import type { Windows } from './windows.ts';

/** Higher than any card, so that none is cut off where its pane ends. */
const TALL = 4_200;

/** Photographs the same thing in windows that differ in how they look. */
export class Album {
  readonly #directory: string;
  readonly #pages: ReadonlyMap<Look, Page>;

  private constructor(directory: string, pages: ReadonlyMap<Look, Page>) {
    this.#directory = directory;
    this.#pages = pages;
  }

  /** Opens a window of the on-call for each look. */
  static async open(directory: string, windows: Windows): Promise<Album> {
    mkdirSync(directory, { recursive: true });
    const pages = new Map<Look, Page>();
    for (const look of ['light', 'dark', 'phone'] as const) pages.set(look, await windows.open(undefined, LOOKS[look]));
    return new Album(directory, pages);
  }

  /** The window in which things are done. */
  get first(): Page {
    const page = this.#pages.get('light');
    if (page === undefined) throw new Error('there is no light window');
    return page;
  }

  get pages(): readonly Page[] {
    return [...this.#pages.values()];
  }

  /** The window as it is, after `ready` has made it so; `height` where a desk's window would be mostly empty. */
  async window(
    name: string,
    ready: (page: Page) => Promise<unknown> = () => Promise.resolve(),
    height?: number,
  ): Promise<void> {
    for (const [look, page] of this.#pages) {
      const { viewport } = LOOKS[look];
      if (height !== undefined && look !== 'phone') await page.setViewportSize({ ...viewport, height });
      await ready(page);
      this.#keep(`${name}-${look}`, await page.screenshot());
      await page.setViewportSize(viewport);
    }
  }

  /** One thing, whole, however high it is; `ready` comes first, for example to unfold it. */
  async card(
    name: string,
    find: (page: Page) => Locator,
    ready: (card: Locator) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<void> {
    for (const [look, page] of this.#pages) {
      const card = find(page).last();
      await card.waitFor();
      await page.setViewportSize({ width: LOOKS[look].viewport.width, height: TALL });
      await ready(card);
      await card.scrollIntoViewIfNeeded();
      for (const picture of await card.getByRole('img').all()) await picture.evaluate((node) => node.decode());
      await page.mouse.move(0, 0);
      await card.locator('button:focus, summary:focus').evaluateAll((nodes) => nodes.forEach((node) => node.blur()));
      this.#keep(`${name}-${look}`, await card.screenshot());
      await page.setViewportSize(LOOKS[look].viewport);
    }
  }

  #keep(name: string, png: Uint8Array): void {
    writeFileSync(join(this.#directory, `${name}.png`), small(png));
  }
}
