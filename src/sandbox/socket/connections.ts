import { randomUUID } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import { isObject, parseJson, textOf } from '../json.ts';
import { freshSecret } from '../workspace/fresh-id.ts';
import { appId } from '../workspace/person.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { Delivery, Envelope, SentEnvelope } from './envelope.ts';

/** Connections that one app may hold at the same time (https://docs.slack.dev/apis/events-api/using-socket-mode). */
export const mostConnections = 10;
const ticketLifeMs = 30_000;
const keptEnvelopes = 2000;
const farewellMs = 500;

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

interface Connection {
  readonly number: number;
  readonly socket: WebSocket;
  ready: boolean;
}

/** The Socket Mode connections of the app. Each envelope goes to exactly one of them, in turn. */
export class Connections {
  readonly envelopes: SentEnvelope[] = [];
  readonly #open: Connection[] = [];
  readonly #tickets = new Map<string, number>();
  readonly #waiting = new Map<string, (payload: unknown) => void>();
  readonly #workspace: Workspace;
  readonly #heldBack: (() => void)[] = [];
  #count = 0;
  #turn = 0;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Numbers of the connections that have had their hello. */
  get ready(): number[] {
    return this.#open.filter((one) => one.ready).map((one) => one.number);
  }

  /** A ticket for one connection within 30 s. */
  issueTicket(): string {
    const ticket = freshSecret();
    this.#tickets.set(ticket, this.#workspace.now());
    return ticket;
  }

  /** Spends the ticket; false when it is unknown, used or late. */
  takeTicket(ticket: string): boolean {
    const issued = this.#tickets.get(ticket);
    this.#tickets.delete(ticket);
    return issued !== undefined && this.#workspace.now() - issued <= ticketLifeMs;
  }

  /** Takes a WebSocket that came with a good ticket and greets it. */
  accept(socket: WebSocket): void {
    this.#count += 1;
    const connection: Connection = { number: this.#count, socket, ready: false };
    this.#open.push(connection);
    socket.on('message', (bytes) => {
      const late = this.#workspace.chaos.ackDelayMs;
      if (late > 0) setTimeout(() => this.#heard(connection, bytes), late).unref();
      else this.#heard(connection, bytes);
    });
    socket.on('ping', (bytes) => {
      if (!this.#workspace.chaos.noPong) socket.pong(bytes);
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#gone(connection));
    if (this.#open.length > mostConnections) return this.#tell(connection, 'too_many_websockets');
    const greet = (): void => {
      connection.ready = true;
      this.#send(connection, {
        type: 'hello',
        num_connections: this.ready.length,
        debug_info: { host: 'applink-practice', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: appId },
      });
      this.#workspace.feed.tell({ kind: 'connections' });
    };
    const wait = this.#workspace.chaos.helloDelayMs;
    if (wait > 0) setTimeout(greet, wait).unref();
    else greet();
  }

  /** Sends an envelope to one connection and waits for its acknowledgement, at most the ack deadline. */
  async deliver(envelope: Envelope): Promise<Delivery> {
    const first = this.#deliverOnce(envelope);
    if (this.#workspace.chaos.duplicate > 0) {
      this.#workspace.chaos.duplicate -= 1;
      void this.#deliverOnce(envelope);
    }
    return first;
  }

  /** Sends `disconnect` on one connection (or on all) and closes it, unless the app does first. */
  disconnect(reason: DisconnectReason, number?: number): void {
    for (const one of this.#chosen(number)) this.#tell(one, reason);
  }

  /** Cuts one connection (or all) without a closing handshake. */
  drop(number?: number): void {
    for (const one of this.#chosen(number)) one.socket.terminate();
  }

  /** Closes all connections with a closing handshake; resolves when they are gone, after half a second at most. */
  async end(): Promise<void> {
    const farewells = this.#open.map(
      ({ socket }) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => resolve());
          socket.close(1001);
        }),
    );
    const enough = new Promise<void>((resolve) => setTimeout(resolve, farewellMs).unref());
    await Promise.race([Promise.all(farewells), enough]);
  }

  #tell(connection: Connection, reason: DisconnectReason): void {
    connection.ready = false;
    this.#send(connection, { type: 'disconnect', reason, debug_info: { host: 'applink-practice' } });
    if (!this.#workspace.chaos.holdAfterClose) connection.socket.close(1000);
  }

  #chosen(number: number | undefined): Connection[] {
    return this.#open.filter((one) => number === undefined || one.number === number);
  }

  #gone(connection: Connection): void {
    const at = this.#open.indexOf(connection);
    if (at >= 0) this.#open.splice(at, 1);
    this.#workspace.feed.tell({ kind: 'connections' });
  }

  #send(connection: Connection, frame: unknown): void {
    connection.socket.send(JSON.stringify(frame), () => {});
  }

  async #deliverOnce(envelope: Envelope): Promise<Delivery> {
    const ready = this.#open.filter((one) => one.ready);
    const connection = ready[this.#turn % Math.max(1, ready.length)];
    this.#turn += 1;
    if (connection === undefined) return { kind: 'nobody' };
    const at = this.#workspace.now();
    const sent: SentEnvelope = {
      id: randomUUID(),
      type: envelope.type,
      connection: connection.number,
      at,
      ackedAfterMs: undefined,
      ack: undefined,
    };
    this.envelopes.push(sent);
    if (this.envelopes.length > keptEnvelopes) this.envelopes.shift();
    return new Promise((resolve) => {
      const deadline = setTimeout(() => {
        this.#waiting.delete(sent.id);
        resolve({ kind: 'silent' });
      }, this.#workspace.chaos.ackDeadlineMs);
      this.#waiting.set(sent.id, (payload) => {
        clearTimeout(deadline);
        resolve({ kind: 'acked', payload, ms: this.#workspace.now() - at });
      });
      const { retry } = envelope;
      const frame = {
        envelope_id: sent.id,
        type: envelope.type,
        accepts_response_payload: envelope.takesPayload,
        payload: envelope.payload,
        ...(retry === undefined ? {} : { retry_attempt: retry.attempt, retry_reason: retry.reason }),
      };
      this.#post(() => this.#sendOff(connection, frame));
    });
  }

  /** Sends at once, or in the opposite order once as many are there as were to be kept back. */
  #post(send: () => void): void {
    const { chaos } = this.#workspace;
    if (chaos.reverse < 2) return send();
    this.#heldBack.push(send);
    if (this.#heldBack.length < chaos.reverse) return;
    chaos.reverse = 0;
    for (const held of this.#heldBack.splice(0).toReversed()) held();
  }

  #sendOff(connection: Connection, frame: unknown): void {
    const { chaos } = this.#workspace;
    const cut = chaos.dropAfterSend > 0;
    if (cut) chaos.dropAfterSend -= 1;
    connection.socket.send(JSON.stringify(frame), () => {
      if (cut) connection.socket.terminate();
    });
  }

  #heard(connection: Connection, bytes: RawData): void {
    const frame = parseJson(Buffer.isBuffer(bytes) ? bytes.toString() : '');
    const id = textOf(frame, 'envelope_id');
    const sent = this.envelopes.find((one) => one.id === id);
    const { record } = this.#workspace;
    if (sent === undefined) return record.violation('error', 'unknown_envelope', 'socket', id ?? 'no envelope_id');
    if (sent.connection !== connection.number) {
      record.violation('error', 'foreign_ack', 'socket', `envelope ${sent.id} was sent on another connection`);
    }
    const settle = this.#waiting.get(sent.id);
    if (settle === undefined) {
      const kind = sent.ackedAfterMs === undefined ? 'late_ack' : 'second_ack';
      return record.violation('warning', kind, 'socket', `${sent.type} ${sent.id}`);
    }
    this.#waiting.delete(sent.id);
    sent.ackedAfterMs = this.#workspace.now() - sent.at;
    sent.ack = isObject(frame) ? frame['payload'] : undefined;
    settle(sent.ack);
  }
}
