import type { ClosedDoor, Door, LedgerEntry, NodeIdentity, Output, Reading } from '../../model/index.ts';
import type { CaptureFilter, CaptureLimits, ChangeRequest } from '../../model/index.ts';
import type { Clock, Command, NodeSession, RunningCapture } from '../../port.ts';
import { startCapture } from './capture.ts';
import { askLedger, startChange, unknownEnd, type LedgerVerb } from './change.ts';
import type { Connection } from './connection.ts';
import { identify, type UselessLogin } from './identity.ts';
import { askNodeState } from './node-state.ts';
import { runBatch } from './run.ts';
import { gapOutput } from './section.ts';

/** What a session needs besides its connection. */
export interface SessionOptions {
  readonly clock: Clock;
  readonly compileFilter: (filter: CaptureFilter) => string;
  /** Every node has to have a gate; a login shell is refused. Absent: no. */
  readonly gateRequired?: boolean;
  /** A connection through the same door with the key that a gate takes for `fix`, or why there is none, as one clause. */
  readonly fixing: (connection: Connection) => Promise<Connection | string>;
}

/** One use of a connection to a node. Closing it closes the connection when nobody else uses it. */
export class SshSession implements NodeSession {
  readonly door: Door;
  readonly tried: readonly ClosedDoor[];
  readonly identity: NodeIdentity;
  readonly #connection: Connection;
  readonly #options: SessionOptions;
  #closed = false;
  /** The connection of the gate's second key; `null` before it was needed. */
  #fixing: Promise<Connection | string> | null = null;

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
      const answer = await identify(connection, options.clock, { gated: options.gateRequired === true });
      if ('because' in answer) return answer;
      connection.identity = answer;
    }
    return new SshSession(connection, options, tried, connection.identity);
  }

  /** As in the port. Throws TypeError for an argv that no shell can carry. */
  async run(commands: readonly Command[], signal?: AbortSignal): Promise<readonly Output[]> {
    return this.#run(this.#connection, commands, signal);
  }

  async #run(connection: Connection, commands: readonly Command[], signal?: AbortSignal): Promise<readonly Output[]> {
    if (this.#closed) return commands.map(() => gapOutput('unreachable'));
    return runBatch(connection, this.#options.clock, commands, signal);
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
    const connection = await this.#changing();
    if (typeof connection === 'string') {
      const detail = `Nothing could be changed on ${this.identity.name}: ${connection}.`;
      return { fix: request.fix, state: 'refused', detail, difference: [] };
    }
    const over = new AbortController();
    const watching = this.#watch(connection, over.signal);
    const entry = await startChange((commands) => this.#run(connection, commands), request, this.#gated);
    over.abort();
    await watching;
    return entry;
  }

  /** As in the port; read with the script that the ledger saves and compares with. */
  state(): Promise<Reading<readonly string[]>> {
    return askNodeState((commands) => this.run(commands), this.#gated);
  }

  /** As in the port. When the node could not be asked, the entry says `begun` and why: it may know more. */
  async ledger(fix: string, verb: LedgerVerb): Promise<LedgerEntry | null> {
    const connection = verb === 'status' ? this.#connection : await this.#changing();
    if (typeof connection === 'string') return { ...unknownEnd(fix, undefined), detail: `${connection}.` };
    return askLedger((commands) => this.#run(connection, commands), fix, verb, this.#gated);
  }

  get #gated(): boolean {
    return this.identity.gate !== undefined;
  }

  /** The connection through which this node may be changed; where a gate is, that of its second key. */
  async #changing(): Promise<Connection | string> {
    if (!this.#gated) return this.#connection;
    this.#fixing ??= this.#options.fixing(this.#connection);
    const ready = await this.#fixing;
    if (typeof ready === 'string' || !ready.ending) return ready;
    this.#fixing = this.#options.fixing(this.#connection);
    return this.#fixing;
  }

  /** A change may cut the connection it came through without a word; keepalive alone would notice much later. */
  async #watch(connection: Connection, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    do await clock.sleep(1500, signal);
    while (!signal.aborted && (await connection.answers(3000)));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#connection.release();
    const fixing = await this.#fixing;
    if (fixing !== null && typeof fixing !== 'string') fixing.release();
  }
}
