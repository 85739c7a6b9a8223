import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { join } from 'node:path';
import type { Call, Violation } from '../../src/sandbox/workspace/record.ts';
import { ona, sam, signIn, thea } from './person.ts';

/** Mentioned on purpose: who asked and who may approve. */
const called: readonly string[] = [ona, sam, thea];

/** What the practice workspace has seen alive. */
interface Held {
  readonly activeMentions: readonly { readonly kind: string; readonly target: string }[];
  readonly activeLinks: readonly unknown[];
}

/** Windows of a browser onto one practice workspace, and what is wrong with everything that was shown in them. */
export class Windows {
  readonly #open: Page[] = [];
  readonly #complaints: string[] = [];
  readonly #browser: Browser;
  readonly #address: () => URL;

  /** `address` is the workspace's, with its key, once it is known. */
  constructor(browser: Browser, address: () => URL) {
    this.#browser = browser;
    this.#address = address;
  }

  /** A window of its own in which `user` is signed in and netdiag is connected. */
  async open(user = ona, options: BrowserContextOptions = {}): Promise<Page> {
    const size = { viewport: { width: 1280, height: 900 } };
    const context = await this.#browser.newContext({ ...size, timezoneId: 'UTC', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => void (message.type() === 'error' && this.#complaints.push(message.text())));
    page.on('pageerror', (error) => this.#complaints.push(error.message));
    this.#open.push(page);
    await page.goto(this.#address().href);
    await page.getByText('netdiag is connected').waitFor();
    if (user !== ona) await signIn(page, user);
    return page;
  }

  /** What Slack would refuse, live markup, complaints of the browser: everything so far. */
  async faults(): Promise<string[]> {
    const { violations } = await this.#read<{ calls: readonly Call[]; violations: readonly Violation[] }>('calls');
    const held = await this.#read<Held>('state');
    return [
      ...violations.map((one) => `${one.severity} ${one.kind}: ${one.where} ${one.detail}`),
      ...held.activeMentions
        .filter(({ kind, target }) => kind !== 'user' || !called.includes(target))
        .map((one) => `live mention of ${one.kind} ${one.target}`),
      ...held.activeLinks.map((one) => `live link ${JSON.stringify(one)}`),
      ...this.#complaints.map((one) => `browser: ${one}`),
    ];
  }

  /** Photographs every window that is open into a directory, and gives the files. */
  async photograph(directory: string): Promise<string[]> {
    const pages = this.#open.filter((page) => !page.isClosed());
    const files = pages.map((_, index) => join(directory, `window-${index + 1}.png`));
    for (const [index, page] of pages.entries()) await page.screenshot({ path: files[index] ?? '' });
    return files;
  }

  async close(): Promise<void> {
    for (const page of this.#open) await page.context().close();
  }

  async #read<T>(name: string): Promise<T> {
    const key = this.#address().searchParams.get('key') ?? '';
    const answer = await fetch(new URL(`/_control/${name}`, this.#address()), { headers: { 'x-practice-key': key } });
    return (await answer.json()) as T;
  }
}
