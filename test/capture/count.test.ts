import { describe, expect, test } from 'vitest';
import { count } from '../../src/capture/index.ts';
import { arp, bytes, echo, ethernet, ipv4, ipv6, pcap, tcp, udp } from './build.ts';
import { ports, syn, synAck } from './talk.ts';

const from = { source: '10.0.0.1', target: '10.0.0.2' };
const back = { source: '10.0.0.2', target: '10.0.0.1' };

describe('how much is in a capture', () => {
  test('both directions are one flow', () => {
    expect(count(pcap(ports().flatMap((port) => [syn(port), synAck(port)])))).toEqual({ packets: 14, flows: 7 });
  });

  test('an echo and its reply are one flow, other identifiers are others', () => {
    const packet = (type: number, ends: typeof from, id: number) =>
      ethernet(0x0800, ipv4({ ...ends, protocol: 1 }, echo(type, id, 1)));
    expect(count(pcap([packet(8, from, 7), packet(0, back, 7), packet(8, from, 8)]))).toEqual({ packets: 3, flows: 2 });
  });

  test('protocols, versions and ARP are told apart; what has no address is no flow', () => {
    const packets = [
      ethernet(0x0800, ipv4({ ...from, protocol: 6 }, tcp({ sourcePort: 1, targetPort: 2, flags: 2 }))),
      ethernet(0x0800, ipv4({ ...from, protocol: 17 }, udp(1, 2, bytes('x')))),
      ethernet(0x0800, ipv4({ ...back, protocol: 17 }, udp(2, 1, bytes('x')))),
      ethernet(0x86dd, ipv6('0:0:0:0:0:0:0:1', '0:0:0:0:0:0:0:2', 17, udp(1, 2, bytes('x')))),
      ethernet(0x0806, arp(1, from.source, from.target)),
      ethernet(0x88cc, bytes('lldp')),
    ];
    expect(count(pcap(packets))).toEqual({ packets: 6, flows: 4 });
  });

  test('one host talking to itself: the ports decide which end is first', () => {
    const self = { source: '127.0.0.1', target: '127.0.0.1', protocol: 6 };
    const packets = [
      tcp({ sourcePort: 40_000, targetPort: 80, flags: 2 }),
      tcp({ sourcePort: 80, targetPort: 40_000, flags: 0x12 }),
    ];
    expect(count(pcap(packets.map((packet) => ethernet(0x0800, ipv4(self, packet)))))).toEqual({
      packets: 2,
      flows: 1,
    });
  });

  test('as many flows as there are, also when the table has to grow', () => {
    expect(count(pcap(ports(9000).flatMap((port) => [syn(port), synAck(port)])))).toEqual({
      packets: 18_000,
      flows: 9000,
    });
  });

  test('a capture that is cut, and none at all', () => {
    expect(count(pcap([syn(1), syn(2)]).subarray(0, -1))).toEqual({ packets: 1, flows: 1, gap: 'truncated' });
    expect(count(new Uint8Array(3))).toEqual({ packets: 0, flows: 0, gap: 'unparsable' });
  });
});
