import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import type { Call, Violation } from '../../src/sandbox/workspace/record.ts';
import { trappedHome } from './trap.ts';

export const ona = 'UONCALL01';
export const sam = 'USECOND01';
export const bo = 'UBYSTAND1';

/** Mentioned on purpose: who asked and who may approve. */
const called: readonly string[] = [ona, sam, 'UTHIRD001'];

/** What the practice workspace has seen alive. */
interface Held {
  readonly activeMentions: readonly { readonly kind: string; readonly target: string }[];
  readonly activeLinks: readonly unknown[];
}

/** `npm start` without any configuration, as its user has it: a process, an address, a page. */
export class Practice implements AsyncDisposable {
  /** Everything the process has printed. */
  printed = '';
  readonly #windows: Page[] = [];
  readonly #complaints: string[] = [];
  readonly #browser: Browser;
  readonly #home = trappedHome();
  readonly #process;
  readonly #gone: Promise<unknown>;

  private constructor(browser: Browser) {
    this.#browser = browser;
    const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
    const { PATH = '' } = process.env;
    this.#process = spawn(process.execPath, [main], { env: { PATH, ...this.#home.env } });
    for (const stream of [this.#process.stdout, this.#process.stderr])
      stream.on('data', (bytes: Buffer) => (this.printed += bytes.toString()));
    this.#gone = once(this.#process, 'exit');
  }

  /** Starts netdiag and waits until it has printed its address. */
  static async start(browser: Browser): Promise<Practice> {
    const practice = new Practice(browser);
    const gone = practice.#gone.then(() => 'gone');
    while (!/^Open \S+$/m.test(practice.printed)) {
      if ((await Promise.race([once(practice.#process.stdout, 'data'), gone])) === 'gone')
        throw new Error(`netdiag ended at its start: ${practice.printed}`);
    }
    return practice;
  }

  /** The printed address. */
  get address(): URL {
    return new URL(/^Open (\S+)$/m.exec(this.printed)?.[1] ?? '');
  }

  /** A window of its own in which `user` is signed in. */
  async window(user = ona, options: BrowserContextOptions = {}): Promise<Page> {
    const size = { viewport: { width: 1280, height: 900 } };
    const context = await this.#browser.newContext({ ...size, timezoneId: 'UTC', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => void (message.type() === 'error' && this.#complaints.push(message.text())));
    page.on('pageerror', (error) => this.#complaints.push(error.message));
    this.#windows.push(page);
    await page.goto(this.address.href);
    await page.getByText('netdiag is connected').waitFor();
    if (user !== ona) await signIn(page, user);
    return page;
  }

  /** What is wrong with everything so far: what Slack would refuse, live markup, complaints of the browser, secrets that were read. */
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
      ...this.#home.touched().map((one) => `read: ${one}`),
    ];
  }

  async #read<T>(name: string): Promise<T> {
    const key = this.address.searchParams.get('key') ?? '';
    const answer = await fetch(new URL(`/_control/${name}`, this.address), { headers: { 'x-practice-key': key } });
    return (await answer.json()) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const page of this.#windows) await page.context().close();
    this.#process.kill('SIGTERM');
    await this.#gone;
    this.#home[Symbol.dispose]();
  }
}

export async function signIn(page: Page, user: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Signed in as' }).selectOption(user);
}

/** Types into the channel's message box and sends it. */
export async function say(page: Page, words: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(words);
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
}

/** The live message of a node's incident in the channel. */
export function liveMessage(page: Page, node: string): Locator {
  return page
    .getByRole('log', { name: 'Messages in incidents' })
    .getByRole('article')
    .filter({ hasText: `${node} · cluster` });
}

/** Opens the thread of a node's incident. */
export async function openThread(page: Page, node: string): Promise<Locator> {
  await liveMessage(page, node)
    .getByRole('button', { name: /open thread/ })
    .click();
  return page.getByRole('region', { name: 'Thread' });
}

/** The task of a plan with these words and this state. */
export function task(within: Locator, words: string | RegExp, state: string): Locator {
  return within
    .getByRole('listitem')
    .filter({ hasText: words })
    .and(within.locator(`[data-status="${state}"]`));
}
