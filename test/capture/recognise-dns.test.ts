import { describe, expect, test } from 'vitest';
import { type Captured, headersOnly, interpret, ladder, story, usersStory } from '../../src/capture/index.ts';
import type { CapturePoint, CaptureStory, ExpectedTraffic, Sent } from '../../src/model/index.ts';
import { be16, bytes, ethernet, ipv4, pcap, udp, vxlan, type Written } from './build.ts';
import {
  answerRefused,
  at,
  CLIENT,
  DNS_POD,
  DNS_SERVICE,
  dnsAnswer,
  type Lookup,
  NODE,
  POD,
  point,
  query,
  queryRefused,
  sentSyns,
  syn,
} from './talk.ts';

const VETH = point('cali1234abcd');
const UPLINK = point('eth0');
const OTHER = point('eth1');
const LOOKUPS: ExpectedTraffic = { from: null, to: DNS_SERVICE, port: 53, dns: { behind: [DNS_POD] } };

const capture = (...packets: readonly Written[]): Captured => ({ pcap: headersOnly(pcap(packets)) });
const told = (points: readonly CapturePoint[], pcaps: readonly Captured[], expected = LOOKUPS) =>
  usersStory(points, pcaps, expected, 'farEnd');
const one = (more: Partial<Lookup> = {}): Lookup => ({ id: 4711, ipId: 0x1001, ...more });
/** As the node sends it on: to the pod behind the service. */
const dnat = (lookup: Lookup): Lookup => ({ ...lookup, target: DNS_POD });
/** The same from the node's own address and another port. */
const masqueraded = (lookup: Lookup): Lookup => ({ ...dnat(lookup), source: NODE, sourcePort: 1024 });

function spoken(of: CaptureStory): string {
  return interpret(of)
    .map((span) => ('code' in span ? span.code : 'text' in span ? span.text : ''))
    .join('');
}

describe('name lookups that are answered', () => {
  test('count each once: asker, server and transaction together', () => {
    const [a, aaaa] = [one(), one({ id: 4712 })];
    const {
      story: seen,
      sent,
      packets,
    } = told([VETH], [capture(at(0, query(a)), at(0.1, query(aaaa)), at(1, dnsAnswer(a)), at(1.1, dnsAnswer(aaaa)))]);
    expect(sent).toMatchObject({ by: 'user', count: 2, answered: 2, port: 53, to: DNS_SERVICE });
    expect(packets).toBe(2);
    expect(seen).toMatchObject({ fate: 'answered', requestsAt: [2], answersAt: [2], refusalsAt: [0] });
    expect(seen.flows.map(({ flow }) => flow)).toEqual([
      '10.39.0.107:40000 > 10.96.0.10:53 query 4711',
      '10.39.0.107:40000 > 10.96.0.10:53 query 4712',
    ]);
    expect(seen.ladder.map(({ kind, dns }) => [kind, dns])).toEqual([
      ['dns-query', { id: 4711 }],
      ['dns-query', { id: 4712 }],
      ['dns-answer', { id: 4711, rcode: 0 }],
      ['dns-answer', { id: 4712, rcode: 0 }],
    ]);
    expect(spoken(seen)).toBe('2 of 2 DNS queries arrived on cali1234abcd; all 2 DNS answers left by cali1234abcd.');
  });

  test('that there is no such name is an answer', () => {
    const { story: seen } = told([VETH], [capture(at(0, query(one())), at(1, dnsAnswer(one(), { rcode: 3 })))]);
    expect(seen).toMatchObject({ fate: 'answered', refusalsAt: [0] });
  });

  test.each<[string, (lookup: Lookup) => Lookup, number]>([
    ['to the pod behind the service', dnat, 0x1001],
    ['and from the address of the node, from another port', masqueraded, 0x1001],
    ['where the asker sets no IP identification', masqueraded, 0],
  ])('are followed through translation: %s', (_, outside, ipId) => {
    const asks = one({ ipId });
    const { story: seen, sent } = told(
      [VETH, UPLINK],
      [
        capture(at(0, query(asks)), at(2, dnsAnswer(asks))),
        capture(at(0.1, query(outside(asks))), at(1.9, dnsAnswer(outside(asks)))),
      ],
    );
    expect(sent).toMatchObject({ count: 1, answered: 1 });
    expect(seen).toMatchObject({ fate: 'answered', requestsAt: [1, 1], answersAt: [1, 1] });
    expect(seen.flows).toHaveLength(1);
    expect(spoken(seen)).toContain('On eth0 they go to 10.39.1.5 instead of 10.96.0.10.');
    expect(spoken(seen).includes('their source is 10.0.10.207 instead of 10.39.0.107')).toBe(outside === masqueraded);
  });

  test('are followed into a tunnel, whose outer packets have ports and lengths of their own', () => {
    const asks = one();
    const outer = { source: NODE, target: CLIENT, protocol: 17 };
    const inside = (frame: Uint8Array) => ethernet(0x0800, ipv4(outer, udp(50_000, 8472, vxlan(1, frame))));
    const { story: seen } = told(
      [VETH, UPLINK],
      [
        capture(at(0, query(asks)), at(2, dnsAnswer(asks))),
        capture(at(0.1, inside(query(dnat(asks)))), at(1.9, inside(dnsAnswer(dnat(asks))))),
      ],
    );
    expect(seen).toMatchObject({ fate: 'answered', requestsAt: [1, 1], answersAt: [1, 1] });
    expect(seen.ladder[1]).toMatchObject({ point: 1, carried: { by: 'vxlan', vni: 1 } });
  });

  test('by a server after another one had none: musl asks all of them under one transaction', () => {
    const [first, second] = [one({ ipId: 0 }), one({ ipId: 0, target: '10.0.0.2' })];
    const { sent } = told([VETH], [capture(at(0, query(first)), at(0.1, query(second)), at(1, dnsAnswer(second)))]);
    expect(sent).toMatchObject({ count: 1, answered: 1 });
  });

  test('over a bridge that translates before it passes a packet up: asked of the pod, answered by the service', () => {
    const asks = one();
    const { story: seen } = told(
      [VETH, point('cni0')],
      [
        capture(at(0, query(asks)), at(2, dnsAnswer(asks))),
        capture(at(0.1, query(dnat(asks))), at(1.9, dnsAnswer(asks))),
      ],
    );
    expect(seen).toMatchObject({ fate: 'answered', answersAt: [1, 1] });
    expect(seen.flows[0]?.astray).toBeUndefined();
  });

  test('by who was asked, after somebody else did', () => {
    const answers = [at(1, dnsAnswer(dnat(one()))), at(2, dnsAnswer(one()))];
    const { story: seen } = told([VETH], [capture(at(0, query(one())), ...answers)]);
    expect(seen).toMatchObject({ fate: 'answered', answersAt: [1] });
    expect(seen.flows[0]).toMatchObject({ astray: [1], answers: [1] });
  });

  test('in two fragments, by the first of them', () => {
    const asks = one();
    const whole = dnsAnswer(asks, { bytes: 1500 });
    const fragment = new Uint8Array(whole.subarray(0, 14 + 20 + 1480));
    fragment.set(be16(0x2000), 14 + 6);
    expect(told([VETH], [capture(at(0, query(asks)), at(1, fragment))]).story.fate).toBe('answered');
  });
});

describe('name lookups that fail', () => {
  test('and are sent again: one lookup, each time counted', () => {
    const {
      story: seen,
      sent,
      packets,
    } = told(
      [VETH, UPLINK],
      [
        capture(at(0, query(one())), at(5000, query(one({ ipId: 0x1002 })))),
        capture(at(0.1, query(dnat(one()))), at(5000.1, query(dnat(one({ ipId: 0x1002 }))))),
      ],
    );
    expect([sent.count, sent.answered, packets]).toEqual([1, 0, 2]);
    expect(seen).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [1, 1] });
    expect(seen.flows[0]).toMatchObject({ requests: [2, 2], again: { requests: [1, 1], answers: [0, 0] } });
    expect(spoken(seen)).toContain(
      '1 of 1 DNS query arrived on cali1234abcd, 1 went on to eth0; no DNS answer was seen.',
    );
  });

  test('not forwarded: from the pod, and no further', () => {
    const { story: seen } = told([VETH, UPLINK], [capture(at(0, query(one()))), capture()]);
    expect(seen).toMatchObject({ fate: 'not-forwarded', requestsAt: [1, 0] });
    expect(spoken(seen)).toContain('none went on to eth0');
  });

  test('answered, and the answer stopped at the uplink', () => {
    const { story: seen } = told(
      [VETH, UPLINK],
      [capture(at(0, query(one()))), capture(at(0.1, query(dnat(one()))), at(1, dnsAnswer(dnat(one()))))],
    );
    expect(seen).toMatchObject({ fate: 'not-forwarded', answersAt: [0, 1] });
  });

  test('answered by another interface', () => {
    const { story: seen } = told(
      [UPLINK, OTHER],
      [capture(at(0, query(dnat(one())))), capture(at(1, dnsAnswer(dnat(one()))))],
    );
    expect(seen).toMatchObject({ fate: 'answered-elsewhere', requestsAt: [1, 0], answersAt: [0, 1] });
  });

  test('answered by the pod itself instead of the service that was asked: nobody takes that', () => {
    const { story: seen, sent } = told(
      [VETH, point('cali5678efab')],
      [
        capture(at(0, query(one())), at(1, dnsAnswer(dnat(one()))), at(1.1, answerRefused(dnat(one()), POD, 3))),
        capture(at(0.1, query(dnat(one()))), at(0.9, dnsAnswer(dnat(one())))),
      ],
    );
    expect(sent).toMatchObject({ count: 1, answered: 0 });
    expect(seen).toMatchObject({ fate: 'answer-not-delivered', answersAt: [0, 1], refusalsAt: [0, 0] });
    expect(seen.flows[0]?.astray).toEqual([1, 0]);
    expect(spoken(seen)).toContain(
      '1 DNS answer came from 10.39.1.5 instead of 10.96.0.10, so the asker does not take it.',
    );
    expect(ladder(seen)).toContain('x not taken');
  });

  test.each([
    [2, 'SERVFAIL: it could not find out.'],
    [5, 'REFUSED: it does not want to answer this asker.'],
    [9, 'NOTAUTH.'],
  ])('refused by the server with code %i', (rcode, words) => {
    const { story: seen } = told([VETH], [capture(at(0, query(one())), at(1, dnsAnswer(one(), { rcode })))]);
    expect(seen).toMatchObject({ fate: 'refused', refusalsAt: [1] });
    expect(spoken(seen)).toContain(`10.96.0.10 says ${words}`);
    expect(ladder(seen)).toContain(words.split(/[:.]/)[0]);
  });

  test.each([
    ['with the transaction', 100],
    ['with what a router must quote alone', 8],
  ])('refused by ICMP, %s', (_, quotes) => {
    const { story: seen } = told(
      [VETH],
      [capture(at(0, query(one())), at(1, queryRefused(one(), DNS_SERVICE, 3, quotes)))],
    );
    expect(seen).toMatchObject({ fate: 'refused', refusalsAt: [1] });
    expect(spoken(seen)).toContain('10.96.0.10 says that the port is unreachable.');
  });

  test('cut off by the server: too big for UDP', () => {
    const { story: seen } = told([VETH], [capture(at(0, query(one())), at(1, dnsAnswer(one(), { cut: true })))]);
    expect(seen).toMatchObject({ fate: 'too-big', refusalsAt: [1] });
    expect(seen.flows[0]?.tooBig).toEqual([1]);
    expect(spoken(seen)).toContain('does not fit into one datagram: the asker has to come again by TCP.');
  });

  test('whose answer is too big for a link', () => {
    const inside = dnat(one());
    const tooBig = answerRefused(inside, '10.0.10.1', 4, bytes(be16(0), be16(1400)));
    const { story: seen } = told(
      [VETH, UPLINK],
      [capture(at(0, query(one()))), capture(at(0.1, query(inside)), at(1, dnsAnswer(inside)), at(1.1, tooBig))],
    );
    expect(seen).toMatchObject({ fate: 'too-big', mtu: 1400 });
    expect(spoken(seen)).toContain('10.0.10.1 says that the answers are too big: the next link takes 1400 bytes.');
  });
});

describe('what is not a lookup of ours', () => {
  test.each<[string, Uint8Array]>([
    ['an answer that nobody asked for', dnsAnswer(one())],
    ['a query to another server', query(one({ target: '10.0.0.2' }))],
    ['a SYN to port 53', syn(40_000, { source: POD, target: DNS_SERVICE, targetPort: 53 })],
    [
      'another datagram to port 53',
      ethernet(0x0800, ipv4({ source: POD, target: DNS_SERVICE, protocol: 17 }, udp(40_000, 53, bytes('no DNS')))),
    ],
    [
      'a query to another port',
      ethernet(
        0x0800,
        ipv4({ source: POD, target: DNS_SERVICE, protocol: 17 }, udp(40_000, 54, query(one()).subarray(42))),
      ),
    ],
  ])('%s', (_, packet) => {
    expect(told([VETH], [capture(at(0, packet))])).toMatchObject({ sent: { count: 0 }, story: { fate: 'not-sent' } });
  });

  test('answers to another transaction, another port or another asker', () => {
    const answers = [one({ id: 1 }), one({ sourcePort: 40_001 }), one({ source: '10.39.0.9' })].map((other) =>
      at(1, dnsAnswer(other)),
    );
    expect(told([VETH], [capture(at(0, query(one())), ...answers)]).story.fate).toBe('arrived-not-answered');
  });

  test('what the server asks on under the same transaction', () => {
    const asks = one();
    const on = one({ source: DNS_POD, sourcePort: 50_000, target: '10.0.0.2', ipId: 0 });
    const { story: seen } = told(
      [point('cali5678efab'), UPLINK],
      [capture(at(0, query(dnat(asks)))), capture(at(1, query(on)), at(2, dnsAnswer(on)))],
    );
    expect(seen).toMatchObject({ requestsAt: [1, 0], answersAt: [0, 0] });
  });

  test.each([
    ['the same transaction of another asker', one({ source: '10.39.0.9', ipId: 0x2002 })],
    ['what the node itself asks', one({ id: 4712, source: NODE, ipId: 0x2003 })],
  ])('%s, seen on its way out alone', (_, other) => {
    const beside = capture(at(0.1, query(dnat(other))), at(1, dnsAnswer(dnat(other))));
    const { story: seen, sent } = told([VETH, UPLINK], [capture(at(0, query(one()))), beside]);
    expect(sent).toMatchObject({ count: 1, answered: 0 });
    expect(seen.flows.map(({ requests, answers }) => [requests, answers])).toEqual([
      [
        [1, 0],
        [0, 0],
      ],
    ]);
  });

  test('anything, where only others asked', () => {
    const other = dnat(one({ source: NODE }));
    const beside = capture(at(0, query(other)), at(1, dnsAnswer(other)));
    expect(told([VETH, UPLINK], [capture(), beside]).story.fate).toBe('not-sent');
    const blind = told([VETH, UPLINK], [{ ...capture(), gap: 'truncated' }, beside]);
    expect(blind.sent).toMatchObject({ count: 1, answered: 1 });
  });

  test('lookups of others where the asker is known', () => {
    const { sent } = told([VETH], [capture(at(0, query(one())), at(1, query(one({ source: '10.39.0.9' }))))], {
      ...LOOKUPS,
      from: POD,
    });
    expect(sent.count).toBe(1);
  });

  test('an error about another transaction, and one of the asker about an answer', () => {
    const errors = [queryRefused(one({ id: 9 }), DNS_SERVICE), answerRefused(one(), POD, 3)];
    const { story: seen } = told([VETH], [capture(at(0, query(one())), ...errors.map((packet) => at(1, packet)))]);
    expect(seen).toMatchObject({ fate: 'arrived-not-answered', refusalsAt: [0] });
  });
});

describe('marked lookups', () => {
  const sent = (answered: number, more: Partial<Sent> = {}): Sent =>
    sentSyns(answered, {
      node: 'ip-10-0-10-207',
      source: null,
      to: DNS_SERVICE,
      port: 53,
      count: 3,
      mark: { proto: 'dns', firstId: 0x7101, lastId: 0x7103, totalLength: 83 },
      ...more,
    });
  const marked = [0x7101, 0x7102, 0x7103].map((id, index) => one({ id, sourcePort: 45_000 + index, source: NODE }));

  test('are told from others by transaction and length together, and followed to the pod', () => {
    const others = [
      query(one({ id: 0x7104 })),
      query(one({ id: 0x7102, source: POD, name: ['shorter'] })),
      query(one({ id: 0x7100 })),
    ];
    const seen = story(
      [UPLINK],
      [
        capture(
          ...marked.map((lookup, index) => at(index, query(dnat(lookup)))),
          ...others.map((packet) => at(4, packet)),
          ...marked.map((lookup, index) => at(5 + index, dnsAnswer(dnat(lookup)))),
        ),
      ],
      sent(3),
    );
    expect(seen).toMatchObject({ fate: 'answered', requestsAt: [3], answersAt: [3] });
  });

  test('that are lost on their way back', () => {
    const seen = story([UPLINK], [capture(...marked.map((lookup) => at(1, query(dnat(lookup)))))], sent(0));
    expect(seen).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [3], answersAt: [0] });
  });

  test('that came back, and the sender took none', () => {
    const packets = marked.flatMap((lookup) => [at(1, query(dnat(lookup))), at(2, dnsAnswer(dnat(lookup)))]);
    expect(story([UPLINK], [capture(...packets)], sent(0)).fate).toBe('answer-not-delivered');
  });

  test('that nobody saw', () => {
    expect(story([UPLINK], [capture()], sent(0)).fate).toBe('never-arrived');
  });
});
