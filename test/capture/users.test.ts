import { describe, expect, test } from 'vitest';
import { type Captured, compileFilter, usersFilter, usersStory } from '../../src/capture/index.ts';
import type { ExpectedTraffic } from '../../src/model/index.ts';
import { pcap, type Written } from './build.ts';
import {
  at,
  CLIENT,
  echoReply,
  echoRequest,
  ETH0,
  ETH1,
  KUBELET,
  NODE,
  point,
  refused,
  syn,
  synAck,
  unreachable,
} from './talk.ts';

const capture = (...packets: readonly Written[]): Captured => ({ pcap: pcap(packets) });
const anybody: ExpectedTraffic = { from: null, to: NODE, port: KUBELET };
const VETH = point('cali1234abcd');
const told = (points: Parameters<typeof usersStory>[0], pcaps: readonly Captured[], expected = anybody) =>
  usersStory(points, pcaps, expected, 'farEnd');

describe("people's own connections", () => {
  test('count from every source port and every sender, each once however often it is repeated', () => {
    const other = { source: '10.0.10.88' };
    const { story, sent, packets } = told(
      [ETH0],
      [capture(at(0, syn(40_001)), at(1000, syn(40_001)), at(3000, syn(40_001)), at(3500, syn(40_002, other)))],
    );
    expect(sent).toMatchObject({ by: 'user', count: 2, answered: 0, source: null, node: '' });
    expect(packets).toBe(4);
    expect(story).toMatchObject({ fate: 'arrived-not-answered', sent: 2, requestsAt: [2], answersAt: [0] });
    expect(story.flows.map(({ flow, requests }) => [flow, requests])).toEqual([
      ['10.0.10.69:40001 > 10.0.10.207:10250', [3]],
      ['10.0.10.88:40002 > 10.0.10.207:10250', [1]],
    ]);
  });

  test('count only of the sender who is expected', () => {
    const packets = [at(0, syn(40_001)), at(1, syn(40_002, { source: '10.0.10.88' }))];
    const { sent } = told([ETH0], [capture(...packets)], { ...anybody, from: CLIENT });
    expect(sent).toMatchObject({ count: 1, source: CLIENT, node: CLIENT });
  });

  test('are answered where their answer goes back the way they came', () => {
    const { story, sent } = told([ETH0, ETH1], [capture(at(0, syn(40_001)), at(1, synAck(40_001))), capture()]);
    expect(sent).toMatchObject({ count: 1, answered: 1 });
    expect(story.fate).toBe('answered');
  });

  test('are answered elsewhere where it leaves by another interface', () => {
    const { story, sent } = told([ETH0, ETH1], [capture(at(0, syn(40_001))), capture(at(1, synAck(40_001)))]);
    expect(sent.answered).toBe(0);
    expect(story).toMatchObject({ fate: 'answered-elsewhere', answersAt: [0, 1] });
  });

  test('are refused by a reset and by an ICMP error', () => {
    expect(told([ETH0], [capture(at(0, syn(40_001)), at(1, refused(40_001)))]).story.fate).toBe('refused');
    expect(told([ETH0], [capture(at(0, syn(40_001)), at(1, unreachable(40_001, NODE)))]).story.fate).toBe('refused');
  });

  test('are followed through translation to the pod behind the address', () => {
    const inside = { target: '192.168.4.25', targetPort: 8080, source: '10.0.10.207', translatedPort: 1024 };
    const { story } = told([ETH0, VETH], [capture(at(0, syn(40_001))), capture(at(1, syn(40_001, inside)))]);
    expect(story).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [1, 1] });
    const lost = told([ETH0, VETH], [capture(at(0, syn(40_001))), capture()]);
    expect(lost.story.fate).toBe('not-forwarded');
  });

  test('to another port or another address are not theirs', () => {
    const { story, sent } = told(
      [ETH0],
      [capture(at(0, syn(40_001, { targetPort: 22 })), at(1, syn(40_002, { target: '10.0.10.99' })))],
    );
    expect(sent.count).toBe(0);
    expect(story.fate).toBe('not-sent');
  });

  test('that nobody saw are nothing, and a capture that is not whole is told', () => {
    const { story, sent, packets } = told([ETH0], [{ pcap: pcap([]), gap: 'unreachable' }]);
    expect([sent.count, packets, story.fate]).toEqual([0, 0, 'not-sent']);
    expect(story.unseen).toEqual([{ point: 0, gap: 'unreachable' }]);
  });
});

describe("people's own echo requests", () => {
  const to: ExpectedTraffic = { from: null, to: '192.168.4.25', port: null };
  const ping = (seq: number, length = 84) => ({ source: CLIENT, target: to.to, id: 9, seq, length, ipId: 100 + seq });

  test('count at any length, and their replies with them', () => {
    const packets = [ping(1), ping(2, 1428)].flatMap((one, index) => [
      at(index * 1000, echoRequest(one)),
      ...(one.seq === 1 ? [at(1, echoReply(one))] : []),
    ]);
    const { story, sent } = told([ETH0], [capture(...packets)], to);
    expect(sent).toMatchObject({ count: 2, answered: 1, port: null });
    expect(story.fate).toBe('mixed');
  });

  test('are followed through masquerade, which may change their identifier', () => {
    const packets = [at(1, echoRequest({ ...ping(1), source: NODE, id: 55 }))];
    const { story } = told([ETH0, VETH], [capture(at(0, echoRequest(ping(1)))), capture(...packets)], to);
    expect(story.requestsAt).toEqual([1, 1]);
  });

  test('are none of them what others are answered', () => {
    const { sent } = told([ETH0], [capture(at(0, echoReply(ping(1))), at(1, syn(40_001)))], to);
    expect(sent).toMatchObject({ count: 0, answered: 0 });
  });
});

test.each<[ExpectedTraffic, string]>([
  [anybody, 'host 10.0.10.207 and tcp and tcp port 10250'],
  [{ ...anybody, from: CLIENT }, 'host 10.0.10.207 and host 10.0.10.69 and tcp and tcp port 10250'],
  [{ from: null, to: '192.168.4.25', port: null }, 'host 192.168.4.25 and (icmp or icmp6)'],
  [{ from: null, to: '10.96.0.10', port: 53, dns: { behind: ['10.39.1.5'] } }, '(udp port 53 or (icmp or icmp6))'],
])('a capture of %j sees both directions', (expected, filter) => {
  expect(compileFilter(usersFilter(expected))).toBe(filter);
});
