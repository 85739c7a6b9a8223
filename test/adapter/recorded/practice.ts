import type { ChangeRequest, LedgerEntry, Output } from '../../../src/model/index.ts';
import { canonical } from '../../../src/model/index.ts';
import type { Clock, Command, NodeSession, NodeShell, NodeTarget } from '../../../src/port.ts';

/** A clock that is moved by hand, and by everyone who sleeps. */
export class HandClock implements Clock {
  at = 1_000_000;
  readonly slept: number[] = [];
  now(): number {
    return this.at;
  }
  async sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.at += ms;
    await Promise.resolve();
  }
}

export const NODE = 'ip-10-0-10-207';
export const PEER = 'ip-10-0-10-115';
export const LOOKUP = ['ip', 'route', 'get', '10.0.10.69', 'from', '10.0.10.207'] as const;
export const APPLY = [{ argv: ['ip', 'route', 'del', '10.0.10.0/24', 'dev', 'eth1'] }] as const;
export const UNDO = [{ argv: ['ip', 'route', 'prepend', '10.0.10.0/24', 'dev', 'eth1'] }] as const;

export const target = (more: Partial<NodeTarget> = {}): NodeTarget => ({
  name: NODE,
  addresses: [
    { address: '10.0.10.207', from: 'node-status' },
    { address: '10.0.10.190', from: 'node-status' },
  ],
  ...more,
});
export const peer: NodeTarget = { name: PEER, addresses: [{ address: '10.0.10.115', from: 'configured' }] };

export const request = (more: Partial<ChangeRequest> = {}): ChangeRequest => ({
  fix: 'f1',
  planHash: 'h',
  rollbackSeconds: 60,
  preconditions: [
    { argv: LOOKUP, stdout: '10.0.10.69 from 10.0.10.207 dev eth1\n' },
    { argv: ['asked', 'by', 'the', 'node', 'alone'], stdout: 'yes\n' },
  ],
  apply: APPLY,
  undo: UNDO,
  ...more,
});

export const output = (stdout: string, more: Partial<Output> = {}): Output => ({
  exit: 0,
  stdout: new TextEncoder().encode(stdout),
  stderr: new Uint8Array(),
  timedOut: false,
  truncated: false,
  ms: 5,
  ...more,
});

export const said = (given: Output | undefined): string => new TextDecoder().decode(given?.stdout);

/**
 * Two nodes as they are in the first founding incident: before the change only 10.0.10.190 answers, afterwards only
 * 10.0.10.207. Odd bytes, gaps and failures are among what they say.
 */
export function realNodes(): NodeShell {
  let broken = true;
  let entry: LedgerEntry | null = null;
  const answers = (node: string, { argv, key }: Command): Output => {
    if (key === 'nstat/before') return output('IpReversePathFilter 7\n', { ms: 40 });
    if (canonical(argv) === canonical(LOOKUP))
      return output(`10.0.10.69 from 10.0.10.207 dev ${broken ? 'eth1' : 'eth0'}\n`);
    if (argv[0] === 'hostname') return output(`${node}\n`);
    if (argv[0] === 'raw') return output('', { stdout: Uint8Array.of(0xff, 0, 0x1b), stderr: Uint8Array.of(0x41) });
    if (argv[0] === 'slow') return output('', { exit: null, timedOut: true, ms: 10_000 });
    if (argv[0] === 'long') return output('x', { truncated: true });
    return output('', { exit: null, gap: 'not-installed', ms: 0 });
  };
  const open = (node: string, address: string): boolean =>
    node === PEER || address === (broken ? '10.0.10.190' : '10.0.10.207');
  return {
    open: async ({ name, addresses, only }) => {
      const tried: { door: NodeSession['door']; because: string }[] = [];
      for (const { address, from } of addresses) {
        if (only !== undefined && !only.includes(address)) continue;
        const door = { address, port: 22, from };
        if (open(name, address)) return { reached: true, session: session(name, door, tried) };
        tried.push({ door, because: 'no answer within 5 s' });
      }
      return { reached: false, gap: 'unreachable', sentence: `No SSH door of ${name} opened.`, tried };
    },
  };

  function session(node: string, door: NodeSession['door'], tried: NodeSession['tried']): NodeSession {
    return {
      door,
      tried,
      identity: { name: node, machineId: `machine of ${node}`, bootId: 'b', hostKey: 'SHA256:x' },
      run: async (commands) => commands.map((command) => answers(node, command)),
      capture: async ({ device }) => ({
        stop: async () =>
          device === 'eth9'
            ? { pcap: new Uint8Array(), gap: 'unparsable', detail: 'the node has no device eth9' }
            : { pcap: new TextEncoder().encode(`${broken ? 'broken' : 'mended'} ${device} payload`) },
      }),
      change: async ({ fix }) => {
        broken = false;
        entry = { fix, state: 'applied', detail: '', difference: [] };
        return entry;
      },
      state: async () =>
        node === PEER
          ? { known: false, gap: 'truncated', detail: 'the node state is longer than one answer may be' }
          : { known: true, value: ['part routes', `10.0.10.0/24 dev ${broken ? 'eth1' : 'eth0'}`] },
      ledger: async (_fix, verb) => {
        if (entry === null) return null;
        if (verb === 'confirm') entry = { ...entry, state: 'confirmed', difference: ['-10.0.10.0/24 dev eth1'] };
        if (verb === 'roll-back') {
          broken = true;
          entry = { ...entry, state: 'rolled-back', detail: 'The node restored itself as asked.' };
        }
        return entry;
      },
      close: async () => {},
    };
  }
}

/** The session behind an opened door. */
export async function reach(shell: NodeShell, to: NodeTarget = target()): Promise<NodeSession> {
  const reached = await shell.open(to);
  if (!reached.reached) throw new Error(reached.sentence);
  return reached.session;
}
