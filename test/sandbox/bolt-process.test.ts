import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { incidents, ona, practise } from './practice.ts';
import type { Practice } from './practice.ts';

interface Said {
  readonly event: string;
  readonly detail: string;
}

/** The small Bolt app in a process of its own; it is ended with the test. */
class Process implements AsyncDisposable {
  readonly said: Said[] = [];
  readonly #child;
  readonly #lines;
  readonly #gone: Promise<unknown[]>;

  constructor(practice: Practice, over: Record<string, string> = {}) {
    const { botToken, appToken, slackApiUrl } = practice.said;
    const script = new URL('./bolt-process.ts', import.meta.url).pathname;
    const env = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: slackApiUrl, ...over };
    this.#child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    this.#gone = once(this.#child, 'close');
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next thing that it says, once it says it; undefined when it has ended. */
  async next(): Promise<Said | undefined> {
    const line = await this.#lines.next();
    if (line.done === true) return undefined;
    const said = JSON.parse(line.value) as Said;
    this.said.push(said);
    return said;
  }

  async until(event: string): Promise<Said> {
    for (;;) {
      const said = await this.next();
      if (said === undefined) throw new Error(`it ended without ${event}: ${JSON.stringify(this.said)}`);
      if (said.event === event) return said;
    }
  }

  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** Its exit code, once it has ended. */
  async ended(): Promise<unknown> {
    return (await this.#gone)[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}

describe.concurrent('a Bolt app of its own', { timeout: 30_000 }, () => {
  test('starts with auth.test, apps.connections.open, and hello', async () => {
    await using practice = await practise();
    await using app = new Process(practice);
    await app.until('started');
    expect(practice.workspace.record.calls.map((one) => one.method)).toEqual(['auth.test', 'apps.connections.open']);
  });

  test('with a bad token ends by itself and says why', async () => {
    await using practice = await practise();
    await using app = new Process(practice, { SLACK_BOT_TOKEN: 'xoxb-wrong' });
    expect((await app.until('failed')).detail).toContain('invalid_auth');
    expect(await app.ended()).toBe(1);
    expect(practice.opened.connections.ready).toEqual([]);
  });

  test('without a hello waits for ever, unless it loses patience itself', async () => {
    await using practice = await practise();
    practice.workspace.chaos.helloDelayMs = 3_600_000;
    await using app = new Process(practice, { PATIENCE_MS: '300' });
    expect(await app.until('failed')).toMatchObject({ detail: 'no hello came in time' });
    expect(app.said.map((one) => one.event)).toEqual(['initialised', 'failed']);
    expect(await app.ended()).toBe(1);
  });

  test('meets app_rate_limited, which has no event inside, with a rejection that nobody handles', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 400;
    await using app = new Process(practice);
    await app.until('started');
    const told = practice.control('rate_limited', {});
    expect(await app.until('unhandled')).toMatchObject({ detail: 'TypeError' });
    expect(await told).toMatchObject({ acked: false });
    practice.workspace.chaos.ackDeadlineMs = 3000;
    await practice.control('say', { user: ona, channel: incidents, text: '@netdiag' });
    await practice.spoken('here');
  });

  test('on SIGTERM lets its job end and says its last word', async () => {
    await using practice = await practise();
    await using app = new Process(practice);
    await app.until('started');
    await practice.control('command', { user: ona, channel: incidents, text: '/netdiag x' });
    await practice.spoken('running');
    app.terminate();
    await app.until('stopped');
    expect(await app.ended()).toBe(0);
    expect(practice.workspace.messagesOf(incidents).map((one) => one.text)).toEqual(['finished']);
  });

  test('that is stopped while it reconnects ends', async () => {
    await using practice = await practise();
    await using app = new Process(practice);
    await app.until('started');
    await practice.control('disconnect', { reason: 'warning' });
    app.terminate();
    const events: string[] = [];
    for (let said = await app.next(); said !== undefined; said = await app.next()) events.push(said.event);
    expect(events).toContain('stopped');
    expect(await app.ended()).toBe(0);
  });

  test('whose connection cannot be opened again meets a rejection that nobody handles', async () => {
    await using practice = await practise();
    await using app = new Process(practice, { PING_MS: '300' });
    await app.until('started');
    practice.workspace.chaos.refuseOpen = true;
    await practice.control('drop', {});
    expect((await app.until('unhandled')).detail).toMatch(/Error$/);
  });
});
