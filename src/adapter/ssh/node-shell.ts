import ssh2 from 'ssh2';
import type { CaptureFilter, ClosedDoor, Door } from '../../model/index.ts';
import type { Clock, NodeShell, NodeTarget, Reached } from '../../port.ts';
import { pinned, type SshAlgorithms } from './algorithms.ts';
import { DoorClosed } from './closed.ts';
import { Connection } from './connection.ts';
import { dial } from './dial.ts';
import { allClosed, directDoors } from './doors.ts';
import { handshake, type Credentials } from './handshake.ts';
import type { HostKeys } from './host-keys.ts';
import { identify } from './identity.ts';
import { race, type Raced } from './race.ts';
import { SshSession } from './session.ts';
import { Slots } from './slots.ts';
import { tunnel } from './tunnel.ts';

/** sshd drops connections at random from the tenth unauthenticated one on (MaxStartups 10:30:100). */
const handshakesAtOnce = 8;
const droppedPauseMs = 300;

/** How nodes are reached by SSH. */
export interface SshOptions {
  readonly user: string;
  /** Private key without a passphrase, in any form that ssh2 reads; the text, not a path. */
  readonly privateKey: Buffer | string;
  readonly hostKeys: HostKeys;
  /** Port of addresses that name none. */
  readonly port: number;
  readonly clock: Clock;
  /** Makes tcpdump's filter expression of a typed filter; capture/filter's function. */
  readonly compileFilter: (filter: CaptureFilter) => string;
  readonly sshAlgorithms?: Partial<SshAlgorithms>;
  /** The key that the gates of nodes take for `fix`; `privateKey` is then the one for `check`. Absent: such nodes cannot be changed. */
  readonly fixKey?: Buffer | string;
  /** A node that gives a shell instead of a gate is of no use. Absent: it is. */
  readonly gateRequired?: boolean;
}

/** A NodeShell that can hang up everywhere. */
export interface SshNodeShell extends NodeShell {
  /** Closes every connection; running commands end at their own deadlines. */
  closeAll(): Promise<void>;
}

/**
 * Reaches nodes over SSH. `open` with the same node and door shares one connection while anybody uses it; a target with
 * `only` always gets a new one, because it is asked for to prove that this door works. Throws TypeError when the private
 * key cannot be read.
 */
export function sshNodeShell(options: SshOptions): SshNodeShell {
  const { clock } = options;
  const credentials: Credentials = {
    user: options.user,
    privateKey: readPrivateKey(options.privateKey),
    hostKeys: options.hostKeys,
    algorithms: { ...pinned, ...options.sshAlgorithms },
  };
  const fixCredentials =
    options.fixKey === undefined ? null : { ...credentials, privateKey: readPrivateKey(options.fixKey) };
  const handshakes = new Slots(handshakesAtOnce);
  const live = new Set<Connection>();
  const fixing = new Set<Connection>();
  const opening = new Map<string, Promise<Raced<Connection>>>();

  const connect = async (node: string, door: Door, carrier: Connection | null, signal: AbortSignal) => {
    try {
      return await connectOnce(node, door, carrier, signal);
    } catch (error) {
      if (!(error instanceof DoorClosed && error.dropped) || signal.aborted) throw error;
      await clock.sleep(droppedPauseMs, signal);
      return connectOnce(node, door, carrier, signal);
    }
  };

  const connectOnce = async (
    node: string,
    door: Door,
    carrier: Connection | null,
    signal: AbortSignal,
    as: Credentials = credentials,
  ) => {
    const give = await handshakes.take();
    try {
      const { address, port } = door;
      const sock = carrier === null ? await dial(address, port, signal) : await tunnel(carrier, door, clock, signal);
      const { client, hostKey } = await handshake(sock, { node, address, port }, as, signal);
      const connection = new Connection({ node, door, user: options.user, hostKey, client, clock, carrier });
      const kept = as === credentials ? live : fixing;
      kept.add(connection);
      connection.whenLost(() => kept.delete(connection));
      return connection;
    } finally {
      give();
    }
  };

  /** Beside a connection with the gate's first key, one with the second, of which the gate says what it is. */
  const connectToFix = async (beside: Connection): Promise<Connection | string> => {
    if (fixCredentials === null)
      return 'its gate demands a key of its own for changes, and netdiag has none (ssh.fixKeyFile)';
    const { node, door, carrier } = beside;
    try {
      const connection = await connectOnce(node, door, carrier, new AbortController().signal, fixCredentials);
      connection.keep();
      const identity = await identify(connection, clock, { role: 'fix', gated: true });
      if (!('because' in identity) && identity.bootId === beside.identity?.bootId) {
        connection.identity = identity;
        return connection;
      }
      connection.release();
      return `with the key for changes ${'because' in identity ? identity.because : 'another machine answers'}`;
    } catch (error) {
      if (error instanceof DoorClosed) return `with the key for changes ${error.message}`;
      throw error;
    }
  };

  const through = (node: string, doors: readonly Door[], carrier: Connection | null, signal: AbortSignal) =>
    race(
      doors,
      (door, given) => connect(node, door, carrier, given),
      (late) => late.end(),
      clock,
      signal,
    );

  /** Direct doors first; only when none opened, the same ones through the jump node. */
  const reach = async (target: NodeTarget, signal: AbortSignal): Promise<Raced<Connection>> => {
    const doors = directDoors(target, options.port);
    const direct = await through(target.name, doors, null, signal);
    const { jump } = target;
    if (direct.open !== null || direct.final || jump === undefined || doors.length === 0) return direct;
    const jumped = doors.map((door): Door => ({ ...door, jump: jump.name }));
    const carrier = await lease(jump, signal);
    if (carrier.open === null) {
      const because = `${jump.name} could not be reached either`;
      const tried = jumped.map((door): ClosedDoor => ({ door, because }));
      return { ...direct, tried: [...direct.tried, ...tried] };
    }
    try {
      const raced = await through(target.name, jumped, carrier.open, signal);
      return { ...raced, tried: [...direct.tried, ...raced.tried] };
    } finally {
      carrier.open.release();
    }
  };

  /** A connection with one more user: a shared one where there is one, otherwise a new one. */
  const lease = async (target: NodeTarget, given?: AbortSignal): Promise<Raced<Connection>> => {
    const shareable = target.only === undefined;
    const shared = shareable ? [...live].find((one) => leadsIn(one, target, options.port)) : undefined;
    if (shared !== undefined) {
      shared.keep();
      return { open: shared, door: shared.door, tried: shared.tried };
    }
    // Whoever may stop waiting opens alone: giving up must not take the others' attempt away.
    const together = shareable && given === undefined;
    const key = JSON.stringify(target);
    const running = together ? opening.get(key) : undefined;
    const reached = running ?? reach(target, given ?? new AbortController().signal);
    if (together && running === undefined) {
      opening.set(key, reached);
      void reached.finally(() => opening.delete(key)).catch(() => undefined);
    }
    const raced = await reached;
    if (raced.open !== null) {
      raced.open.keep();
      raced.open.tried = raced.tried;
    }
    return raced;
  };

  const shell: SshNodeShell = {
    async open(target, signal): Promise<Reached> {
      const raced = await lease(target, signal);
      if (raced.open === null) {
        const gap = signal?.aborted === true ? 'timed-out' : raced.gap;
        return { reached: false, gap, sentence: allClosed(target.name, raced.tried), tried: raced.tried };
      }
      const session = await SshSession.over(raced.open, { ...options, fixing: connectToFix }, raced.tried);
      if (session instanceof SshSession) return { reached: true, session };
      raced.open.release();
      const tried = [...raced.tried, { door: raced.door, because: session.because }];
      return { reached: false, gap: session.gap, sentence: allClosed(target.name, tried), tried };
    },
    async closeAll() {
      await Promise.all(
        [...live, ...fixing].map(
          (connection) =>
            new Promise<void>((resolve) => {
              connection.whenLost(resolve);
              connection.end();
            }),
        ),
      );
    },
  };
  return shell;
}

/** True when this living connection is one that `open(target)` could have made. */
function leadsIn(connection: Connection, target: NodeTarget, port: number): boolean {
  const { door } = connection;
  if (connection.ending || connection.node !== target.name) return false;
  if (door.jump !== undefined && door.jump !== target.jump?.name) return false;
  return directDoors(target, port).some((one) => one.address === door.address && one.port === door.port);
}

function readPrivateKey(text: Buffer | string): Credentials['privateKey'] {
  const parsed = ssh2.utils.parseKey(text);
  if (parsed instanceof Error) throw new TypeError(`The SSH private key cannot be read: ${parsed.message}.`);
  if (!parsed.isPrivateKey()) throw new TypeError('The SSH private key is a public key.');
  return parsed;
}
