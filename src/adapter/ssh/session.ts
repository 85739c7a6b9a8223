import type { ClosedDoor, Door, LedgerEntry, NodeIdentity, Output, Reading } from '../../model/index.ts';
import type { CaptureFilter, CaptureLimits, ChangeRequest } from '../../model/index.ts';
import type { Clock, Command, NodeSession, RunningCapture } from '../../port.ts';
import { startCapture } from './capture.ts';
import { askLedger, startChange } from './change.ts';
import type { Connection } from './connection.ts';
import { identify, type UselessLogin } from './identity.ts';
import { askNodeState } from './node-state.ts';
import { runBatch } from './run.ts';
import { gapOutput } from './section.ts';

interface SessionOptions {
  readonly clock: Clock;
  readonly compileFilter: (filter: CaptureFilter) => string;
}

/** One use of a connection to a node. Closing it closes the connection when nobody else uses it. */
export class SshSession implements NodeSession {
  readonly door: Door;
  readonly tried: readonly ClosedDoor[];
  readonly identity: NodeIdentity;
  readonly #connection: Connection;
  readonly #options: SessionOptions;
  #closed = false;

  private constructor(
    connection: Connection,
    options: SessionOptions,
    tried: readonly ClosedDoor[],
    identity: NodeIdentity,
  ) {
    this.#connection = connection;
    this.#options = options;
    this.door = connection.door;
    this.tried = tried;
    this.identity = identity;
  }

  /** Asks the node who it is, in its first round trip, and gives the session, or why the login is of no use. */
  static async over(
    connection: Connection,
    options: SessionOptions,
    tried: readonly ClosedDoor[],
  ): Promise<SshSession | UselessLogin> {
    if (connection.identity === null) {
      const answer = await identify(connection, options.clock);
      if ('because' in answer) return answer;
      connection.identity = answer;
    }
    return new SshSession(connection, options, tried, connection.identity);
  }

  /** As in the port. Throws TypeError for an argv that no shell can carry. */
  async run(commands: readonly Command[], signal?: AbortSignal): Promise<readonly Output[]> {
    if (this.#closed) return commands.map(() => gapOutput('unreachable'));
    return runBatch(this.#connection, this.#options.clock, commands, signal);
  }

  /** As in the port. Rejects with the filter's own error when it cannot be compiled. */
  async capture(request: {
    readonly device: string;
    readonly filter: CaptureFilter;
    readonly limits: CaptureLimits;
    readonly key: string;
  }): Promise<RunningCapture> {
    const { clock, compileFilter } = this.#options;
    return startCapture(this.#connection, clock, { ...request, filter: compileFilter(request.filter) });
  }

  /** As in the port. When the connection is lost before the node told the end, the entry says `begun` and why. */
  async change(request: ChangeRequest): Promise<LedgerEntry> {
    const over = new AbortController();
    const watching = this.#watch(over.signal);
    const entry = await startChange((commands) => this.run(commands), request);
    over.abort();
    await watching;
    return entry;
  }

  /** As in the port; read with the script that the ledger saves and compares with. */
  state(): Promise<Reading<readonly string[]>> {
    return askNodeState((commands) => this.run(commands));
  }

  /** As in the port. When the node could not be asked, the entry says `begun` and why: it may know more. */
  ledger(fix: string, verb: 'status' | 'confirm' | 'roll-back'): Promise<LedgerEntry | null> {
    return askLedger((commands) => this.run(commands), fix, verb);
  }

  /** A change may cut the connection it came through without a word; keepalive alone would notice much later. */
  async #watch(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    do await clock.sleep(1500, signal);
    while (!signal.aborted && (await this.#connection.answers(3000)));
  }

  close(): Promise<void> {
    if (!this.#closed) this.#connection.release();
    this.#closed = true;
    return Promise.resolve();
  }
}
