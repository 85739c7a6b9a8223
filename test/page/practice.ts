import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { trappedHome } from './trap.ts';
import { Windows } from './windows.ts';

/** `npm start` without any configuration, as its user has it: a process, an address, a page. */
export class Practice implements AsyncDisposable {
  /** Everything the process has printed. */
  printed = '';
  readonly windows: Windows;
  readonly #home = trappedHome();
  readonly #process;
  readonly #gone: Promise<unknown>;

  private constructor(browser: Browser) {
    this.windows = new Windows(browser, () => this.address);
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
  window(user?: string, options?: BrowserContextOptions): Promise<Page> {
    return this.windows.open(user, options);
  }

  /** What is wrong with everything so far: what Slack would refuse, live markup, complaints of the browser, secrets that were read. */
  async faults(): Promise<string[]> {
    return [...(await this.windows.faults()), ...this.#home.touched().map((one) => `read: ${one}`)];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.windows.close();
    this.#process.kill('SIGTERM');
    await this.#gone;
    this.#home[Symbol.dispose]();
  }
}
