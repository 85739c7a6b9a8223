import type { CaptureLimits, Gap } from '../../model/index.ts';
import type { Clock, RunningCapture } from '../../port.ts';
import type { Connection } from './connection.ts';
import type { Exec } from './exec.ts';
import { gateCapture } from './gate.ts';
import { quoteWord } from './quote.ts';
import { said } from './said.ts';
import { script } from './script.ts';

const program = `${['environment', 'capture'].map(script).join('')}capture "$@"\n`;

/** Milliseconds until tcpdump must say that it listens, and until it must have ended after it was told to. */
const startMs = 10_000;
const stopMs = 10_000;

interface CaptureRequest {
  readonly device: string;
  /** tcpdump's filter expression; empty takes every packet. */
  readonly filter: string;
  readonly limits: CaptureLimits;
}

/**
 * Starts tcpdump on the node and resolves when it listens, or when it is clear that it will not. Whatever happens to us or to
 * the connection, it ends: with its stdin, with its packets, with its time. Never throws for what the node does:
 * `stop` then gives a gap.
 */
export async function startCapture(
  connection: Connection,
  clock: Clock,
  request: CaptureRequest,
): Promise<RunningCapture> {
  let exec: Exec;
  try {
    exec = await connection.exec(commandLine(connection, request));
  } catch (error) {
    if (error instanceof TypeError) return nothing('unparsable', error.message);
    return nothing('unreachable', `the connection to ${connection.node} was lost before the capture began`);
  }
  const { channel, closed } = exec;
  const { limits } = request;
  const kept: Buffer[] = [];
  let bytes = 0;
  let complaint = '';
  let overflow = false;
  const started = new AbortController();
  channel.on('data', (chunk: Buffer) => {
    const room = limits.bytes - bytes;
    if (chunk.length > room) {
      overflow = true;
      channel.end();
    }
    if (room > 0) kept.push(chunk.subarray(0, room));
    bytes += Math.min(chunk.length, room);
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString('latin1')).slice(0, 8192);
    if (/^tcpdump: listening on /m.test(complaint)) started.abort();
  });
  const settled = AbortSignal.any([started.signal, closed]);
  await clock.sleep(startMs, settled);
  if (!settled.aborted) complaint = `tcpdump did not listen within ${startMs / 1000} s`;
  const verdict = () => {
    if (overflow) return { gap: 'truncated' as const, detail: `it reached its limit of ${limits.bytes} bytes` };
    return whyNotWhole(exec.exit, complaint, request, connection.lost);
  };
  return {
    async stop() {
      channel.end();
      await clock.sleep(stopMs, closed);
      if (!closed.aborted) channel.destroy();
      const pcap = new Uint8Array(Buffer.concat(kept));
      const short = closed.aborted
        ? verdict()
        : { gap: 'timed-out' as const, detail: `tcpdump did not end within ${stopMs / 1000} s` };
      return short === null ? { pcap } : { pcap, ...short };
    },
  };
}

function commandLine({ user, door, identity }: Connection, { device, filter, limits }: CaptureRequest): string {
  const numbers = [limits.snap, limits.packets, limits.seconds].map((one) => String(Math.ceil(one)));
  if (identity?.gate !== undefined) return gateCapture([device, ...numbers, filter]);
  const words = [program, 'capture', device, ...numbers, String(door.port), filter].map(quoteWord).join(' ');
  // sudo forgets SSH_CONNECTION, so the login shell passes it as a word.
  return `exec ${user === 'root' ? '' : 'sudo -n -- '}sh -c ${words} "$SSH_CONNECTION"`;
}

/** Why what came back is less than what was asked for; `null` when it is whole. */
function whyNotWhole(
  exit: number | null,
  complaint: string,
  { device, limits }: CaptureRequest,
  lost: boolean,
): { gap: Gap; detail: string } | null {
  if (exit === null) {
    return { gap: 'unreachable', detail: lost ? 'the connection was lost' : 'the capture ended without a word' };
  }
  switch (exit) {
    case 0: {
      const dropped = Number(/^(\d+) packets? dropped by kernel/m.exec(complaint)?.[1] ?? 0);
      return dropped === 0 ? null : { gap: 'truncated', detail: `the kernel dropped ${dropped} packets` };
    }
    case 90:
      return { gap: 'truncated', detail: `it reached its limit of ${limits.packets} packets` };
    case 91:
      return { gap: 'truncated', detail: `it reached its limit of ${limits.seconds} s` };
    case 92:
      return { gap: 'unparsable', detail: `the node has no device ${said(device, 40)}` };
    case 126:
      return { gap: 'denied', detail: "the node's gate did not let the capture through" };
    case 127:
      return { gap: 'not-installed', detail: 'tcpdump is not installed' };
    default: {
      const words = complaint
        .split('\n')
        .map((line) => said(line))
        .filter((line) => line !== '');
      const detail =
        words.find((line) => !line.startsWith('tcpdump: listening')) ?? `tcpdump ended with status ${exit}`;
      const denied = /permission|not permitted|password is required|^sudo: /i.test(complaint);
      return { gap: denied ? 'denied' : 'unparsable', detail };
    }
  }
}

function nothing(gap: Gap, detail: string): RunningCapture {
  return { stop: () => Promise.resolve({ pcap: new Uint8Array(), gap, detail }) };
}
