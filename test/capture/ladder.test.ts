import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Captured, ladder, story } from '../../src/capture/index.ts';
import type { CapturePoint, Sent } from '../../src/model/index.ts';
import { pcap, type Written } from './build.ts';
import {
  acknowledgement,
  at,
  echoReply,
  echoRequest,
  ETH0,
  ETH1,
  type Ping,
  point,
  ports,
  sentSyns,
  syn,
  synAck,
} from './talk.ts';

const EMPTY: Captured = { pcap: pcap([]) };

function capture(packets: readonly (Uint8Array | Written)[]): Captured {
  return { pcap: pcap(packets) };
}

function drawn(points: readonly CapturePoint[], pcaps: readonly Captured[], sent: Sent): string {
  return ladder(story(points, pcaps, sent));
}

/** Drawings are compared line by line, without what a person would not see. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

const requests = ports().map((port, index) => at(index * 50, syn(port)));
const answers = ports().map((port, index) => at(index * 50 + 0.041, synAck(port)));

describe('a ladder', () => {
  test('answers on the other device, and the one that is missing', () => {
    expect(lines(drawn([ETH0, ETH1], [capture(requests), capture(answers)], sentSyns(0)))).toEqual([
      'ms               eth0                           eth1',
      '7 of 7 like 10.0.10.69:33201 to 10.0.10.207:10250',
      '0.000      ──────── SYN ────────►                    │',
      '0.041                 │                   ◄────── SYN-ACK ──────',
      'x no SYN-ACK                         │',
    ]);
  });

  test('a narrow one keeps every address and port whole', () => {
    const narrow = ladder(story([ETH0, ETH1], [capture(requests), capture(answers)], sentSyns(0)), 46);
    expect(lines(narrow)).toContain('10.0.10.69:33201 to 10.0.10.207:10250');
    expect(Math.max(...narrow.split('\n').map((line) => line.length))).toBeLessThanOrEqual(46);
  });

  test('a whole handshake misses nothing', () => {
    const shaken = ports().map((port, index) => at(index * 50 + 0.1, acknowledgement(port)));
    const text = drawn([ETH0, ETH1], [capture([...requests, ...answers, ...shaken]), EMPTY], sentSyns(7));
    expect(text).toContain('── ACK ────────►');
    expect(text).not.toContain('x ');
  });

  test('flows that fared otherwise are drawn for themselves, the lost ones counted', () => {
    const text = drawn([ETH0, ETH1], [capture(requests.slice(0, 6)), capture(answers.slice(0, 2))], sentSyns(0));
    expect(lines(text).filter((line) => / of 7 /.test(line))).toEqual([
      '4 of 7 like 10.0.10.69:33203 to 10.0.10.207:10250',
      '2 of 7 like 10.0.10.69:33201 to 10.0.10.207:10250',
      '1 of 7 seen nowhere',
    ]);
  });

  test('a request that was not forwarded is marked where it should have been', () => {
    const ping: Ping = { source: '8.8.8.8', target: '10.39.0.107', id: 7, seq: 1, length: 77 };
    const sent: Sent = {
      ...sentSyns(0, { to: ping.target, source: ping.source, count: 1 }),
      mark: { proto: 'icmp', totalLength: 77 },
    };
    const text = drawn([ETH0, point('cali1234abcd')], [capture([echoRequest(ping)]), EMPTY], sent);
    expect(text).toContain('x no echo reply');
    expect(text).toContain('x no echo request');
    const healthy = capture([echoRequest(ping), echoReply(ping)]);
    expect(drawn([ETH0], [healthy], { ...sent, answered: 1 })).toContain('◄');
  });

  test('a capture that is not whole gets a question mark, not a cross', () => {
    const text = drawn([ETH0, ETH1], [capture([...requests, ...answers]), { ...EMPTY, gap: 'denied' }], sentSyns(7));
    expect(text).toContain('? not whole');
    expect(text).not.toContain('x ');
  });

  test('nothing seen, nothing sent, no points', () => {
    expect(drawn([ETH0, ETH1], [EMPTY, EMPTY], sentSyns(0))).toContain('7 of 7 seen nowhere');
    expect(lines(drawn([ETH0], [EMPTY], sentSyns(0, { count: 0 })))).toEqual([expect.stringMatching(/^ms +eth0$/)]);
    expect(drawn([], [], sentSyns(0))).toBe('');
  });

  test('many packets, many points: as much as fits', () => {
    const again = Array.from({ length: 40 }, (_, index) => at(index * 1000, syn(33_201)));
    const points = ['eth0', 'eth1', 'eth2', 'eth3', 'eth4', 'eth5'].map((device) => point(device));
    const seen = points.map((_, index) => (index === 0 ? capture(again) : EMPTY));
    const text = drawn(points, seen, sentSyns(0, { count: 1 }));
    expect(text).toContain('(32 more packets)');
    expect(text).toContain('(2 more points are not drawn)');
  });
});

test('whatever a device or node is called, the drawing stays inside 72 columns and harmless characters', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('a'.repeat(300), '`<!here>`', '\u202Eeth0'),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 6 }), fc.nat(7), (names, seen) => {
      const points = names.map(([device, node]) => point(device, { node }));
      const pcaps = points.map((_, index) => capture(index % 2 === 0 ? requests : answers.slice(0, seen)));
      const text = drawn(points, pcaps, sentSyns(0));
      expect(text).toMatch(/^[\w .:@/[\]?()\n─│►◄-]*$/);
      expect(text.length).toBeLessThanOrEqual(2000);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
    }),
    { numRuns: 300 },
  );
});
