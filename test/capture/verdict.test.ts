import { describe, expect, test } from 'vitest';
import { type Captured, headersOnly, interpret, story } from '../../src/capture/index.ts';
import type { CaptureStory, Sent } from '../../src/model/index.ts';
import { be16, be32, bytes, ethernet, geneve, icmp, ipv4, ipv6, pcap, tcp, udp, vxlan, type Written } from './build.ts';
import {
  at,
  CLIENT,
  echoReply,
  echoRequest,
  ETH0,
  ETH1,
  FIRST_PORT,
  isn,
  KUBELET,
  NODE,
  type Ping,
  point,
  ports,
  refused,
  sentSyns,
  syn,
  synAck,
  unreachable,
} from './talk.ts';

const EMPTY: Captured = { pcap: pcap([]) };
const ROUTER = '10.0.10.1';
const LENGTH = 1472;

function capture(...packets: readonly (Uint8Array | Written)[]): Captured {
  return { pcap: headersOnly(pcap(packets)) };
}

function said(tale: CaptureStory): string {
  return interpret(tale)
    .map((span) => Object.values(span)[0])
    .join('');
}

const pings = [1, 2, 3].map((seq): Ping => ({ source: CLIENT, target: '10.39.0.107', id: 7, seq, length: LENGTH }));
const pinged = (answered: number, more: Partial<Sent> = {}): Sent =>
  sentSyns(answered, {
    to: '10.39.0.107',
    port: null,
    count: 3,
    mark: { proto: 'icmp', totalLength: LENGTH },
    ...more,
  });

/** An ICMP error of a router about an echo request; `rest` are the four bytes that depend on the type. */
function complaint(ping: Ping, type: number, code: number, rest: Uint8Array, router = ROUTER): Uint8Array {
  const quoted = echoRequest(ping).subarray(14, 14 + 28);
  return ethernet(0x0800, ipv4({ source: router, target: CLIENT, protocol: 1 }, icmp(type, code, rest, quoted)));
}

const tooBig = (ping: Ping, mtu = 1400, router = ROUTER): Uint8Array =>
  complaint(ping, 3, 4, bytes(be16(0), be16(mtu)), router);

describe('too big', () => {
  test('a router says so of every packet, and names what the next link takes', () => {
    const tale = story([ETH0], [capture(...pings.flatMap((ping) => [echoRequest(ping), tooBig(ping)]))], pinged(0));
    expect(tale).toMatchObject({ fate: 'too-big', mtu: 1400, refusalsAt: [3], requestsAt: [3] });
    expect(tale.flows[0]).toMatchObject({ refusals: [1], tooBig: [1] });
    expect(tale.ladder[1]).toMatchObject({ kind: 'icmp-error', flow: 0, error: { says: 'too-big', mtu: 1400 } });
    expect(said(tale)).toBe(
      '3 of 3 echo requests arrived on eth0; all 3 ICMP errors were seen on eth0. ' +
        '10.0.10.1 says that they are too big: the next link takes 1400 bytes.',
    );
  });

  test('an old router names no MTU; one that no link has is not believed', () => {
    for (const mtu of [0, 67]) {
      const tale = story(
        [ETH0],
        [capture(...pings.flatMap((ping) => [echoRequest(ping), tooBig(ping, mtu)]))],
        pinged(0),
      );
      expect(tale.fate).toBe('too-big');
      expect(tale).not.toHaveProperty('mtu');
      expect(said(tale)).toContain('10.0.10.1 says that they are too big for the next link.');
    }
  });

  test('of two routers the narrower link counts', () => {
    const both = pings.flatMap((ping) => [echoRequest(ping), tooBig(ping), tooBig(ping, 1280, '10.0.20.1')]);
    expect(story([ETH0], [capture(...both)], pinged(0)).mtu).toBe(1280);
  });

  test('something else said as well: refused', () => {
    const both = pings.flatMap((ping) => [echoRequest(ping), tooBig(ping), complaint(ping, 3, 13, be32(0))]);
    expect(story([ETH0], [capture(...both)], pinged(0)).fate).toBe('refused');
  });

  test('answered none the less, because the sender made them smaller: answered', () => {
    const healed = pings.flatMap((ping) => [echoRequest(ping), tooBig(ping), echoReply(ping)]);
    expect(story([ETH0], [capture(...healed)], pinged(3)).fate).toBe('answered');
  });

  test('said of somebody else’s packets: not ours', () => {
    const others = pings.map((ping) => tooBig({ ...ping, id: 8 }));
    const tale = story([ETH0], [capture(...pings.map(echoRequest), ...others)], pinged(0));
    expect(tale).toMatchObject({ fate: 'arrived-not-answered', refusalsAt: [0] });
    expect(tale.flows[0]).not.toHaveProperty('tooBig');
  });

  test('said on the underlay of a tunnel, of the packet inside', () => {
    const outer = { source: '172.31.0.1', target: '172.31.0.2', protocol: 17 };
    const wrapped = (ping: Ping) => ipv4(outer, udp(50_000, 8472, vxlan(1, echoRequest(ping))));
    const complaints = pings.map((ping) =>
      ethernet(
        0x0800,
        ipv4(
          { source: '172.31.0.9', target: '172.31.0.1', protocol: 1 },
          icmp(3, 4, bytes(be16(0), be16(1450)), wrapped(ping).subarray(0, 128)),
        ),
      ),
    );
    const wire = capture(...pings.map((ping) => ethernet(0x0800, wrapped(ping))), ...complaints);
    expect(story([ETH0], [wire], pinged(0))).toMatchObject({ fate: 'too-big', mtu: 1450, requestsAt: [3] });
  });

  test('of version 6', () => {
    const [source, target] = ['fd00:0:0:1:0:0:0:69', 'fd00:0:0:0:0:0:0:1'] as const;
    const segment = tcp({ sourcePort: FIRST_PORT, targetPort: KUBELET, flags: 2, sequence: isn(FIRST_PORT) });
    const asked = ipv6(source, target, 6, segment);
    const error = ipv6('fd00:0:0:0:0:0:0:fe', source, 58, icmp(2, 0, be32(1280), asked));
    const sent = sentSyns(0, { count: 1, source: 'fd00:0:0:1::69', to: 'fd00::1' });
    const tale = story([ETH0], [capture(ethernet(0x86dd, asked), ethernet(0x86dd, error))], sent);
    expect(tale).toMatchObject({ fate: 'too-big', mtu: 1280 });
  });
});

describe('refused, and by whose word', () => {
  const asked = ports().map((port) => syn(port));

  test('a host that is unreachable', () => {
    const tale = story([ETH0], [capture(...asked, ...ports().map((port) => unreachable(port, ROUTER)))], sentSyns(0));
    expect(tale.fate).toBe('refused');
    expect(said(tale)).toContain('all 7 refusals were seen on eth0. 10.0.10.1 says that the target is unreachable.');
  });

  test.each([
    [3, 0, 'unreachable', 'the target is unreachable'],
    [3, 3, 'port-unreachable', 'the port is unreachable'],
    [3, 10, 'prohibited', 'this is prohibited'],
    [3, 13, 'prohibited', 'this is prohibited'],
    [11, 0, 'time-exceeded', 'their time to live ran out on the way'],
    [12, 0, 'other', null],
  ])('type %i, code %i', (type, code, says, words) => {
    const errors = pings.flatMap((ping) => [echoRequest(ping), complaint(ping, type, code, be32(0))]);
    const tale = story([ETH0], [capture(...errors)], pinged(0));
    expect(tale.ladder.find(({ kind }) => kind === 'icmp-error')?.error).toEqual({ says });
    expect(tale.fate).toBe('refused');
    expect(said(tale).includes('says that')).toBe(words !== null);
    expect(said(tale)).toContain(words ?? 'ICMP errors were seen');
  });

  test.each([
    [1, 0, 'unreachable'],
    [1, 1, 'prohibited'],
    [1, 4, 'port-unreachable'],
    [3, 0, 'time-exceeded'],
    [4, 0, 'other'],
  ])('of version 6: type %i, code %i', (type, code, says) => {
    const [source, target] = ['fd00:0:0:1:0:0:0:69', 'fd00:0:0:0:0:0:0:1'] as const;
    const segment = tcp({ sourcePort: FIRST_PORT, targetPort: KUBELET, flags: 2, sequence: isn(FIRST_PORT) });
    const packet = ipv6(source, target, 6, segment);
    const error = ipv6(target, source, 58, icmp(type, code, be32(0), packet));
    const sent = sentSyns(0, { count: 1, source: 'fd00:0:0:1::69', to: 'fd00::1' });
    const tale = story([ETH0], [capture(ethernet(0x86dd, packet), ethernet(0x86dd, error))], sent);
    expect(tale).toMatchObject({ fate: 'refused', ladder: [{}, { error: { says } }] });
  });

  test('by RST nobody else has a word', () => {
    const tale = story([ETH0], [capture(...asked, ...ports().map((port) => refused(port)))], sentSyns(0));
    expect(said(tale)).not.toContain('says');
    expect(tale.ladder.some((sighting) => 'error' in sighting)).toBe(false);
  });
});

describe('retransmissions', () => {
  const one = sentSyns(0, { count: 1 });
  const again = (ms: number, packet: Uint8Array) => at(ms, packet);

  test('of requests and of answers are marked, and counted apart', () => {
    const [first = 0] = ports();
    const here = capture(
      again(0, syn(first)),
      again(1, synAck(first)),
      again(1000, syn(first)),
      again(1001, synAck(first)),
      again(3001, synAck(first)),
    );
    const tale = story([ETH0, ETH1], [here, EMPTY], one);
    expect(tale.flows[0]).toMatchObject({
      requests: [2, 0],
      answers: [3, 0],
      again: { requests: [1, 0], answers: [2, 0] },
    });
    expect(tale.ladder.map(({ kind, again: more }) => [kind, more])).toEqual([
      ['SYN', undefined],
      ['SYN-ACK', undefined],
      ['SYN', true],
      ['SYN-ACK', true],
      ['SYN-ACK', true],
    ]);
  });

  test('are none at another point, nor in another flow, nor as another answer', () => {
    const here = capture(...ports().flatMap((port) => [syn(port), synAck(port)]));
    const tale = story([ETH0, ETH1], [here, here], sentSyns(7));
    expect(tale.ladder.some(({ again: more }) => more)).toBe(false);
    expect(tale.flows.some((flow) => 'again' in flow)).toBe(false);
  });

  test('are no doubles of a cooked capture', () => {
    const [first = 0] = ports();
    const tale = story([point('any')], [capture(again(0, syn(first)), again(0.01, syn(first)))], one);
    expect(tale.flows[0]).toEqual({
      flow: `${CLIENT}:${first} > ${NODE}:${KUBELET}`,
      requests: [1],
      answers: [0],
      refusals: [0],
    });
  });
});

describe('what carried a packet', () => {
  const outer = { source: '172.31.0.1', target: '172.31.0.2' };
  const [first = 0] = ports();
  test.each([
    ['vxlan', ipv4({ ...outer, protocol: 17 }, udp(1, 8472, vxlan(9, syn(first)))), { by: 'vxlan', vni: 9 }],
    ['geneve', ipv4({ ...outer, protocol: 17 }, udp(1, 6081, geneve(0, 0x6558, syn(first)))), { by: 'geneve', vni: 0 }],
    ['ipip', ipv4({ ...outer, protocol: 4 }, syn(first).subarray(14)), { by: 'ipip' }],
    ['nothing', syn(first).subarray(14), undefined],
  ])('%s', (_, packet, carried) => {
    const { ladder } = story([ETH0], [capture(ethernet(0x0800, packet))], sentSyns(0, { count: 1 }));
    expect(ladder).toHaveLength(1);
    expect(ladder[0]?.carried).toEqual(carried);
  });
});
