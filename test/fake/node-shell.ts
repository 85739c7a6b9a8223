import type { ChangeRequest, Door, Gap, LedgerEntry, NodeIdentity, Output } from '../../src/model/index.ts';
import type { Clock, Command, NodeSession, NodeShell, NodeTarget, Reached, RunningCapture } from '../../src/port.ts';
import { fakeLedger, type FakeLedger } from './node-ledger.ts';

/** What a command gives: its stdout, or whatever differs from "exit 0, nothing said, 1 ms". */
export type FakeOutput = string | (Partial<Omit<Output, 'stdout' | 'stderr'>> & { stdout?: string; stderr?: string });

/** What a capture gives; absent pcap: an empty pcap file. */
export interface FakeCapture {
  readonly pcap?: Uint8Array;
  readonly gap?: Gap;
  readonly detail?: string;
}

/** A node as a test describes it. */
export interface FakeNode {
  /** Why an address does not answer; addresses that are not named open. */
  readonly closed?: Readonly<Record<string, string>>;
  readonly identity?: Partial<NodeIdentity>;
  /** By the command's key, else by its argv joined with spaces. A command that is in neither exits with 127. */
  readonly outputs?: Readonly<Record<string, FakeOutput>>;
  /** By key. A capture that is not named is empty; one of a device in `noDevices` has a gap. */
  readonly captures?: Readonly<Record<string, FakeCapture>>;
  readonly noDevices?: readonly string[];
  /** Steps of a change that fail: argv joined with spaces, and what they say. */
  readonly failing?: Readonly<Record<string, string>>;
  /** How far its clock is ahead of everybody else's; absent: not at all. */
  readonly clockAheadMs?: number;
  /** Its node state; absent: one line for each change that is applied or confirmed, below a first one. */
  readonly state?: readonly string[] | Gap;
  /** What a confirmed or undone change leaves different; absent: `+changed` and nothing. */
  readonly difference?: { readonly confirmed?: readonly string[]; readonly rolledBack?: readonly string[] };
}

/** A NodeShell in memory, whose nodes a test may change, cut off and restart at any time. */
export interface FakeNodeShell extends NodeShell {
  /** Everything that was asked, in order: `open NODE ADDRESS`, `run NODE ARGV`, `capture NODE DEVICE`, `state NODE`, `apply NODE FIX`, … */
  readonly asked: readonly string[];
  /** Changes what a node is like from now on; members that are not given stay. */
  become(node: string, facts: FakeNode): void;
  /** Breaks every session with the node; new ones can be opened. */
  cut(node: string): void;
  /** Breaks the session in the middle of the next change, right after the node applied it. */
  cutAfterApply(node: string): void;
  /** Restarts the node: sessions break, unconfirmed changes are gone. */
  restart(node: string): void;
  /** Called when the node applied or undid a change, so that a test can change what it says. */
  onChange(tell: (node: string, what: 'applied' | 'rolled-back', request: ChangeRequest) => void): void;
}

/** pcap head: microseconds, little endian, Ethernet, snap length 96. */
export const emptyPcap = new Uint8Array([
  0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 96, 0, 0, 0, 1, 0, 0, 0,
]);

/** Nodes in memory. A node that is not described opens at every address and knows no command. */
export function fakeNodeShell(
  clock: Pick<Clock, 'now'>,
  nodes: Readonly<Record<string, FakeNode>> = {},
): FakeNodeShell {
  const asked: string[] = [];
  const facts = new Map<string, FakeNode>(Object.entries(nodes));
  const ledgers = new Map<string, FakeLedger>();
  const epochs = new Map<string, number>();
  const boots = new Map<string, number>();
  const cutting = new Set<string>();
  let tell: Parameters<FakeNodeShell['onChange']>[0] = () => undefined;

  const about = (node: string): FakeNode => facts.get(node) ?? {};
  const cut = (node: string) => epochs.set(node, (epochs.get(node) ?? 0) + 1);
  const ledgerOf = (node: string): FakeLedger => {
    const known = ledgers.get(node);
    if (known !== undefined) return known;
    const made = fakeLedger(clock, {
      says: (argv) => text(output(about(node), { argv: ['', ...argv].slice(1) as [string, ...string[]] })),
      fails: ({ argv }) => about(node).failing?.[argv.join(' ')] ?? null,
      difference: (how) =>
        how === 'confirmed'
          ? (about(node).difference?.confirmed ?? ['+changed'])
          : (about(node).difference?.rolledBack ?? []),
      tell: (what, request) => {
        asked.push(`${what === 'applied' ? 'apply' : 'undo'} ${node} ${request.fix}`);
        tell(node, what, request);
      },
    });
    ledgers.set(node, made);
    return made;
  };

  const session = (target: NodeTarget, door: Door, tried: NodeSession['tried']): NodeSession => {
    const node = target.name;
    const epoch = epochs.get(node) ?? 0;
    let closed = false;
    const lost = () => closed || (epochs.get(node) ?? 0) !== epoch;
    const unknown = (fix: string): LedgerEntry => ({
      fix,
      state: 'begun',
      detail: 'The connection was lost.',
      difference: [],
    });
    return {
      door,
      tried,
      identity: {
        name: node,
        machineId: `machine-of-${node}`,
        bootId: `boot-${boots.get(node) ?? 1}-of-${node}`,
        hostKey: `SHA256:${node}`,
        ...about(node).identity,
      },
      async run(commands, signal) {
        await Promise.resolve();
        return commands.map((command) => {
          if (signal?.aborted === true) return gapOutput('timed-out');
          if (lost()) return gapOutput('unreachable');
          asked.push(`run ${node} ${command.argv.join(' ')}`);
          return output(about(node), command, clock);
        });
      },
      async capture({ device, key }): Promise<RunningCapture> {
        await Promise.resolve();
        asked.push(`capture ${node} ${device}`);
        const { noDevices = [], captures = {} } = about(node);
        return {
          async stop() {
            await Promise.resolve();
            if (lost()) return { pcap: new Uint8Array(), gap: 'unreachable', detail: 'the connection was lost' };
            if (noDevices.includes(device)) {
              return { pcap: new Uint8Array(), gap: 'unparsable', detail: `the node has no device ${device}` };
            }
            return { pcap: emptyPcap, ...captures[key] };
          },
        };
      },
      async change(request) {
        await Promise.resolve();
        if (lost()) return unknown(request.fix);
        const entry = ledgerOf(node).change(request);
        if (cutting.delete(node)) cut(node);
        return lost() ? unknown(request.fix) : entry;
      },
      async state() {
        await Promise.resolve();
        asked.push(`state ${node}`);
        const given = lost() ? 'unreachable' : (about(node).state ?? ['part routes', ...ledgerOf(node).added()]);
        if (typeof given === 'string') return { known: false, gap: given, detail: 'the node state could not be read' };
        return { known: true, value: given };
      },
      async ledger(fix, verb) {
        await Promise.resolve();
        return lost() ? unknown(fix) : ledgerOf(node).ask(fix, verb);
      },
      async close() {
        closed = true;
        await Promise.resolve();
      },
    };
  };

  return {
    asked,
    become: (node, changed) => facts.set(node, { ...about(node), ...changed }),
    cut,
    cutAfterApply: (node) => cutting.add(node),
    restart(node) {
      cut(node);
      boots.set(node, (boots.get(node) ?? 1) + 1);
      ledgerOf(node).restart();
    },
    onChange(listener) {
      tell = listener;
    },
    async open(target, signal): Promise<Reached> {
      await Promise.resolve();
      const { name, only } = target;
      const doors = target.addresses
        .filter(({ address }) => only === undefined || only.includes(address))
        .map(({ address, port, from }): Door => ({ address, port: port ?? 22, from }));
      const tried: { door: Door; because: string }[] = [];
      for (const door of doors) {
        const because = signal?.aborted === true ? 'it was not asked any more' : about(name).closed?.[door.address];
        asked.push(`open ${name} ${door.address}`);
        if (because === undefined) return { reached: true, session: session(target, door, tried) };
        tried.push({ door, because });
      }
      const reasons = tried.map(({ door, because }) => `${door.address}: ${because}`).join('; ');
      const sentence = `No SSH door of ${name} opened (${reasons}), so netdiag cannot look at the node itself.`;
      return { reached: false, gap: signal?.aborted === true ? 'timed-out' : 'unreachable', sentence, tried };
    },
  };
}

function output(node: FakeNode, command: Command, clock?: Pick<Clock, 'now'>): Output {
  const { outputs = {} } = node;
  const typed = command.argv.join(' ');
  const given = (command.key === undefined ? undefined : outputs[command.key]) ?? outputs[typed];
  if (given === undefined && typed === 'date +%s' && clock !== undefined)
    return made({ stdout: `${Math.floor((clock.now() + (node.clockAheadMs ?? 0)) / 1000)}\n` });
  if (given === undefined) {
    return made({
      exit: 127,
      stderr: `timeout: failed to run command '${command.argv[0]}': No such file or directory\n`,
    });
  }
  return made(typeof given === 'string' ? { stdout: given } : given);
}

function made(given: Exclude<FakeOutput, string>): Output {
  const { stdout = '', stderr = '', ...rest } = given;
  const encode = (words: string) => new TextEncoder().encode(words);
  const plain = { exit: 0, timedOut: false, truncated: false, ms: 1 };
  return { ...plain, ...rest, stdout: encode(stdout), stderr: encode(stderr) };
}

function gapOutput(gap: Gap): Output {
  return { ...made({ exit: null, ms: 0, timedOut: gap === 'timed-out' }), gap };
}

function text({ stdout }: Output): string {
  return new TextDecoder().decode(stdout);
}
