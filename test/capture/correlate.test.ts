import { describe, expect, test } from 'vitest';
import { story } from '../../src/capture/index.ts';
import { pcap } from './build.ts';
import { at, ETH0, ETH1, ports, sentSyns, syn, synAck } from './talk.ts';

const EMPTY = { pcap: pcap([]) };

describe('requests on eth0', () => {
  const requests = { pcap: pcap(ports().map((port) => syn(port))) };

  test('answers on eth1 are answered elsewhere', () => {
    const answers = { pcap: pcap(ports().map((port) => synAck(port))) };
    const told = story([ETH0, ETH1], [requests, answers], sentSyns(0));
    expect(told).toMatchObject({
      fate: 'answered-elsewhere',
      requestsAt: [7, 0],
      answersAt: [0, 7],
      refusalsAt: [0, 0],
    });
    expect(told.flows[0]).toEqual({
      flow: '10.0.10.69:33201 > 10.0.10.207:10250',
      requests: [1, 0],
      answers: [0, 1],
      refusals: [0, 0],
    });
    expect(told.ladder).toHaveLength(14);
  });

  test('answers on eth0 are answered', () => {
    const both = { pcap: pcap(ports().flatMap((port) => [at(port, syn(port)), at(port + 0.2, synAck(port))])) };
    expect(story([ETH0, ETH1], [both, EMPTY], sentSyns(7))).toMatchObject({
      fate: 'answered',
      requestsAt: [7, 0],
      answersAt: [7, 0],
    });
  });

  test('no answer anywhere is arrived, not answered', () => {
    expect(story([ETH0, ETH1], [requests, EMPTY], sentSyns(0)).fate).toBe('arrived-not-answered');
  });
});
