import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { httpInlet } from '../../../src/adapter/slack/http.ts';
import type { Inlet } from '../../../src/adapter/slack/app.ts';
import type { Practice } from './practice.ts';
import { clock, incidents, NotingDesk, onCall, practise, until } from './practice.ts';

vi.setConfig({ testTimeout: 30_000 });

const secret = '0123456789abcdef0123456789abcdef';

function port(log: readonly string[]): string {
  const [, found] = /on port (\d+)/.exec(log.join('\n')) ?? [];
  if (found === undefined) throw new Error('no port was logged');
  return found;
}

describe('requests', () => {
  const log: string[] = [];
  const taken: unknown[] = [];
  let inlet: Inlet;
  let acks = true;
  let now = 0;

  beforeEach(async () => {
    log.length = 0;
    taken.length = 0;
    acks = true;
    now = Date.now();
    inlet = httpInlet({
      signingSecret: secret,
      port: 0,
      clock: { now: () => now, sleep: (ms, signal) => clock.sleep(Math.min(ms, 200), signal) },
      log: (_, sentence) => void log.push(sentence),
      take: async (body, ack) => {
        taken.push(body);
        if (acks) await ack({ text: 'taken' });
      },
    });
    await inlet.open();
  });
  afterEach(() => inlet.close());

  const send = async (
    body: string,
    {
      at = now,
      key = secret,
      type = 'application/x-www-form-urlencoded',
      ...more
    }: Record<string, string | number> = {},
  ) => {
    const sent = String(more['sent'] ?? Math.floor(Number(at) / 1000));
    const signature = `v0=${createHmac('sha256', String(key)).update(`v0:${sent}:${body}`).digest('hex')}`;
    const headers = {
      'content-type': String(type),
      'x-slack-request-timestamp': sent,
      'x-slack-signature': String(more['signature'] ?? signature),
    };
    const answer = await fetch(`http://127.0.0.1:${port(log)}/slack/events`, { method: 'POST', headers, body });
    return { status: answer.status, text: await answer.text() };
  };

  test('are taken when Slack has signed them, and acknowledged by the answer', async () => {
    const body = `payload=${encodeURIComponent(JSON.stringify({ type: 'block_actions', n: 'ä' }))}`;
    expect(await send(body)).toEqual({ status: 200, text: '{"text":"taken"}' });
    expect((await send('command=%2Fnetdiag&text=a+b')).status).toBe(200);
    const event = JSON.stringify({ type: 'event_callback', event: {} });
    expect((await send(event, { type: 'application/json; charset=utf-8' })).status).toBe(200);
    expect(taken).toEqual([
      { type: 'block_actions', n: 'ä' },
      { command: '/netdiag', text: 'a b' },
      { type: 'event_callback', event: {} },
    ]);
  });

  test('T1: are refused with another key, without a signature, and when they are not of this moment', async () => {
    const refused = [
      await send('command=a', { key: 'another secret' }),
      await send('command=b', { signature: 'v0=' }),
      await send('command=c', { at: now - 301_000 }),
      await send('command=d', { at: now + 302_000 }),
      await send('command=e', { sent: '1e3' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(taken).toEqual([]);
    expect((await send('command=f', { at: now - 299_000 })).status).toBe(200);
  });

  test('T2: are taken once, however often the same one is sent', async () => {
    expect([(await send('command=a')).status, (await send('command=a')).status]).toEqual([200, 401]);
    now += 240_000;
    expect((await send('command=a', { at: now - 240_000 })).status).toBe(401);
    expect(taken).toHaveLength(1);
  });

  test('T2: 1,000 times in four minutes have one effect, each of the other 999 is in the log', async () => {
    const sent = now;
    const statuses: number[] = [];
    for (let times = 0; times < 20; times += 1) {
      const some = Array.from({ length: 50 }, () => send('command=a', { at: sent }));
      statuses.push(...(await Promise.all(some)).map(({ status }) => status));
      now += 12_000;
    }
    expect([200, 401].map((status) => statuses.filter((one) => one === status).length)).toEqual([1, 999]);
    expect(taken).toHaveLength(1);
    expect(log.filter((line) => line.startsWith('A request was refused: '))).toHaveLength(999);
  });

  test('that are not acknowledged in time are answered so that Slack tries again', async () => {
    acks = false;
    expect((await send('command=a')).status).toBe(503);
  });

  test('of another kind are refused, and a challenge is echoed', async () => {
    expect((await send('<xml/>', { type: 'text/xml' })).status).toBe(400);
    expect((await send('{"type"', { type: 'application/json' })).status).toBe(400);
    expect((await send('x'.repeat(4 * 1024 * 1024 + 1))).status).toBe(413);
    const challenge = JSON.stringify({ type: 'url_verification', challenge: 'c' });
    expect(await send(challenge, { type: 'application/json' })).toEqual({ status: 200, text: '{"challenge":"c"}' });
    const get = await fetch(`http://127.0.0.1:${port(log)}/`);
    expect([get.status, (await fetch(`http://127.0.0.1:${port(log)}/healthz`)).status]).toEqual([404, 200]);
    expect(taken).toEqual([]);
  });
});

describe('the whole bot by HTTP', () => {
  async function listening(practice: Practice) {
    const adapter = practice.adapter({ inbound: { by: 'http', signingSecret: practice.said.signingSecret, port: 0 } });
    const desk = new NotingDesk();
    await adapter.start(desk);
    const address = `http://127.0.0.1:${port(practice.log)}/slack/events`;
    expect(await practice.control('http', { address })).toMatchObject({ address });
    return { adapter, desk };
  }

  test('hears commands, forms, lists, shortcuts and mentions as over a socket', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    expect(await practice.type('/netdiag ip-10-0-10-207')).toMatchObject({ acked: true });
    await until(() => desk.starts.length === 1);
    expect(await practice.type('/netdiag')).toMatchObject({ acked: true });
    const { id } = await until(async () => (await practice.state()).views[onCall]);
    const fields = { user: onCall, view_id: id, action_id: 'node', typed: '88' };
    const { options } = await practice.control('suggest', fields);
    expect(options).toMatchObject([{ value: 'ip-10-0-10-88' }]);
    const [chosen] = options as [object];
    await practice.control('submit', { user: onCall, values: { node: { node: chosen } } });
    await until(() => desk.starts.length === 2);
    await practice.control('say', { user: onCall, channel: incidents, text: '@netdiag ip-10-0-10-88' });
    await until(() => desk.starts.length === 3);
    expect(desk.starts.map(({ node }) => node)).toEqual(['ip-10-0-10-207', 'ip-10-0-10-88', 'ip-10-0-10-88']);
    expect(await practice.violations()).toEqual([]);
    await adapter.stop();
  });

  test('T1, T2: takes nothing that is signed by another, or was signed long ago, and one request once', async () => {
    await using practice = await practise();
    const { adapter, desk } = await listening(practice);
    await practice.control('chaos', { wrongSignature: 1 });
    expect(await practice.type('/netdiag ip-10-0-10-207')).toMatchObject({ acked: false });
    await practice.control('chaos', { reset: true, signedSecondsAgo: 400 });
    expect(await practice.type('/netdiag ip-10-0-10-207')).toMatchObject({ acked: false });
    await practice.control('chaos', { reset: true, signedSecondsAgo: -400 });
    expect(await practice.type('/netdiag ip-10-0-10-207')).toMatchObject({ acked: false });
    await practice.control('chaos', { reset: true, duplicate: 1 });
    expect(await practice.type('/netdiag ip-10-0-10-88')).toMatchObject({ acked: true });
    await until(() => desk.starts.length > 0);
    await until(async () => (await practice.journal.unhandled()).length === 0);
    expect(desk.starts.map(({ node }) => node)).toEqual(['ip-10-0-10-88']);
    await adapter.stop();
  });
});
