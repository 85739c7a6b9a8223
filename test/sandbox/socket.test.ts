import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { incidents, ona, practise, until } from './practice.ts';
import type { Practice } from './practice.ts';

interface Frame {
  readonly type: string;
  readonly reason?: string;
  readonly envelope_id?: string;
  readonly retry_attempt?: number;
  readonly retry_reason?: string;
  readonly payload?: { readonly event_id?: string; readonly command?: string };
}

/** A Socket Mode client that answers only what `answer` tells it to; resolves after hello. */
async function rawClient(practice: Practice, answer: (frame: Frame, socket: WebSocket) => void): Promise<WebSocket> {
  const { url } = await practice.call('apps.connections.open', {}, practice.said.appToken);
  return new Promise((resolve) => {
    const socket = new WebSocket(url as string);
    socket.on('message', (bytes: Buffer) => {
      const frame = JSON.parse(bytes.toString()) as Frame;
      if (frame.type === 'hello') resolve(socket);
      else answer(frame, socket);
    });
    socket.on('error', () => {});
  });
}

const ack = (socket: WebSocket, frame: Frame): void =>
  socket.send(JSON.stringify({ envelope_id: frame.envelope_id, payload: {} }));

describe('an event without acknowledgement', () => {
  test('comes again as the same event, counted and with its reason, until it is acknowledged', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 25;
    practice.workspace.chaos.redeliverAfterMs = [0, 0, 0];
    const heard: Frame[] = [];
    await rawClient(practice, (frame, socket) => {
      heard.push(frame);
      if (heard.length === 3) ack(socket, frame);
    });
    await practice.control('home', { user: ona });
    expect(heard.map(({ retry_attempt: attempt, retry_reason: reason }) => [attempt, reason])).toEqual([
      [0, ''],
      [1, 'timeout'],
      [2, 'timeout'],
    ]);
    expect(new Set(heard.map((frame) => frame.envelope_id)).size).toBe(3);
    expect(new Set(heard.map((frame) => frame.payload?.event_id)).size).toBe(1);
    expect(practice.violations()).toEqual([]);
  });

  test('is given up after the last attempt, and recorded', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 10;
    practice.workspace.chaos.redeliverAfterMs = [0];
    const heard: Frame[] = [];
    await rawClient(practice, (frame) => void heard.push(frame));
    await practice.control('home', { user: ona });
    expect(heard).toHaveLength(2);
    expect(practice.violations()).toEqual(['error no_ack']);
  });
});

describe('an acknowledgement', () => {
  const command = { user: ona, channel: incidents, text: '/netdiag x' };

  test('in time is taken, a second one is noted', async () => {
    await using practice = await practise();
    await rawClient(practice, (frame, socket) => {
      ack(socket, frame);
      ack(socket, frame);
    });
    expect(await practice.control('command', command)).toMatchObject({ acked: true });
    await practice.control('command', command);
    expect(practice.violations()[0]).toBe('warning second_ack');
  });

  test('that comes late does not undo the failure', async () => {
    await using practice = await practise();
    practice.workspace.chaos.ackDeadlineMs = 10;
    const heard: Frame[] = [];
    await rawClient(practice, (frame, socket) => {
      heard.push(frame);
      if (heard.length === 2) for (const one of heard) ack(socket, one);
    });
    expect(await practice.control('command', command)).toMatchObject({ acked: false });
    const failed = practice.workspace.messagesOf(incidents).length;
    practice.workspace.chaos.ackDeadlineMs = 3000;
    expect(await practice.control('command', command)).toMatchObject({ acked: true });
    expect(practice.workspace.messagesOf(incidents)).toHaveLength(failed);
    expect(practice.violations()).toEqual(['error no_ack', 'warning late_ack']);
  });

  test('on another connection, or of an envelope that never was, is an error', async () => {
    await using practice = await practise();
    const other = await rawClient(practice, (frame) => ack(other, { ...frame, envelope_id: 'nope' }));
    await rawClient(practice, (frame) => ack(other, frame));
    practice.workspace.chaos.ackDeadlineMs = 200;
    await practice.control('command', command);
    await practice.control('command', command);
    expect(practice.violations()).toContain('error foreign_ack');
    expect(practice.violations()).toContain('error unknown_envelope');
  });
});

describe('faults of a connection', () => {
  test('disconnect names its reason and closes; a dropped one says nothing', async () => {
    await using practice = await practise();
    const heard: Frame[] = [];
    const told = await rawClient(practice, (frame) => void heard.push(frame));
    const goodbye = new Promise<number>((resolve) => told.on('close', resolve));
    await practice.control('disconnect', { reason: 'refresh_requested', number: 1 });
    expect(await goodbye).toBe(1000);
    expect(heard).toMatchObject([{ type: 'disconnect', reason: 'refresh_requested' }]);
    const cut = await rawClient(practice, (frame) => void heard.push(frame));
    const gone = new Promise<number>((resolve) => cut.on('close', resolve));
    await practice.control('drop', {});
    expect(await gone).toBe(1006);
    expect(heard).toHaveLength(1);
    expect(await practice.control('disconnect', { reason: 'nope' })).toMatchObject({
      status: 400,
      error: 'invalid_reason',
    });
  });

  test('pings are answered, unless they are not to be', async () => {
    await using practice = await practise();
    const socket = await rawClient(practice, (frame) => ack(socket, frame));
    const pongs: string[] = [];
    socket.on('pong', (bytes: Buffer) => pongs.push(bytes.toString()));
    const round = async (word: string): Promise<void> => {
      socket.ping(word);
      await practice.control('command', { user: ona, channel: incidents, text: '/netdiag x' });
    };
    await round('one');
    await practice.control('chaos', { noPong: true });
    await round('two');
    await practice.control('chaos', { noPong: false });
    await round('three');
    await round('four');
    expect(pongs.slice(0, 2)).toEqual(['one', 'three']);
  });

  test('hello can be late, and apps.connections.open can be refused', async () => {
    await using practice = await practise();
    await practice.control('chaos', { helloDelayMs: 40 });
    const { url } = await practice.call('apps.connections.open', {}, practice.said.appToken);
    const socket = new WebSocket(url as string);
    await new Promise((resolve) => socket.once('open', resolve));
    expect(practice.opened.connections.ready).toEqual([]);
    await until(practice.opened, () => (practice.opened.connections.ready.length === 1 ? true : undefined));
    await practice.control('chaos', { refuseOpen: true });
    expect(await practice.call('apps.connections.open', {}, practice.said.appToken)).toMatchObject({
      error: 'invalid_auth',
    });
  });
});
