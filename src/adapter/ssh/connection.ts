import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import type { ClosedDoor, Door, NodeIdentity } from '../../model/index.ts';
import type { Clock } from '../../port.ts';
import { Exec } from './exec.ts';
import { Slots } from './slots.ts';

/** sshd allows 10 sessions a connection and frees one a little after the client sees it closed: six never failed, seven did. */
const channelsAtOnce = 5;
const openAttempts = 8;
/** RFC 4254, 5.1: SSH_OPEN_CONNECT_FAILED, which is what sshd answers over MaxSessions. */
const connectFailed = 2;

/** Milliseconds that the other side has to close after a good-bye. */
const farewellMs = 2000;

/** The connection ended, or could not open a channel. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** One SSH connection to one node through one door, shared by every session that came in the same way. */
export class Connection {
  readonly node: string;
  readonly door: Door;
  readonly user: string;
  /** Fingerprint of the host key that was checked. */
  readonly hostKey: string;
  /** Doors that were tried before this one. */
  tried: readonly ClosedDoor[] = [];
  /** Who the node says it is; `null` until it was asked. */
  identity: NodeIdentity | null = null;
  readonly #client: Client;
  readonly #clock: Clock;
  /** The connection on the jump node that carries this one, kept while this one lives. */
  readonly #carrier: Connection | null;
  #users = 0;
  readonly #slots = new Slots(channelsAtOnce);
  readonly #whenLost = new Set<() => void>();
  #lost = false;
  #ending = false;

  /** Takes over an authenticated client. */
  constructor(open: {
    node: string;
    door: Door;
    user: string;
    hostKey: string;
    client: Client;
    clock: Clock;
    carrier: Connection | null;
  }) {
    this.node = open.node;
    this.door = open.door;
    this.user = open.user;
    this.hostKey = open.hostKey;
    this.#client = open.client;
    this.#clock = open.clock;
    this.#carrier = open.carrier;
    this.#carrier?.keep();
    const lose = () => {
      if (this.#lost) return;
      this.#lost = true;
      for (const tell of this.#whenLost) tell();
      this.#whenLost.clear();
      this.#carrier?.release();
    };
    this.#client.on('error', () => {
      lose();
      this.#client.destroy();
    });
    this.#client.once('end', lose).once('close', lose);
  }

  /** The jump node's connection that carries this one; `null` where it is direct. */
  get carrier(): Connection | null {
    return this.#carrier;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Good-bye was said: what runs may finish, but nobody new may use it. */
  get ending(): boolean {
    return this.#ending || this.#lost;
  }

  /** Calls `tell` once when the connection ends, at once when it has; gives the function that takes it back. */
  whenLost(tell: () => void): () => void {
    if (this.#lost) tell();
    else this.#whenLost.add(tell);
    return () => this.#whenLost.delete(tell);
  }

  /**
   * Executes one command line on a channel of its own; waits while five are in use. The slot is free again when the channel
   * closes. Throws ConnectionLost.
   */
  async exec(command: string): Promise<Exec> {
    const give = await this.#slots.take();
    for (let attempt = 1; ; attempt++) {
      if (this.#lost) {
        give();
        throw new ConnectionLost('the connection was lost');
      }
      try {
        const exec = await this.#open(command);
        if (exec.closed.aborted) give();
        else exec.closed.addEventListener('abort', give);
        return exec;
      } catch (error) {
        const busy = error instanceof Error && 'reason' in error && error.reason === connectFailed;
        if (!busy || attempt === openAttempts) {
          give();
          throw new ConnectionLost(busy ? 'sshd opens no further channel' : 'the connection was lost', {
            cause: error,
          });
        }
        await this.#clock.sleep(25 * attempt);
      }
    }
  }

  /** A TCP connection from this node to an address that it can reach. Throws ConnectionLost with sshd's reason. */
  forward(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const refuse = (error: Error) => reject(new ConnectionLost(error.message, { cause: error }));
      try {
        this.#client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
          if (error) refuse(error);
          else resolve(channel);
        });
      } catch (error) {
        refuse(error instanceof Error ? error : new Error('not connected'));
      }
    });
  }

  /**
   * Whether sshd still answers, asked by opening a channel beside the five; a connection that is silent for `ms` is given up,
   * so that whatever waits for it learns at once that it is lost.
   */
  async answers(ms: number): Promise<boolean> {
    const answered = new AbortController();
    const ask = async () => {
      try {
        const { channel } = await this.#open('exit 0');
        channel.resume();
        channel.stderr.resume();
        answered.abort();
      } catch {
        // A refusal is an answer too.
        if (!this.#lost) answered.abort();
      }
    };
    void ask();
    await this.#clock.sleep(ms, answered.signal);
    if (!answered.signal.aborted) this.#client.destroy();
    return answered.signal.aborted;
  }

  /** One more user. */
  keep(): void {
    this.#users += 1;
  }

  /** One user less; the last one closes it. */
  release(): void {
    this.#users -= 1;
    if (this.#users <= 0) this.end();
  }

  /** Says good-bye and closes; whatever still runs on the node is bounded by its own deadline. */
  end(): void {
    this.#ending = true;
    this.#client.end();
    setTimeout(() => this.#client.destroy(), farewellMs).unref();
  }

  #open(command: string): Promise<Exec> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(new ConnectionLost('the connection was lost'));
      this.#client.once('close', lost);
      try {
        this.#client.exec(command, (error, channel) => {
          this.#client.removeListener('close', lost);
          if (error) reject(error);
          else resolve(new Exec(channel));
        });
      } catch (error) {
        this.#client.removeListener('close', lost);
        reject(error instanceof Error ? error : new Error('not connected'));
      }
    });
  }
}
