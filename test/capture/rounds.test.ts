import { describe, expect, test } from 'vitest';
import { type Captured, story } from '../../src/capture/index.ts';
import type { Round, Sent } from '../../src/model/index.ts';
import { pcap, type Written } from './build.ts';
import { at, CLIENT, echoReply, echoRequest, ETH0, ETH1, FIRST_PORT, sentSyns, syn, synAck } from './talk.ts';

const SECOND_PORT = FIRST_PORT + 7;
const capture = (...packets: readonly Written[]): Captured => ({ pcap: pcap(packets) });
const range = (first: number): number[] => Array.from({ length: 7 }, (_, index) => first + index);

/** What the vantage says of seven SYNs, sent twice. */
function twice(answered: readonly [number, number]): Sent {
  const rounds = [FIRST_PORT, SECOND_PORT].map((firstPort, index): Round => ({
    count: 7,
    answered: answered[index] ?? 0,
    mark: { proto: 'tcp', firstPort, lastPort: firstPort + 6 },
  }));
  return sentSyns(answered[0] + answered[1], { count: 14, rounds });
}

const requests = (first: number, ms: number): Written[] => range(first).map((port, index) => at(ms + index, syn(port)));
const answers = (first: number, ms: number): Written[] =>
  range(first).map((port, index) => at(ms + index, synAck(port)));

describe('two rounds of marked SYNs are one story', () => {
  test('answered elsewhere both times: fourteen flows, in the order sent', () => {
    const told = story(
      [ETH0, ETH1],
      [
        capture(...requests(FIRST_PORT, 0), ...requests(SECOND_PORT, 2000)),
        capture(...answers(FIRST_PORT, 20), ...answers(SECOND_PORT, 2020)),
      ],
      twice([0, 0]),
    );
    expect(told).toMatchObject({ fate: 'answered-elsewhere', sent: 14, requestsAt: [14, 0], answersAt: [0, 14] });
    expect(told.flows.map(({ flow }) => flow.split(':')[1]?.split(' ')[0])).toEqual(
      [...range(FIRST_PORT), ...range(SECOND_PORT)].map(String),
    );
    expect(told.ladder.filter(({ kind }) => kind === 'SYN').map(({ flow }) => flow)).toEqual(range(0).concat(range(7)));
  });

  test('answered the first time only is no fate of all', () => {
    const told = story(
      [ETH0],
      [capture(...requests(FIRST_PORT, 0), ...answers(FIRST_PORT, 20), ...requests(SECOND_PORT, 2000))],
      twice([7, 0]),
    );
    expect(told).toMatchObject({ fate: 'mixed', requestsAt: [14], answersAt: [7] });
  });

  test('answered both times', () => {
    const all = [FIRST_PORT, SECOND_PORT].flatMap((first, round) => [
      ...requests(first, round * 2000),
      ...answers(first, round * 2000 + 20),
    ]);
    expect(story([ETH0], [capture(...all)], twice([7, 7]))).toMatchObject({ fate: 'answered', answersAt: [14] });
  });

  test('a second round that never came is what most of them would have to share', () => {
    expect(story([ETH0], [capture(...requests(FIRST_PORT, 0))], twice([0, 0]))).toMatchObject({
      fate: 'mixed',
      requestsAt: [7],
    });
    expect(story([ETH0], [capture()], twice([0, 0])).fate).toBe('never-arrived');
  });
});

describe('two rounds of marked echo requests', () => {
  const ping = (round: number, seq: number) => ({
    source: CLIENT,
    target: '192.168.4.25',
    id: 7 + round,
    seq,
    length: 245 + round,
  });
  const sent: Sent = {
    from: 'farEnd',
    node: 'api',
    source: CLIENT,
    to: '192.168.4.25',
    port: null,
    count: 4,
    answered: 0,
    mark: { proto: 'icmp', totalLength: 245 },
    rounds: [0, 1].map((round) => ({ count: 2, answered: 0, mark: { proto: 'icmp', totalLength: 245 + round } })),
  };
  const each = [0, 1].flatMap((round) => [1, 2].map((seq) => ping(round, seq)));

  test('with the same sequence numbers are told apart by their lengths, round after round', () => {
    const told = story([ETH0], [capture(...each.map((one, index) => at(index * 10, echoRequest(one))))], sent);
    expect(told).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [4] });
    expect(told.flows.map(({ flow }) => flow.split(' echo ')[1])).toEqual(['7/1', '7/2', '8/1', '8/2']);
  });

  test('and their replies belong to their own round', () => {
    const packets = each.flatMap((one, index) => [
      at(index * 10, echoRequest(one)),
      ...(one.id === 8 ? [at(index * 10 + 1, echoReply(one))] : []),
    ]);
    const told = story([ETH0], [capture(...packets)], { ...sent, answered: 2 });
    expect(told.answersAt).toEqual([2]);
    expect(told.flows.map((one) => one.answers[0])).toEqual([0, 0, 1, 1]);
  });
});
