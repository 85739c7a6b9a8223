import type { ClientChannel } from 'ssh2';

/**
 * One command on a channel. It listens from the moment the channel exists: sshd's last words may be in the packet that opened
 * it, and an event that nobody heard does not come again.
 */
export class Exec {
  readonly channel: ClientChannel;
  /** Exit status; `null` while it runs, when a signal ended it, and when the connection was lost. */
  exit: number | null = null;
  readonly #closed = new AbortController();

  constructor(channel: ClientChannel) {
    this.channel = channel;
    channel.on('exit', (code: number | null) => {
      this.exit = code;
    });
    channel.on('error', () => undefined);
    channel.once('close', () => this.#closed.abort());
  }

  /** Aborted when the channel is closed and everything it said was read. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }
}
