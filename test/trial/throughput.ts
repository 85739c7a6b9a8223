import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { count, headersOnly, story } from '../../src/capture/index.ts';
import type { Captured } from '../../src/capture/index.ts';
import { eachPacket } from '../../src/capture/pcap.ts';
import { ethernet, ipv4, pcap, sll2, tcp, udp, vxlan } from '../capture/build.ts';
import { point, sentSyns } from '../capture/talk.ts';
import { findTool } from '../lab/available.ts';

const MEGABYTES = 100;
const ROUNDS = 5;
const PACKETS = 2000;
const COUNT = join(import.meta.dirname, '../../src/capture/count.ts');
/** What a process of its own does with a file. */
const SCRIPT = `import('${COUNT}').then(({ count }) => console.log(count(require('node:fs').readFileSync(process.argv[1])).packets))`;

/** Each kind of capture: its link type, and a packet of conversation number `flow` that goes there or back. */
const KINDS: Readonly<Record<string, { readonly linkType: number; packet(flow: number, back: boolean): Uint8Array }>> =
  {
    'Ethernet, 1000 bytes': { linkType: 1, packet: (flow, back) => ethernet(0x0800, segment(flow, back, 946)) },
    'SLL2, 128 bytes': { linkType: 276, packet: (flow, back) => sll2(0x0800, 2, segment(flow, back, 68)) },
    'VXLAN, 192 bytes': { linkType: 1, packet: (flow, back) => tunnelled(segment(flow, back, 88)) },
  };

/**
 * How fast captures are decoded: `[MEGABYTES]` of each kind, 100 unless told. Each as a process of its own, in turn with tshark where
 * that is installed, then each step in this process. Prints medians and the range; nothing is judged.
 */
export function throughputTrial(args: readonly string[]): Promise<boolean> {
  const megabytes = Number(args[0] ?? MEGABYTES);
  say(
    `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}, ${megabytes} MB each`,
  );
  const directory = mkdtempSync(join(tmpdir(), 'netdiag-throughput-'));
  try {
    for (const [name, kind] of Object.entries(KINDS)) {
      const file = join(directory, 'capture.pcap');
      writeFileSync(file, captureOf(kind, megabytes * 1e6));
      say(`${name}: ${count(readFileSync(file)).packets} packets`);
      processes(file);
      steps(new Uint8Array(readFileSync(file)));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return Promise.resolve(true);
}

function processes(file: string): void {
  const tshark = findTool('tshark');
  const theirs = tshark === null ? null : () => run(tshark, ['-r', file, '-n', '-q', '-z', 'conv,tcp']);
  const ours = () => run(process.execPath, ['-e', SCRIPT, file]);
  const times = inTurn(theirs === null ? { ours } : { theirs, ours });
  if (times['theirs'] === undefined) say('  tshark is not installed');
  else tell('tshark -q -z conv,tcp, a process', times['theirs']);
  tell('count, a process', times['ours']!, times['theirs']);
}

function run(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
}

function steps(file: Uint8Array): void {
  const captures: Captured[] = [{ pcap: file }];
  const times = inTurn({
    walk: () => eachPacket(file, () => undefined),
    count: () => count(file),
    headersOnly: () => headersOnly(file),
    story: () => story([point('eth0')], captures, sentSyns(0)),
  });
  for (const [name, took] of Object.entries(times)) tell(name, took, times['walk']);
}

/** Milliseconds of every round, one after the other of each, after one round to warm up. */
function inTurn(runs: Readonly<Record<string, () => unknown>>): Record<string, number[]> {
  const times = Object.fromEntries(Object.keys(runs).map((name): [string, number[]] => [name, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(runs)) {
      const began = performance.now();
      run();
      if (round >= 0) times[name]!.push(performance.now() - began);
    }
  }
  return times;
}

function tell(name: string, took: readonly number[], yardstick?: readonly number[]): void {
  const ms = (value: number): string => `${value.toFixed(0)} ms`;
  const ratio = yardstick === undefined ? '' : `, ${(median(took) / median(yardstick)).toFixed(3)} of the yardstick`;
  say(`  ${name}: ${ms(median(took))} (${ms(Math.min(...took))} to ${ms(Math.max(...took))})${ratio}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function captureOf(kind: (typeof KINDS)[string], size: number): Uint8Array {
  const packets = Array.from({ length: PACKETS }, (_, index) => kind.packet(index >> 1, index % 2 === 1));
  const once = pcap(packets, { linkType: kind.linkType });
  const times = Math.ceil(size / once.length);
  return new Uint8Array(Buffer.concat([once, ...Array.from({ length: times - 1 }, () => once.subarray(24))]));
}

function segment(flow: number, back: boolean, payload: number): Uint8Array {
  const [client, server] = [`10.${flow & 3}.0.69`, `10.0.${flow & 0xff}.207`];
  const [sourcePort, targetPort] = [20_000 + flow, 443];
  return ipv4(
    back ? { source: server, target: client, protocol: 6 } : { source: client, target: server, protocol: 6 },
    tcp(
      {
        ...(back ? { sourcePort: targetPort, targetPort: sourcePort } : { sourcePort, targetPort }),
        flags: 0x10,
        sequence: flow,
      },
      new Uint8Array(payload),
    ),
  );
}

function tunnelled(packet: Uint8Array): Uint8Array {
  const outer = { source: '172.31.0.1', target: '172.31.0.2', protocol: 17 };
  return ethernet(0x0800, ipv4(outer, udp(50_000, 4789, vxlan(1, ethernet(0x0800, packet)))));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
