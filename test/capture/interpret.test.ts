import { describe, expect, test } from 'vitest';
import { type Captured, interpret, story } from '../../src/capture/index.ts';
import type { CapturePoint, CaptureStory, Rich, Sent } from '../../src/model/index.ts';
import { pcap, type Written } from './build.ts';
import {
  at,
  echoReply,
  echoRequest,
  ETH0,
  ETH1,
  type Ping,
  point,
  ports,
  refused,
  sentSyns,
  syn,
  synAck,
} from './talk.ts';

const EMPTY: Captured = { pcap: pcap([]) };
const VETH = point('cali1234abcd');
const requests = ports().map((port) => syn(port));
const answers = ports().map((port) => synAck(port));

function capture(packets: readonly (Uint8Array | Written)[]): Captured {
  return { pcap: pcap(packets) };
}

/** Code spans between back-quotes, as a reader of the source would write them. */
function spoken(rich: Rich): string {
  return rich.map((span) => ('code' in span ? `\`${span.code}\`` : 'text' in span ? span.text : '?')).join('');
}

function said(points: readonly CapturePoint[], pcaps: readonly Captured[], sent: Sent): string {
  return spoken(interpret(story(points, pcaps, sent)));
}

describe('a story in words', () => {
  test('answered', () => {
    expect(said([ETH0, ETH1], [capture([...requests, ...answers]), EMPTY], sentSyns(7))).toBe(
      '7 of 7 SYNs arrived on `eth0`; all 7 SYN-ACKs left by `eth0`.',
    );
  });

  test('answered elsewhere', () => {
    expect(said([ETH0, ETH1], [capture(requests), capture(answers)], sentSyns(0))).toBe(
      '7 of 7 SYNs arrived on `eth0`; all 7 SYN-ACKs left by `eth1`, none by `eth0`. The sender got no answer.',
    );
  });

  test('arrived, not answered', () => {
    expect(said([ETH0, ETH1], [capture(requests), EMPTY], sentSyns(0))).toBe(
      '7 of 7 SYNs arrived on `eth0`; no SYN-ACK was seen.',
    );
  });

  test('not forwarded, requests and answers', () => {
    expect(said([ETH0, VETH], [capture(requests), EMPTY], sentSyns(0))).toBe(
      '7 of 7 SYNs arrived on `eth0`, none went on to `cali1234abcd`; no SYN-ACK was seen.',
    );
    expect(said([ETH0, VETH], [capture(requests), capture([...requests, ...answers])], sentSyns(0))).toBe(
      '7 of 7 SYNs arrived on `eth0`, 7 went on to `cali1234abcd`; ' +
        'all 7 SYN-ACKs came back on `cali1234abcd`, none left by `eth0`.',
    );
  });

  test('never arrived', () => {
    expect(said([ETH0, ETH1], [EMPTY, EMPTY], sentSyns(0))).toBe(
      'None of the 7 marked packets was seen on `eth0` or `eth1`.',
    );
  });

  test('refused', () => {
    const rst = capture([...requests, ...ports().map((port) => refused(port))]);
    expect(said([ETH0, ETH1], [rst, EMPTY], sentSyns(0))).toBe(
      '7 of 7 SYNs arrived on `eth0`; all 7 refusals were seen on `eth0`.',
    );
  });

  test('mixed', () => {
    const half = capture([...requests, ...answers.slice(0, 3)]);
    expect(said([ETH0, ETH1], [half, capture(answers.slice(3, 4))], sentSyns(3))).toBe(
      '7 of 7 SYNs arrived on `eth0`; 3 SYN-ACKs left by `eth0`, 1 left by `eth1`.',
    );
  });

  test('answers left the right way and the sender got none', () => {
    expect(said([ETH0], [capture([...requests, ...answers])], sentSyns(0))).toBe(
      '7 of 7 SYNs arrived on `eth0`; all 7 SYN-ACKs left by `eth0`. The sender got no answer.',
    );
  });

  test('nothing sent', () => {
    expect(said([ETH0], [EMPTY], sentSyns(0, { count: 0 }))).toBe(
      'No marked packet was sent, so the captures prove nothing.',
    );
  });

  test('repeated answers', () => {
    const again = [at(0, synAck(33_201)), at(1000, synAck(33_201)), at(3000, synAck(33_201))];
    expect(said([ETH0], [capture([syn(33_201), ...again])], sentSyns(0, { count: 1 }))).toBe(
      '1 of 1 SYN arrived on `eth0`; 1 SYN-ACK left by `eth0`. The sender got no answer. ' +
        'Some SYN-ACKs were repeated: nobody took the first ones.',
    );
  });

  test('a capture that is not whole', () => {
    expect(said([ETH0, ETH1], [capture(requests), { ...EMPTY, gap: 'timed-out' }], sentSyns(0))).toBe(
      '7 of 7 SYNs arrived on `eth0`; no SYN-ACK was seen. ' +
        'The capture on `eth1` is not whole (it timed out): what it does not show proves nothing.',
    );
  });

  test('echo requests of a pod, translated on the way out', () => {
    const pings = [1, 2].map((seq): Ping => ({ source: '10.39.0.107', target: '8.8.8.8', id: 7, seq, length: 77 }));
    const outside = pings.map((ping) => ({ ...ping, source: '192.168.4.25' }));
    const sent: Sent = {
      ...sentSyns(0, { source: '10.39.0.107', to: '8.8.8.8', port: null, count: 2 }),
      mark: { proto: 'icmp', totalLength: 77 },
    };
    const out = capture([...outside.map(echoRequest), ...outside.map(echoReply)]);
    expect(said([VETH, ETH0], [capture(pings.map(echoRequest)), out], sent)).toBe(
      '2 of 2 echo requests arrived on `cali1234abcd`, 2 went on to `eth0`; ' +
        'all 2 echo replies came back on `eth0`, none left by `cali1234abcd`. ' +
        'On `eth0` their source is `192.168.4.25` instead of `10.39.0.107`.',
    );
  });

  test('points on several nodes are named with their node', () => {
    const there = point('eth0', { node: 'ip-10-0-10-115', role: 'peer' });
    expect(said([ETH0, there], [capture(requests), EMPTY], sentSyns(0))).toContain('`eth0` of `ip-10-0-10-207`');
  });
});

test('names from nodes are code, never our own words', () => {
  const evil = '<!channel>*`_&';
  const told: CaptureStory = story([point(evil), point(evil, { node: evil })], [capture(requests), EMPTY], sentSyns(0));
  const words = interpret(told).flatMap((span) => ('text' in span ? [span.text] : []));
  expect(words.join('')).not.toMatch(/[<>*`_&]/);
  expect(interpret(told)).toContainEqual({ code: evil });
});
