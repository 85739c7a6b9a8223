import { describe, expect, test } from 'vitest';
import { type Captured, headersOnly, story } from '../../src/capture/index.ts';
import type { CapturePoint, Sent } from '../../src/model/index.ts';
import { be32, bytes, ethernet, icmp, ipv4, pcap, sll2, tcp, type Written } from './build.ts';
import {
  acknowledgement,
  at,
  CLIENT,
  echoReply,
  echoRequest,
  ETH0,
  ETH1,
  FIRST_PORT,
  NODE,
  type Ping,
  point,
  ports,
  refused,
  reply,
  sentSyns,
  syn,
  synAck,
  unreachable,
} from './talk.ts';

const EMPTY: Captured = { pcap: pcap([]) };
const VETH = point('cali1234abcd');

function capture(...packets: readonly (Uint8Array | Written)[]): Captured {
  return { pcap: pcap(packets) };
}

function requests(among: readonly number[] = ports()): Written[] {
  return among.map((port, index) => at(index * 50, syn(port)));
}

function answers(among: readonly number[] = ports()): Written[] {
  return among.map((port, index) => at(index * 50 + 1, synAck(port)));
}

describe('the fate of seven marked SYNs', () => {
  test('answered: the whole handshake on eth0, eth1 silent', () => {
    const shaken = ports().map((port, index) => at(index * 50 + 2, acknowledgement(port)));
    const told = story([ETH0, ETH1], [capture(...requests(), ...answers(), ...shaken), EMPTY], sentSyns(7));
    expect(told).toMatchObject({ fate: 'answered', requestsAt: [7, 0], answersAt: [7, 0], refusalsAt: [0, 0] });
    expect(told.ladder.slice(0, 3).map(({ kind, flow }) => [kind, flow])).toEqual([
      ['SYN', 0],
      ['SYN-ACK', 0],
      ['ACK', 0],
    ]);
    expect(told).not.toHaveProperty('unseen');
  });

  test('answered elsewhere: requests on eth0, answers on eth1', () => {
    const told = story([ETH0, ETH1], [capture(...requests()), capture(...answers())], sentSyns(0));
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
  });

  test('answered by another way, which the sender does not mind: answered', () => {
    const told = story([ETH0, ETH1], [capture(...requests()), capture(...answers())], sentSyns(7));
    expect(told).toMatchObject({ fate: 'answered', answersAt: [0, 7] });
  });

  test('arrived, not answered', () => {
    const told = story([ETH0, ETH1], [capture(...requests()), EMPTY], sentSyns(0));
    expect(told).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [7, 0], answersAt: [0, 0] });
  });

  test('arrived at the pod, not answered; and answered by the pod', () => {
    const both = [capture(...requests()), capture(...requests())];
    expect(story([ETH0, VETH], both, sentSyns(0)).fate).toBe('arrived-not-answered');
    const whole = capture(...requests(), ...answers());
    expect(story([ETH0, VETH], [whole, whole], sentSyns(7))).toMatchObject({ fate: 'answered', answersAt: [7, 7] });
  });

  test('not forwarded: on the uplink, not on the host-side veth', () => {
    expect(story([ETH0, VETH], [capture(...requests()), EMPTY], sentSyns(0)).fate).toBe('not-forwarded');
  });

  test('answers that come back from the pod and go no further are not forwarded either', () => {
    const told = story([ETH0, VETH], [capture(...requests()), capture(...requests(), ...answers())], sentSyns(0));
    expect(told).toMatchObject({ fate: 'not-forwarded', answersAt: [0, 7] });
  });

  test('never arrived', () => {
    expect(story([ETH0, ETH1], [EMPTY, EMPTY], sentSyns(0))).toMatchObject({ fate: 'never-arrived', flows: [] });
  });

  test('refused by RST, by an ICMP error', () => {
    const rst = capture(...requests(), ...ports().map((port) => refused(port)));
    expect(story([ETH0, ETH1], [rst, EMPTY], sentSyns(0))).toMatchObject({ fate: 'refused', refusalsAt: [7, 0] });
    const icmp = capture(...requests(), ...ports().map((port) => unreachable(port, '10.0.10.1')));
    expect(story([ETH0, ETH1], [icmp, EMPTY], sentSyns(0))).toMatchObject({ fate: 'refused', refusalsAt: [7, 0] });
  });

  test('a RST that closes an answered connection refuses nothing', () => {
    const closed = ports().map((port, index) => at(index * 50 + 9, reply(port, 0x14, 78)));
    const told = story([ETH0, ETH1], [capture(...requests(), ...answers(), ...closed), EMPTY], sentSyns(7));
    expect(told).toMatchObject({ fate: 'answered', refusalsAt: [0, 0] });
  });

  test('nothing was sent', () => {
    expect(story([ETH0], [EMPTY], sentSyns(0, { count: 0 })).fate).toBe('not-sent');
  });

  test('requests that come in at the second point are judged from there', () => {
    const told = story([ETH0, ETH1], [EMPTY, capture(...requests(), ...answers())], sentSyns(7));
    expect(told).toMatchObject({ fate: 'answered', requestsAt: [0, 7], answersAt: [0, 7] });
    expect(story([ETH0, ETH1], [EMPTY, capture(...requests())], sentSyns(0)).fate).toBe('arrived-not-answered');
  });
});

describe('not all alike', () => {
  const some = (count: number) => ports().slice(0, count);

  test('six of seven share a fate: it is the fate; five do not', () => {
    const six = story([ETH0, ETH1], [capture(...requests()), capture(...answers(some(6)))], sentSyns(0));
    expect(six).toMatchObject({ fate: 'answered-elsewhere', answersAt: [0, 6] });
    const five = story([ETH0, ETH1], [capture(...requests()), capture(...answers(some(5)))], sentSyns(0));
    expect(five).toMatchObject({ fate: 'mixed', answersAt: [0, 5] });
  });

  test('six of seven answered is not answered', () => {
    const told = story([ETH0, ETH1], [capture(...requests(), ...answers(some(6))), EMPTY], sentSyns(6));
    expect(told.fate).toBe('mixed');
  });

  test('one of seven answered does not hide the fate of the six', () => {
    const told = story(
      [ETH0, ETH1],
      [capture(...requests(), ...answers(some(1))), capture(...answers(ports().slice(1)))],
      sentSyns(1),
    );
    expect(told.fate).toBe('answered-elsewhere');
  });

  test('answers that left by the right way and never reached the sender are mixed, not answered', () => {
    const told = story([ETH0, ETH1], [capture(...requests(), ...answers()), EMPTY], sentSyns(0));
    expect(told).toMatchObject({ fate: 'mixed', answersAt: [7, 0], answered: 0 });
  });

  test('more answered than the captures show: the sender is believed', () => {
    const told = story([ETH0, ETH1], [capture(...requests()), capture(...answers())], sentSyns(3));
    expect(told).toMatchObject({ fate: 'mixed', answersAt: [0, 7], answered: 3 });
  });

  test('the sender got answers that no capture saw: answered', () => {
    expect(story([ETH0], [EMPTY], sentSyns(7)).fate).toBe('answered');
  });

  test('seven sent, two seen: the other five never arrived, no majority', () => {
    const told = story([ETH0, ETH1], [capture(...requests(some(2))), EMPTY], sentSyns(0));
    expect(told).toMatchObject({ fate: 'mixed', requestsAt: [2, 0] });
  });
});

describe('the same packet more than once', () => {
  test('retransmissions count for their flow, not as more flows', () => {
    const again = ports().flatMap((port) => [at(0, syn(port)), at(1000, syn(port)), at(3000, syn(port))]);
    const told = story([ETH0, ETH1], [capture(...again), EMPTY], sentSyns(0));
    expect(told).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [7, 0] });
    expect(told.flows[0]?.requests).toEqual([3, 0]);
  });

  test('one packet on two devices of a cooked capture is one', () => {
    const cooked = (packet: Uint8Array, device: number) => sll2(0x0800, device, packet.subarray(14));
    const twice = ports().flatMap((port, index) =>
      [2, 5].map((device) => at(index * 50 + device / 100, cooked(syn(port), device))),
    );
    const told = story([point('any')], [{ pcap: pcap(twice, { linkType: 276 }) }], sentSyns(0));
    expect(told.requestsAt).toEqual([7]);
    expect(told.flows[0]?.requests).toEqual([1]);
    expect(told.ladder).toHaveLength(7);
  });
});

describe('other people between the same hosts', () => {
  test('other source ports, other target ports, other targets are ignored', () => {
    const others = capture(
      syn(40_000),
      synAck(40_000),
      syn(FIRST_PORT, { targetPort: 443 }),
      syn(FIRST_PORT, { target: '10.0.10.99', source: '10.0.10.98' }),
    );
    expect(story([ETH0, ETH1], [others, EMPTY], sentSyns(0))).toMatchObject({ fate: 'never-arrived', ladder: [] });
  });

  test('another client that happens to use a marked port is not ours', () => {
    const stranger = { source: '10.0.10.99', translatedPort: FIRST_PORT };
    const both = capture(...requests(), at(400, syn(50_000, stranger)), at(401, synAck(50_000, stranger)));
    const told = story([ETH0, ETH1], [both, EMPTY], sentSyns(0));
    expect(told).toMatchObject({ requestsAt: [7, 0], answersAt: [0, 0], fate: 'arrived-not-answered' });
  });

  test('an answer to an older connection from the same port is no answer', () => {
    const old = ports().map((port) => synAck(port + 1000, { translatedPort: port }));
    const told = story([ETH0, ETH1], [capture(...requests(), ...old), EMPTY], sentSyns(0));
    expect(told).toMatchObject({ answersAt: [0, 0], fate: 'arrived-not-answered' });
  });
});

describe('sequence numbers', () => {
  const last = { sourcePort: FIRST_PORT, targetPort: 10_250, flags: 2, sequence: 0xffff_ffff };
  const back = { sourcePort: 10_250, targetPort: FIRST_PORT, flags: 0x12, acknowledged: 0 };
  const over = (source: string, target: string, segment: Uint8Array) =>
    ethernet(0x0800, ipv4({ source, target, protocol: 6 }, segment));

  test('the one after 2³² − 1 is 0', () => {
    const both = capture(over(CLIENT, NODE, tcp(last)), over(NODE, CLIENT, tcp(back)));
    expect(story([ETH0], [both], sentSyns(1, { count: 1 }))).toMatchObject({ fate: 'answered', answersAt: [1] });
  });

  test('an ICMP error about somebody else with the same number is not ours', () => {
    const theirs = ipv4(
      { source: '10.9.9.9', target: '10.8.8.8', protocol: 6, length: 60 },
      tcp({ ...last, sourcePort: 40_000 }).subarray(0, 8),
    );
    const error = ethernet(
      0x0800,
      ipv4({ source: '10.0.10.1', target: CLIENT, protocol: 1 }, icmp(3, 1, be32(0), theirs)),
    );
    const told = story([ETH0], [capture(over(CLIENT, NODE, tcp(last)), error)], sentSyns(0, { count: 1 }));
    expect(told).toMatchObject({ fate: 'arrived-not-answered', refusalsAt: [0] });
  });
});

describe('address translation', () => {
  test('a masqueraded source with another port is the same flow', () => {
    const between = (port: number) => ({ source: '10.0.10.1', translatedPort: port + 20_000 });
    const inside = ports().flatMap((port) => [syn(port, between(port)), synAck(port, between(port))]);
    const told = story([ETH0, VETH], [capture(...requests(), ...answers()), capture(...inside)], sentSyns(7));
    expect(told).toMatchObject({ fate: 'answered', requestsAt: [7, 7], answersAt: [7, 7] });
    expect(told.ladder.filter(({ source }) => source === '10.0.10.1')).toHaveLength(7);
  });

  test('a service address that becomes a pod with another port is the same flow', () => {
    const pod = { target: '192.168.1.7', targetPort: 8443 };
    const inside = ports().map((port) => syn(port, pod));
    const told = story([ETH0, VETH], [capture(...requests()), capture(...inside)], sentSyns(0));
    expect(told).toMatchObject({ requestsAt: [7, 7], fate: 'arrived-not-answered' });
  });

  test('a source that was translated before the first point is still recognised', () => {
    const outside = ports().flatMap((port) => [
      syn(port, { source: '10.0.0.9' }),
      synAck(port, { source: '10.0.0.9' }),
    ]);
    const told = story([ETH0, ETH1], [capture(...outside), EMPTY], sentSyns(7));
    expect(told).toMatchObject({ requestsAt: [7, 0], answersAt: [7, 0] });
    expect(told.flows[0]?.flow).toBe('10.0.0.9:33201 > 10.0.10.207:10250');
  });

  test('answers without any request in sight keep their flow', () => {
    const told = story([ETH0, ETH1], [{ ...EMPTY, gap: 'timed-out' }, capture(...answers())], sentSyns(0));
    expect(told).toMatchObject({ requestsAt: [0, 0], answersAt: [0, 7], fate: 'mixed' });
    expect(told.flows[0]?.flow).toBe('10.0.10.69:33201 > 10.0.10.207:10250');
  });
});

describe('captures that are not whole', () => {
  test('what a cut capture does not show proves nothing', () => {
    const cut = { pcap: pcap(answers()).subarray(0, -3) };
    const told = story([ETH0, ETH1], [capture(...requests()), cut], sentSyns(0));
    expect(told).toMatchObject({ unseen: [{ point: 1, gap: 'truncated' }], answersAt: [0, 6] });
    const none = story([ETH0, ETH1], [capture(...requests()), { ...EMPTY, gap: 'denied' }], sentSyns(0));
    expect(none).toMatchObject({ unseen: [{ point: 1, gap: 'denied' }], fate: 'mixed' });
    const noArrival = story([ETH0], [{ pcap: new Uint8Array(0), gap: 'not-installed' }], sentSyns(0));
    expect(noArrival).toMatchObject({ unseen: [{ point: 0, gap: 'not-installed' }], fate: 'mixed' });
  });

  test('nor does a gap where the requests came in, or where they should have gone on', () => {
    const requested = { ...capture(...requests()), gap: 'truncated' as const };
    expect(story([ETH0, ETH1], [requested, capture(...answers())], sentSyns(0)).fate).toBe('mixed');
    const deaf = { ...EMPTY, gap: 'timed-out' as const };
    expect(story([ETH0, VETH], [capture(...requests()), deaf], sentSyns(0)).fate).toBe('mixed');
  });

  test('what it shows counts', () => {
    const cut = { ...capture(...answers()), gap: 'truncated' as const };
    expect(story([ETH0, ETH1], [capture(...requests()), cut], sentSyns(0))).toMatchObject({
      answersAt: [0, 7],
      unseen: [{ point: 1, gap: 'truncated' }],
      fate: 'mixed',
    });
    const all = { ...capture(...requests(), ...ports().map((port) => refused(port))), gap: 'truncated' as const };
    expect(story([ETH0, ETH1], [all, EMPTY], sentSyns(0)).fate).toBe('refused');
  });

  test('a missing capture is not recorded, bytes that are no pcap are unparsable', () => {
    expect(story([ETH0, ETH1], [capture(...requests())], sentSyns(0)).unseen).toEqual([
      { point: 1, gap: 'not-recorded' },
    ]);
    const text = { pcap: bytes('tcpdump: eth1: No such device exists') };
    expect(story([ETH0, ETH1], [capture(...requests()), text], sentSyns(0)).unseen).toEqual([
      { point: 1, gap: 'unparsable' },
    ]);
  });
});

describe('marked echo requests', () => {
  const POD = '10.39.0.107';
  const OUTSIDE = '8.8.8.8';
  const pings = [1, 2, 3, 4, 5].map((seq): Ping => ({
    source: POD,
    target: OUTSIDE,
    id: 7,
    seq,
    length: 77,
    ipId: 900 + seq,
  }));
  const sent: Sent = {
    from: 'subject',
    node: 'knode1',
    source: POD,
    to: OUTSIDE,
    port: null,
    count: 5,
    answered: 0,
    mark: { proto: 'icmp', totalLength: 77 },
  };
  const masqueraded = pings.map((ping) => ({ ...ping, source: '192.168.4.25', id: 40_000 + ping.seq }));
  const toPod = { ...sent, source: OUTSIDE, to: POD };
  const inward = pings.map((ping) => ({ ...ping, source: OUTSIDE, target: POD }));
  const whole = (among: readonly Ping[]) => capture(...among.map(echoRequest), ...among.map(echoReply));

  test('to a pod: on the uplink only is not forwarded', () => {
    const told = story([ETH0, VETH], [capture(...inward.map(echoRequest)), EMPTY], toPod);
    expect(told).toMatchObject({ fate: 'not-forwarded', requestsAt: [5, 0] });
    expect(told.flows[0]?.flow).toBe('8.8.8.8 > 10.39.0.107 echo 7/1');
  });

  test('to a pod: answered', () => {
    expect(story([ETH0, VETH], [whole(inward), whole(inward)], { ...toPod, answered: 5 })).toMatchObject({
      fate: 'answered',
      requestsAt: [5, 5],
      answersAt: [5, 5],
    });
  });

  test('from a pod: replies reach the uplink, translated, and are not forwarded to the pod', () => {
    const told = story([VETH, ETH0], [capture(...pings.map(echoRequest)), whole(masqueraded)], sent);
    expect(told).toMatchObject({ fate: 'not-forwarded', requestsAt: [5, 5], answersAt: [0, 5] });
  });

  test('from a pod: requests do not leave the node', () => {
    expect(story([VETH, ETH0], [capture(...pings.map(echoRequest)), EMPTY], sent).fate).toBe('not-forwarded');
  });

  test('from a pod: requests leave, no reply comes back', () => {
    const out = [capture(...pings.map(echoRequest)), capture(...masqueraded.map(echoRequest))];
    expect(story([VETH, ETH0], out, sent).fate).toBe('arrived-not-answered');
  });

  test('other lengths, other targets and unasked replies are other people', () => {
    const others = pings.map((ping) => ({ ...ping, length: 84 }));
    const elsewhere = pings.map((ping) => ({ ...ping, source: '10.1.1.1', target: '10.1.1.2' }));
    const told = story([VETH, ETH0], [whole(others), whole(elsewhere)], sent);
    expect(told).toMatchObject({ fate: 'never-arrived', ladder: [] });
  });

  test('other people who ping the same target more often are not taken for the sender', () => {
    const busy = Array.from({ length: 9 }, (_, seq): Ping => ({
      source: '10.1.1.1',
      target: OUTSIDE,
      id: 3,
      seq,
      length: 84,
    }));
    const told = story([ETH0], [whole([...busy, ...pings])], { ...sent, source: null });
    expect(told).toMatchObject({ requestsAt: [5], answersAt: [5] });
    expect(told.flows[0]?.flow).toBe('10.39.0.107 > 8.8.8.8 echo 7/1');
  });

  test('a reply that another host sends is no answer', () => {
    const forged = pings.map((ping) => echoReply({ ...ping, target: '10.1.1.1' }));
    const told = story([VETH], [capture(...pings.map(echoRequest), ...forged)], sent);
    expect(told).toMatchObject({ fate: 'arrived-not-answered', answersAt: [0] });
  });

  test('two senders with the same sequence number, translated, are told apart by IP identification', () => {
    const two = [7, 8].map((id): Ping => ({ source: POD, target: OUTSIDE, id, seq: 1, length: 77, ipId: id * 100 }));
    const outside = two.map((ping) => ({ ...ping, source: '192.168.4.25', id: ping.id + 50_000 })).toReversed();
    const out = [capture(...two.map(echoRequest)), capture(...outside.map(echoRequest), echoReply(outside[0]!))];
    const told = story([VETH, ETH0], out, { ...sent, count: 2 });
    expect(told.flows.map(({ flow, answers: at }) => [flow, at])).toEqual([
      ['10.39.0.107 > 8.8.8.8 echo 7/1', [0, 0]],
      ['10.39.0.107 > 8.8.8.8 echo 8/1', [0, 1]],
    ]);
  });

  test('an ICMP error about an echo request refuses it', () => {
    const errors = pings.map((ping) => {
      const quoted = echoRequest(ping).subarray(14);
      const message = bytes(3, 1, 0, 0, 0, 0, 0, 0, quoted.subarray(0, 28));
      return ethernet(0x0800, bytes(0x45, 0, 0, 56, 0, 0, 0, 0, 64, 1, 0, 0, 10, 39, 0, 1, 10, 39, 0, 107, message));
    });
    const told = story([VETH, ETH0], [capture(...pings.map(echoRequest), ...errors), EMPTY], sent);
    expect(told).toMatchObject({ fate: 'refused', refusalsAt: [5, 0] });
  });
});

describe('which points are on the way', () => {
  const only = [capture(...requests()), EMPTY];
  const fate = (points: readonly CapturePoint[]) => story(points, only, sentSyns(0)).fate;

  test.each(['veth3f2a1b0c', 'cali1234abcd', 'eni0a1b2c3d4e5', 'lxc12ab', 'azv99', 'gke77'])(
    '%s is, by its name',
    (name) => {
      expect(fate([ETH0, point(name)])).toBe('not-forwarded');
    },
  );

  test.each(['eth1', 'ens6', 'bond0', 'enp0s3', 'flannel.1'])('%s need not be', (name) => {
    expect(fate([ETH0, point(name)])).toBe('arrived-not-answered');
  });

  test('a point that says so itself is believed before its name', () => {
    expect(fate([ETH0, point('ens6', { onWay: true })])).toBe('not-forwarded');
    expect(fate([ETH0, point('veth0', { onWay: false })])).toBe('arrived-not-answered');
  });
});

test('where there is no room for all, requests and answers are kept and the rest of the conversation is not', () => {
  const shaken = ports(90).flatMap((port, index) => [
    at(index * 50, syn(port)),
    at(index * 50 + 1, synAck(port)),
    at(index * 50 + 2, acknowledgement(port)),
  ]);
  const sent = sentSyns(90, { count: 90, mark: { proto: 'tcp', firstPort: FIRST_PORT, lastPort: FIRST_PORT + 89 } });
  const { ladder } = story([ETH0], [capture(...shaken)], sent);
  expect(ladder).toHaveLength(180);
  expect(new Set(ladder.map(({ kind }) => kind))).toEqual(new Set(['SYN', 'SYN-ACK']));
});

test('payload is not needed: the story of headers alone is the same', () => {
  const pcaps = [capture(...requests()), capture(...answers())];
  const zeroed = pcaps.map(({ pcap: file }) => ({ pcap: headersOnly(file) }));
  expect(story([ETH0, ETH1], zeroed, sentSyns(0))).toEqual(story([ETH0, ETH1], pcaps, sentSyns(0)));
});

test('a sighting keeps what the picture needs', () => {
  const [sighting] = story([ETH0], [capture(at(0, syn(FIRST_PORT)))], sentSyns(0)).ladder;
  expect(sighting).toEqual({
    point: 0,
    at: 1_700_000_000_000_000,
    flow: 0,
    kind: 'SYN',
    source: CLIENT,
    target: NODE,
    sourcePort: FIRST_PORT,
    targetPort: 10_250,
    length: 40,
    macSource: '02:00:00:00:00:0a',
    macTarget: '02:00:00:00:00:0b',
  });
});
