import { describe, expect, test } from 'vitest';
import { headersOnly, interpret, story } from '../../src/capture/index.ts';
import type { Rich, Sent } from '../../src/model/index.ts';
import { bytes, echo, ethernet, ipv4, pcap, udp, type Written } from './build.ts';
import { decodeOne } from './decoded.ts';
import { SECRET } from './packets.ts';
import { point } from './talk.ts';

const UPLINK = point('eth0');
const TUNNEL = point('flannel.1');
const BRIDGE = point('cni0', { onWay: true });
const LENGTH = 228;

/** A frame of another network inside a datagram between two nodes. */
function encapsulated(inner: Uint8Array, port = 8472, flags = 0x08): Uint8Array {
  const outer = { source: '172.31.159.21', target: '172.31.159.19', protocol: 17 };
  return ethernet(0x0800, ipv4(outer, udp(51_234, port, bytes(flags, 0, 0, 0, 0, 0, 1, 0, inner))));
}

const padding = new Uint8Array(LENGTH - 28);
const frame = (source: string, target: string, type: 0 | 8, sequence: number): Uint8Array =>
  ethernet(0x0800, ipv4({ source, target, protocol: 1 }, echo(type, 7, sequence, padding)));
const request = (sequence: number): Uint8Array => frame('10.187.1.0', '10.187.0.12', 8, sequence);
const answer = (sequence: number): Uint8Array => frame('10.187.0.12', '10.187.1.0', 0, sequence);
const seven = (of: (sequence: number) => Uint8Array): Written[] =>
  [1, 2, 3, 4, 5, 6, 7].map((sequence) => ({ bytes: of(sequence), at: 1_700_000_000_000_000 + sequence * 200_000 }));
const sent = (change: Partial<Sent> = {}): Sent => ({
  from: 'peer',
  node: 'kylin-21',
  source: null,
  to: '10.187.0.12',
  port: null,
  count: 7,
  answered: 0,
  mark: { proto: 'icmp', totalLength: LENGTH },
  ...change,
});
const text = (rich: Rich): string => rich.map((span) => Object.values(span)[0]).join('');

describe('a frame inside VXLAN', () => {
  test.each([4789, 8472])('on port %i is read as the packet that it carries', (port) => {
    const { kind, source, target, echoSequence, ipLength, macTarget } = decodeOne(request(3));
    expect(decodeOne(encapsulated(request(3), port))).toMatchObject({
      kind,
      source,
      target,
      echoSequence,
      ipLength,
      macTarget,
    });
  });

  test.each([
    ['another port', encapsulated(request(3), 8473)],
    ['no valid network identifier', encapsulated(request(3), 8472, 0)],
    ['reserved bits that are set', encapsulated(request(3), 8472, 0x88)],
    ['a frame that is cut off', encapsulated(request(3).subarray(0, 13))],
  ])('%s: the outer datagram is all there is', (_, packet) => {
    expect(decodeOne(packet)).toMatchObject({ kind: 'udp', source: '172.31.159.21', target: '172.31.159.19' });
  });

  test('a cut inner packet claims nothing of the outer one', () => {
    const cut = encapsulated(request(3).subarray(0, 20));
    expect(decodeOne(cut)).toMatchObject({ kind: 'other' });
    expect(JSON.stringify(decodeOne(cut))).not.toContain('172.31');
  });

  test('its payload is zeroed, its headers stay', () => {
    const inner = ethernet(
      0x0800,
      ipv4({ source: '10.187.1.0', target: '10.187.0.12', protocol: 17 }, udp(53, 4000, bytes(SECRET))),
    );
    const kept = headersOnly(pcap([encapsulated(inner)]));
    expect(Buffer.from(kept).toString('latin1')).not.toContain(SECRET);
    expect(decodeOne(kept.subarray(24 + 16))).toEqual(decodeOne(encapsulated(inner)));
  });

  test('is no text that was sent to its port: that is payload, and zeroed', () => {
    const outer = { source: '172.31.159.21', target: '172.31.159.19', protocol: 17 };
    const said = ethernet(0x0800, ipv4(outer, udp(51_234, 4789, bytes(SECRET, SECRET, SECRET))));
    expect(decodeOne(said)).toMatchObject({ kind: 'udp', source: '172.31.159.21' });
    expect(Buffer.from(headersOnly(pcap([said]))).toString('latin1')).not.toContain(SECRET.slice(0, 4));
  });

  test('may hold another one, and ends', () => {
    let nested = request(1);
    for (let depth = 0; depth < 20; depth += 1) nested = encapsulated(nested);
    expect(() => decodeOne(nested)).not.toThrow();
    expect(decodeOne(bytes(encapsulated(encapsulated(request(2)))))).toMatchObject({ kind: 'echo-request' });
  });
});

describe('marked packets through a tunnel', () => {
  const wire = { pcap: pcap(seven((sequence) => encapsulated(request(sequence)))) };
  const tunnel = { pcap: pcap(seven(request)) };
  const nothing = { pcap: pcap([]) };

  test('are the same packets on the wire and inside', () => {
    const told = story([UPLINK, TUNNEL, BRIDGE], [wire, tunnel, tunnel], sent());
    expect(told).toMatchObject({ requestsAt: [7, 7, 7], fate: 'arrived-not-answered' });
    expect(told.flows).toHaveLength(7);
  });

  test('that end at the tunnel were not forwarded', () => {
    const told = story([UPLINK, TUNNEL, BRIDGE], [wire, tunnel, nothing], sent());
    expect(told).toMatchObject({ requestsAt: [7, 7, 0], fate: 'not-forwarded' });
  });

  test('are no flow of ours when the mark is another', () => {
    const told = story([UPLINK, TUNNEL], [wire, tunnel], sent({ mark: { proto: 'icmp', totalLength: LENGTH + 1 } }));
    expect(told).toMatchObject({ requestsAt: [0, 0], fate: 'never-arrived' });
  });
});

describe('answers that come back to the sender', () => {
  const both = {
    pcap: pcap([...seven(request), ...seven(answer).map((one) => ({ ...one, at: (one.at ?? 0) + 500 }))]),
  };
  const here = (change: Partial<Sent> = {}): Sent => sent({ from: 'subject', node: TUNNEL.node, ...change });

  test('and are not taken: arrived, not delivered', () => {
    const told = story([TUNNEL], [both], here());
    expect(told).toMatchObject({ fate: 'answer-not-delivered', requestsAt: [7], answersAt: [7] });
    expect(text(interpret(told))).toBe(
      '7 of 7 echo requests left by flannel.1; all 7 echo replies came back on it, and the node took none of them.',
    );
  });

  test('and are taken: answered', () => {
    expect(story([TUNNEL], [both], here({ answered: 7 })).fate).toBe('answered');
  });

  test('that only another node saw may have been lost anywhere', () => {
    expect(story([TUNNEL], [both], sent()).fate).toBe('mixed');
  });

  test('that never came back prove nothing about the delivery', () => {
    expect(story([TUNNEL], [{ pcap: pcap(seven(request)) }], here()).fate).toBe('arrived-not-answered');
  });
});
