import { type Captured, story } from '../../../src/capture/index.ts';
import type { Drawable } from '../../../src/capture/picture/index.ts';
import type { CapturePoint, Sent } from '../../../src/model/index.ts';
import { be16, bytes, ethernet, icmp, ipv4, pcap, type Written } from '../build.ts';
import {
  at,
  DNS_POD,
  DNS_SERVICE,
  dnsAnswer,
  echoReply,
  echoRequest,
  ETH0,
  ETH1,
  type Lookup,
  point,
  ports,
  query,
  refused,
  sentSyns,
  syn,
  synAck,
} from '../talk.ts';

const NOTHING: Captured = { pcap: pcap([]) };
const captured = (...packets: readonly Written[][]): Captured => ({ pcap: pcap(packets.flat()) });
export const syns = ports().map((port, index) => at(index * 50, syn(port)));
export const synAcks = ports().map((port, index) => at(index * 50 + 0.041, synAck(port)));
const refusals = ports().map((port, index) => at(index * 50 + 0.03, refused(port)));
const ping = (seq: number) => ({ source: '10.0.0.224', target: '10.39.0.107', id: 7, seq, length: 77 });
const seven = [1, 2, 3, 4, 5, 6, 7];
const pings = seven.map((seq) => at(seq * 100, echoRequest(ping(seq))));
const replies = seven.map((seq) => at(seq * 100 + 0.06, echoReply(ping(seq))));

/** What a router says of an echo request that the next link does not take: https://www.rfc-editor.org/rfc/rfc1191#section-4 */
const tooBig = seven.map((seq) => {
  const quoted = echoRequest(ping(seq)).subarray(14, 14 + 28);
  const said = icmp(3, 4, bytes(be16(0), be16(1400)), quoted);
  return at(seq * 100 + 0.03, ethernet(0x0800, ipv4({ source: '10.0.0.1', target: '10.0.0.224', protocol: 1 }, said)));
});

const API = { node: 'ip-10-0-10-69' };
const PINGED: Partial<Sent> = {
  node: 'dev-master-1',
  to: '10.39.0.107',
  source: '10.0.0.224',
  port: null,
  mark: { proto: 'icmp', totalLength: 77 },
};
const on = (node: string, device: string, onWay?: boolean): CapturePoint =>
  point(device, { node, ...(onWay === undefined ? {} : { onWay }) });
const UPLINK = on('dev-slave-110', 'eth0');
const VETH = on('dev-slave-110', 'cali1234abcdef1');
const [TUNNEL, WIRE, BRIDGE] = [
  on('kylin-19', 'flannel.1', true),
  on('kylin-19', 'ens192', false),
  on('kylin-19', 'cni0', true),
];

/** Three name lookups of a pod, as it asks them and as the node sends them on to the pod behind the service. */
const lookups = [1, 2, 3].map((id): Lookup => ({ id, ipId: 0x1000 + id }));
const onwards = lookups.map((one): Lookup => ({ ...one, target: DNS_POD }));
const asked = (all: readonly Lookup[], ms = 0): Written[] => all.map((one, index) => at(ms + index * 20, query(one)));
const told = (all: readonly Lookup[], how = {}): Written[] =>
  all.map((one, index) => at(1.2 + index * 20, dnsAnswer(one, how)));
const LOOKED_UP: Partial<Sent> = {
  node: '',
  source: null,
  to: DNS_SERVICE,
  port: 53,
  behind: [DNS_POD],
  count: 3,
  mark: { proto: 'dns', firstId: 0, lastId: 65_535, totalLength: 0 },
  by: 'user',
};

const again = (packets: readonly Written[]): Written[] =>
  packets.map((one) => ({ ...one, at: (one.at ?? 0) + 1_000_000 }));

/** A watch of these points, as a picture takes it. */
export function watched(
  points: readonly CapturePoint[],
  pcaps: readonly Captured[],
  sent: Sent,
  counters: Drawable['counters'] = [],
): Drawable {
  return { story: story(points, pcaps, sent), sent, counters };
}

/** What a kernel counter says, read beside seven packets in two rounds. */
export function rise(counter: string, verdict: 'exact' | 'consistent' | 'ambiguous'): Drawable['counters'][number] {
  return { counter, rounds: [4, 3], quiet: 0, verdict, command: 'nstat -asz', line: '', output: null };
}

/** Healthy stories and sick ones, in equal number. */
export const HEALTHY = {
  'kubelet answers': watched([ETH0, ETH1], [captured(syns, synAcks), NOTHING], sentSyns(7, API)),
  'pod answers': watched([UPLINK, VETH], [captured(pings, replies), captured(pings, replies)], sentSyns(7, PINGED)),
  'pod behind a tunnel answers': watched(
    [WIRE, TUNNEL, BRIDGE],
    [captured(pings, replies), captured(pings, replies), captured(pings, replies)],
    sentSyns(7, { ...PINGED, node: 'kylin-21' }),
  ),
  'pod of another node answers this one': watched(
    [TUNNEL, WIRE],
    [captured(pings, replies), captured(pings, replies)],
    sentSyns(7, { ...PINGED, from: 'subject', node: 'kylin-19' }),
  ),
  'answers take another way and arrive': watched([ETH0, ETH1], [captured(syns), captured(synAcks)], sentSyns(7, API)),
  'one device was not seen, and all is answered': watched(
    [ETH0, ETH1],
    [captured(syns, synAcks), { ...NOTHING, gap: 'denied' }],
    sentSyns(7, API),
  ),
  'the sender alone saw the answers': watched([UPLINK, VETH], [NOTHING, NOTHING], sentSyns(7, PINGED)),
  'too big at first, then made smaller': watched([UPLINK], [captured(pings, tooBig, replies)], sentSyns(7, PINGED)),
  'refused by nobody, in two rounds': watched([ETH0], [captured(syns, synAcks, again(syns))], sentSyns(7, API)),
  'a pod of one interface answers': watched(
    [on('ip-172-31-53-61', 'eth1'), on('ip-172-31-53-61', 'eni10574b2dfef'), on('ip-172-31-53-61', 'eth0')],
    [captured(syns, synAcks), captured(syns, synAcks), NOTHING],
    sentSyns(7, API),
  ),
  'lookups of people are answered': watched(
    [VETH, UPLINK],
    [captured(asked(lookups), told(lookups)), captured(asked(onwards, 0.1), told(onwards))],
    sentSyns(3, LOOKED_UP),
  ),
  'the cluster DNS knows no such name': watched(
    [VETH],
    [captured(asked(lookups), told(lookups, { rcode: 3 }))],
    sentSyns(3, LOOKED_UP),
  ),
  'the cluster DNS answers the second time': watched(
    [VETH],
    [captured(asked(lookups), again(asked(lookups)), again(told(lookups)))],
    sentSyns(3, LOOKED_UP),
  ),
  'a counter rose by itself': watched([ETH0], [captured(syns, synAcks)], sentSyns(7, API), [
    rise('IpInDiscards', 'exact'),
  ]),
} as const;

export const SICK = {
  'answered elsewhere': watched([ETH0, ETH1], [captured(syns), captured(synAcks)], sentSyns(0, API)),
  'dropped on arrival': watched([ETH0, ETH1], [captured(syns), NOTHING], sentSyns(0, API), [
    rise('IpInDiscards', 'ambiguous'),
    rise('IpInAddrErrors', 'consistent'),
    rise('TcpExtIPReversePathFilter', 'exact'),
  ]),
  'not forwarded': watched([UPLINK, VETH], [captured(pings), NOTHING], sentSyns(0, PINGED)),
  'answers not forwarded': watched([UPLINK, VETH], [captured(pings), captured(pings, replies)], sentSyns(0, PINGED)),
  'answered elsewhere behind a pod': watched(
    [on('ip-172-31-53-61', 'eth1'), on('ip-172-31-53-61', 'eni10574b2dfef'), on('ip-172-31-53-61', 'eth0')],
    [captured(syns), captured(syns, synAcks, again(synAcks)), captured(synAcks, again(synAcks))],
    sentSyns(0, API),
  ),
  'lost in part, and counted': watched(
    [ETH0],
    [captured(syns, synAcks.slice(0, 3))],
    sentSyns(3, {
      ...API,
      rounds: [
        { count: 4, answered: 2, mark: sentSyns(0).mark },
        { count: 3, answered: 1, mark: sentSyns(0).mark },
      ],
    }),
    [
      { ...rise('IpInDiscards', 'consistent'), quiet: 1 },
      { ...rise('TcpExtListenDrops', 'ambiguous'), rounds: [2, 2] },
    ],
  ),
  'never arrived': watched([ETH0, ETH1], [NOTHING, NOTHING], sentSyns(0, API)),
  'answers not taken': watched(
    [TUNNEL, WIRE],
    [captured(syns, synAcks, again(syns), again(synAcks)), captured(syns, synAcks, again(syns), again(synAcks))],
    sentSyns(0, { from: 'subject', node: 'kylin-19' }),
  ),
  'seen by one of two': watched([ETH0, ETH1], [captured(syns), { ...NOTHING, gap: 'denied' }], sentSyns(0, API)),
  'too big for a link': watched([UPLINK], [captured(pings, tooBig)], sentSyns(0, PINGED)),
  'lookups not answered, and sent again': watched(
    [VETH, UPLINK],
    [captured(asked(lookups), again(asked(lookups))), captured(asked(onwards, 0.1), again(asked(onwards, 0.1)))],
    sentSyns(0, LOOKED_UP),
  ),
  'lookups refused by the server': watched(
    [VETH],
    [captured(asked(lookups), told(lookups, { rcode: 2 }))],
    sentSyns(0, LOOKED_UP),
  ),
  'lookups answered by somebody else': watched(
    [VETH, on('dev-slave-110', 'cali5678efab')],
    [captured(asked(lookups), told(onwards)), captured(asked(onwards, 0.1), told(onwards))],
    sentSyns(0, LOOKED_UP),
  ),
  'refused, answered and lost': watched(
    [ETH0],
    [captured(syns.slice(0, 6), synAcks.slice(0, 2), refusals.slice(2, 3))],
    sentSyns(2, API),
  ),
} as const;
