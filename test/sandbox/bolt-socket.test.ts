/* oxlint-disable unicorn/require-post-message-target-origin -- chat.postMessage is Slack's, not the window's */
import type { App } from '@slack/bolt';
import { describe, expect, test } from 'vitest';
import { incidents, ona, practise, until } from './practice.ts';
import type { Practice } from './practice.ts';

const command = (text = 'x'): object => ({ user: ona, channel: incidents, text: `/netdiag ${text}` });
const pingMs = 200;
const reasons = ['warning', 'refresh_requested', 'link_disabled', 'too_many_websockets'];

/** Resolves once so many connections are ready and connection `gone` is none of them. */
function ready(practice: Practice, count: number, gone: number): Promise<true> {
  const { connections } = practice.opened;
  return until(practice.opened, () =>
    connections.ready.length === count && !connections.ready.includes(gone) ? true : undefined,
  );
}

const acking = (app: App): void => app.command('/netdiag', ({ ack }) => ack());

describe.concurrent('the gap after a disconnect', () => {
  test.each(reasons)('with one connection, for %s: a command in it is lost, one after it is not', async (reason) => {
    await using practice = await practise();
    await practice.bolt(acking, pingMs);
    await practice.control('disconnect', { reason });
    expect(await practice.control('command', command())).toMatchObject({
      acked: false,
      failure: '`/netdiag` failed with the error "dispatch_failed"',
    });
    await ready(practice, 1, 1);
    expect(await practice.control('command', command())).toMatchObject({ acked: true });
  });

  test.each(reasons)('with two connections, for %s: the other one takes the command', async (reason) => {
    await using practice = await practise();
    await practice.bolt(acking, pingMs);
    await practice.bolt(acking, pingMs);
    await practice.control('disconnect', { reason, number: 1 });
    expect(practice.opened.connections.ready).toEqual([2]);
    expect(await practice.control('command', command())).toMatchObject({ acked: true });
    await ready(practice, 2, 1);
    expect(practice.violations()).toEqual([]);
  });

  test('with the TCP connection held open after it', async () => {
    await using practice = await practise();
    await practice.bolt(acking, pingMs);
    await practice.control('chaos', { holdAfterClose: true });
    await practice.control('disconnect', { reason: 'refresh_requested' });
    await ready(practice, 1, 1);
    expect(await practice.control('command', command())).toMatchObject({ acked: true });
  });

  test('with the socket cut right after an envelope was sent on it', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 100;
    await practice.bolt(acking, pingMs);
    await practice.control('chaos', { dropAfterSend: 1 });
    expect(await practice.control('command', command())).toMatchObject({ acked: false });
    await ready(practice, 1, 1);
    practice.workspace.chaos.ackDeadlineMs = 3000;
    expect(await practice.control('command', command())).toMatchObject({ acked: true });
  });

  test('that nobody asked for, when pings stay unanswered', async () => {
    await using practice = await practise();
    await practice.bolt(acking, pingMs);
    await practice.control('chaos', { noPong: true });
    await until(practice.opened, () => (practice.opened.connections.ready.includes(1) ? undefined : true));
    await practice.control('chaos', { noPong: false });
    await ready(practice, 1, 1);
    expect(await practice.control('command', command())).toMatchObject({ acked: true });
  });
});

describe.concurrent('an envelope', () => {
  test('that comes twice runs the handler twice: Bolt tells nothing apart', async () => {
    await using practice = await practise();
    const heard: (number | undefined)[] = [];
    await practice.bolt((app) =>
      app.event('app_mention', async ({ context, client, event }) => {
        heard.push(context.retryNum);
        if (heard.length === 2) await client.chat.postMessage({ channel: event.channel, text: 'twice' });
      }),
    );
    await practice.control('chaos', { duplicate: 1 });
    await practice.control('say', { user: ona, channel: incidents, text: '@netdiag' });
    await practice.spoken('twice');
    expect(heard).toHaveLength(2);
    expect(new Set(practice.opened.connections.envelopes.map((one) => one.id)).size).toBe(2);
  });

  test('that is sent again says how often and why', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 50;
    practice.workspace.chaos.redeliverAfterMs = [0];
    practice.workspace.chaos.ackDelayMs = 100;
    const heard: unknown[] = [];
    await practice.bolt((app) =>
      app.event('app_mention', async ({ context, client, event }) => {
        heard.push([context.retryNum, context.retryReason]);
        if (heard.length === 2) await client.chat.postMessage({ channel: event.channel, text: 'again' });
      }),
    );
    await practice.control('say', { user: ona, channel: incidents, text: '@netdiag' });
    await practice.spoken('again');
    expect(heard).toEqual([
      [0, ''],
      [1, 'timeout'],
    ]);
  });

  test('whose acknowledgement is late has failed for the user, who is told once', async () => {
    await using practice = await practise();
    Object.assign(practice.workspace.chaos, { ackDeadlineMs: 50, ackDelayMs: 120 });
    await practice.bolt(acking);
    expect(await practice.control('command', command())).toMatchObject({ acked: false });
    while (!practice.violations().includes('warning late_ack')) await practice.control('state');
    expect(practice.workspace.messagesOf(incidents)).toHaveLength(1);
  });

  test('can overtake another one', async () => {
    await using practice = await practise();
    const heard: string[] = [];
    await practice.bolt((app) =>
      app.command('/netdiag', async ({ ack, command: { text } }) => {
        heard.push(text);
        await ack();
      }),
    );
    await practice.control('chaos', { reverse: 3 });
    const outcomes = ['1', '2', '3'].map(async (text) => practice.control('command', command(text)));
    for (const outcome of await Promise.all(outcomes)) expect(outcome).toMatchObject({ acked: true });
    const sent = practice.workspace.record;
    expect(sent.violations).toEqual([]);
    expect([...heard].sort()).toEqual(['1', '2', '3']);
    expect(heard).not.toEqual(['1', '2', '3']);
  });

  test('acknowledged when its socket is gone makes an error in the listener', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 100;
    const thrown: string[] = [];
    const waiting: (() => void)[] = [];
    await practice.bolt(
      (app) =>
        app.command('/netdiag', async ({ ack }) => {
          await new Promise<void>((resolve) => waiting.push(resolve));
          await ack().catch((problem: Error) => thrown.push(problem.constructor.name));
          await app.client.chat.postMessage({ channel: incidents, text: 'tried' });
        }),
      pingMs,
    );
    const outcome = practice.control('command', command());
    while (waiting.length === 0) await practice.control('state');
    const [client] = practice.clients;
    const noticed = new Promise((resolve) => client?.once('reconnecting', resolve));
    await practice.control('drop', {});
    await noticed;
    for (const go of waiting) go();
    expect(await outcome).toMatchObject({ acked: false });
    await practice.spoken('tried');
    expect(thrown).toEqual(['SMSendWhileNotReadyError']);
  });

  test('that throws before its acknowledgement fails; after it, the app hears of it', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 100;
    const heard: string[] = [];
    await practice.bolt((app) => {
      app.error(async (problem) => void heard.push(problem.message));
      app.command('/netdiag', async ({ ack, command: { text } }) => {
        if (text === 'after') await ack();
        throw new Error(`thrown ${text}`);
      });
    });
    expect(await practice.control('command', command('before'))).toMatchObject({ acked: false });
    expect(await practice.control('command', command('after'))).toMatchObject({ acked: true });
    while (heard.length < 2) await practice.control('state');
    expect(heard).toEqual(['thrown before', 'thrown after']);
  });
});

describe.concurrent('events', () => {
  test('above the rate are withheld, and the app is told so once', async () => {
    let now = 1_700_000_000_000;
    await using practice = await practise({ now: () => now });
    practice.workspace.chaos.eventsPerHour = 2;
    const types: string[] = [];
    const { courier } = practice.opened;
    courier.deliver = async (envelope) => {
      types.push(String(envelope.payload['type']));
      return { kind: 'acked', payload: {}, ms: 1 };
    };
    const mention = () => practice.control('say', { user: ona, channel: incidents, text: '@netdiag' });
    for (let i = 0; i < 5; i += 1) await mention();
    expect(types).toEqual(['event_callback', 'event_callback', 'app_rate_limited']);
    now += 3_600_001;
    await mention();
    expect(types).toHaveLength(4);
  });

  test('a direct message arrives as message.im and is answered there', async () => {
    await using practice = await practise();
    await practice.bolt((app) =>
      app.message(async ({ message, client }) => {
        if (message.subtype === undefined)
          await client.chat.postMessage({ channel: message.channel, text: `you said ${message.text}` });
      }),
    );
    await practice.control('say', { user: ona, channel: 'DONCALL01', text: 'hello' });
    expect(await practice.spoken('you said hello')).toMatchObject({ channel: 'DONCALL01' });
    expect(await practice.control('say', { user: 'USECOND01', channel: 'DONCALL01', text: 'hi' })).toMatchObject({
      error: 'channel_not_found',
    });
    expect(practice.violations()).toEqual([]);
  });

  test('somebody who comes into a channel of the app is announced; elsewhere not', async () => {
    await using practice = await practise();
    await practice.bolt((app) =>
      app.event('member_joined_channel', async ({ event, client }) => {
        await client.chat.postMessage({ channel: event.channel, text: `welcome ${event.user}` });
      }),
    );
    await practice.control('membership', { channel: 'CGENERAL01', member: 'UGUEST001' });
    await practice.control('membership', { channel: 'CPLATFORM1', member: 'UBYSTAND1' });
    await practice.spoken('welcome UBYSTAND1');
    expect(practice.opened.connections.envelopes).toHaveLength(1);
  });
});

describe.concurrent('shortcuts', () => {
  test('a global one opens a modal; one of a message brings the message', async () => {
    await using practice = await practise();
    const heard: unknown[] = [];
    await practice.bolt((app) => {
      app.shortcut('netdiag_start', async ({ ack, client, shortcut }) => {
        await ack();
        const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Start' }, blocks: [] };
        await client.views.open({ trigger_id: shortcut.trigger_id, view });
      });
      app.shortcut(
        { type: 'message_action', callback_id: 'netdiag_diagnose_message' },
        async ({ ack, shortcut, respond }) => {
          heard.push(shortcut.message.text, shortcut.message_ts, shortcut.channel.name);
          await ack();
          await respond('looking');
        },
      );
    });
    expect(await practice.control('shortcut', { user: ona, callback_id: 'netdiag_start' })).toMatchObject({
      acked: true,
    });
    await until(practice.opened, () => practice.workspace.topView.get(ona));
    const { ts } = await practice.control('say', { user: ona, channel: incidents, text: 'worker-1 is sick' });
    await practice.control('message_shortcut', {
      user: ona,
      callback_id: 'netdiag_diagnose_message',
      channel: incidents,
      message_ts: ts,
    });
    expect(await practice.spoken('looking')).toMatchObject({ only: ona });
    expect(heard).toEqual(['worker-1 is sick', ts, 'incidents']);
    expect(practice.violations()).toEqual([]);
  });

  test('that the manifest does not have, or have there, are refused; one that nobody acknowledges fails', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 30;
    const run = (name: string, fields: object) => practice.control(name, { user: ona, ...fields });
    expect(await run('shortcut', { callback_id: 'nope' })).toMatchObject({ error: 'shortcut_not_found' });
    expect(await run('shortcut', { callback_id: 'netdiag_diagnose_message' })).toMatchObject({
      error: 'shortcut_not_found',
    });
    await practice.bolt(() => {});
    expect(await run('shortcut', { callback_id: 'netdiag_start' })).toMatchObject({
      acked: false,
      failure: 'Start a node diagnosis failed because the app did not respond.',
    });
    expect(practice.violations()).toEqual(['error no_ack']);
  });
});
