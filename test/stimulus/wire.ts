import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Command } from '../../src/port.ts';
import type { Output } from '../../src/model/index.ts';
import { findTool } from '../lab/available.ts';
import { must, run } from '../lab/command.ts';
import { addNamespaces, inNamespace, removeNamespaces } from '../lab/namespace.ts';

const missing = ['ip', 'nsenter', 'nft', 'tcpdump', 'curl', 'ping'].filter((tool) => findTool(tool) === null);
const possible = process.platform === 'linux' && process.getuid?.() === 0 && missing.length === 0;

/** True where a wire cannot be made. */
export const noWire = !possible;

/** Ends the title of a test that needs a wire: why it is skipped, or nothing. */
export const wireNote = possible ? '' : ` (skipped: needs Linux, root${missing.map((tool) => `, ${tool}`).join('')})`;

/** A sender and a target, joined by one wire, with a capture on the target's end. */
export interface Wire {
  readonly target: string;
  /** Runs a stimulus's command on the sender. */
  send(command: Command): Promise<Output>;
  /** Runs argv on the target until it ends. */
  atTarget(argv: readonly string[], input?: string): Promise<string>;
  /** Runs argv on the sender until it ends. */
  atSender(argv: readonly string[]): Promise<string>;
  /** Starts a program on one side and waits for its first output. */
  start(side: 'sender' | 'target', argv: readonly string[]): Promise<void>;
  /** Everything the target's device has seen since the last call, one packet per line. */
  seen(): Promise<string[]>;
  down(): Promise<void>;
}

const SENDER = '10.77.0.1';
const TARGET = '10.77.0.2';
/** The packets that end batches have IP total lengths above this one. */
const END_LENGTH = 1028;

/** Two network namespaces; the name must be unique among running tests. */
export async function wireUp(name: string): Promise<Wire> {
  const [sender, target] = [`${name}-s`, `${name}-t`];
  await removeNamespaces([sender, target]);
  await addNamespaces([sender, target]);
  const running: { pid: number; ended: Promise<unknown> }[] = [];
  const device = ['link', 'add', 'wire', 'type', 'veth', 'peer', 'name', 'wire', 'netns', target];
  await must(['ip', '-n', sender, ...device]);
  for (const [namespace, address] of [
    [sender, SENDER],
    [target, TARGET],
  ] as const) {
    await must(['ip', '-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'wire']);
    await must(['ip', '-n', namespace, 'link', 'set', 'wire', 'up']);
  }
  let printed = '';
  let batch = 0;
  const waiting = new Set<() => void>();
  const sniff = ['tcpdump', '-nn', '-v', '-l', '--immediate-mode', '-i', 'wire', 'tcp or icmp'];
  const dump = spawn('nsenter', inNamespace(target, sniff).slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
  dump.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    const woken = [...waiting];
    waiting.clear();
    for (const wake of woken) wake();
  });
  if (dump.pid !== undefined) running.push({ pid: dump.pid, ended: once(dump, 'close') });
  await once(dump.stderr, 'data');

  return {
    target: TARGET,
    send: async ({ argv, deadlineMs }) => {
      const ran = await run(inNamespace(sender, argv), {
        timeoutMs: deadlineMs ?? 10_000,
        env: { ...process.env, LC_ALL: 'C' },
      });
      const bytes = new TextEncoder();
      return {
        exit: ran.exit,
        stdout: bytes.encode(ran.stdout),
        stderr: bytes.encode(ran.stderr),
        timedOut: ran.timedOut,
        truncated: false,
        ms: 0,
      };
    },
    atTarget: (argv, input) => must(inNamespace(target, argv), input === undefined ? {} : { input }),
    atSender: (argv) => must(inNamespace(sender, argv)),
    start: async (side, argv) => {
      const inside = inNamespace(side === 'sender' ? sender : target, argv);
      const child = spawn(inside[0] ?? '', inside.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
      if (child.pid !== undefined) running.push({ pid: child.pid, ended: once(child, 'close') });
      await once(child.stdout, 'data');
    },
    seen: async () => {
      const length = END_LENGTH + (batch += 1);
      const end = new RegExp(`length ${length}\\)[^)]*echo reply[^\n]*\n`);
      await run(inNamespace(sender, ['ping', '-n', '-c', '1', '-W', '5', '-s', String(length - 28), TARGET]));
      for (;;) {
        const found = end.exec(printed);
        if (found !== null) {
          const whole = printed.slice(0, found.index + found[0].length);
          printed = printed.slice(whole.length);
          const packets = whole.split(/\n(?=\d\d:)/).map((packet) => packet.replaceAll(/\s+/g, ' '));
          return packets.filter((packet) => !packet.includes(`length ${length})`));
        }
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    down: async () => {
      for (const { pid } of running) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          continue;
        }
      }
      await Promise.all(running.map(({ ended }) => ended));
      await removeNamespaces([sender, target]);
    },
  };
}
