import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileFilter, count, headersOnly, interpret, story } from '../../src/capture/index.ts';
import { eachPacket } from '../../src/capture/pcap.ts';
import type { CaptureFilter, CapturePoint, CaptureStory, Sent } from '../../src/model/index.ts';
import { Net, noNet } from './net.ts';
import { point, ports, sentSyns } from './talk.ts';

const KUBELET = 10_250;
const POD = '10.39.0.107';
const LENGTH = 301;
const SYNS: CaptureFilter = { all: [{ port: KUBELET, proto: 'tcp' }], none: [] };
const ECHOES: CaptureFilter = { all: [{ proto: 'icmp' }], none: [] };

/** Watches devices of the node while something is sent, then tells the story of the headers alone. */
async function watch(
  net: Net,
  devices: Readonly<Record<string, number>>,
  filter: CaptureFilter,
  send: () => Promise<Sent>,
): Promise<CaptureStory> {
  const points: CapturePoint[] = Object.keys(devices).map((device) => point(device));
  const listening = await Promise.all(points.map(({ device }) => net.capture(device, compileFilter(filter))));
  const sent = await send();
  const pcaps = await Promise.all(listening.map((capture, index) => capture.stop(Object.values(devices)[index] ?? 0)));
  return story(
    points,
    pcaps.map(({ pcap }) => ({ pcap: headersOnly(pcap) })),
    sent,
  );
}

function echoes(answered: number, source: string, to: string): Sent {
  return {
    ...sentSyns(answered, { source, to, port: null, count: 3 }),
    mark: { proto: 'icmp', totalLength: LENGTH },
  };
}

function spoken(told: CaptureStory): string {
  return interpret(told)
    .map((span) => ('code' in span ? span.code : 'text' in span ? span.text : ''))
    .join('');
}

describe.skipIf(noNet !== '')(`captures of a real kernel${noNet}`, { timeout: 30_000 }, () => {
  let net: Net;
  beforeEach(async (context) => {
    net = new Net(context.task.id.replaceAll(/\W/g, '').slice(-6));
    await net.up();
  });
  afterEach(() => net.down());

  const syns = async () => sentSyns(await net.connect('client', '10.0.10.207', KUBELET, ports()));

  test('two interfaces in one subnet, healthy: the whole handshake on eth0, eth1 silent', async () => {
    await net.serve('node', KUBELET);
    const told = await watch(net, { eth0: 21, eth1: 0 }, SYNS, syns);
    expect(told).toMatchObject({ fate: 'answered', requestsAt: [7, 0], answersAt: [7, 0], sent: 7 });
    expect(spoken(told)).toBe('7 of 7 SYNs arrived on eth0; all 7 SYN-ACKs left by eth0.');
  });

  test('two interfaces in one subnet, broken: requests on eth0, answers on eth1', async () => {
    await net.twoConnectedRoutes();
    await net.serve('node', KUBELET);
    const told = await watch(net, { eth0: 7, eth1: 7 }, SYNS, syns);
    expect(told).toMatchObject({ fate: 'answered-elsewhere', requestsAt: [7, 0], answersAt: [0, 7], answered: 0 });
    expect(spoken(told)).toContain('7 of 7 SYNs arrived on eth0; all 7 SYN-ACKs left by eth1, none by eth0.');
  });

  test('the same with a strict rp_filter: requests on eth0, no answer anywhere', async () => {
    await net.twoConnectedRoutes();
    await net.sysctl({ 'conf.eth0.rp_filter': 1 });
    await net.serve('node', KUBELET);
    const told = await watch(net, { eth0: 7, eth1: 0 }, SYNS, syns);
    expect(told).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [7, 0], answersAt: [0, 0] });
  });

  test('nobody listens on the port: refused', async () => {
    const told = await watch(net, { eth0: 14, eth1: 0 }, SYNS, syns);
    expect(told).toMatchObject({ fate: 'refused', requestsAt: [7, 0], refusalsAt: [7, 0] });
  });

  test('everything on one cooked capture: each packet counts once', async () => {
    await net.serve('pod', KUBELET);
    const told = await watch(net, { any: 42 }, SYNS, async () =>
      sentSyns(await net.connect('client', POD, KUBELET, ports()), { to: POD }),
    );
    expect(told).toMatchObject({ fate: 'answered', requestsAt: [7], answersAt: [7] });
    expect(told.flows[0]).toMatchObject({ requests: [1], answers: [1] });
  });

  const pings = async () => echoes(await net.ping('client', POD, 3, LENGTH), '10.0.10.69', POD);

  test('forwarding on: echo requests reach the pod and are answered', async () => {
    expect(await watch(net, { eth0: 6, cali1: 6 }, ECHOES, pings)).toMatchObject({
      fate: 'answered',
      requestsAt: [3, 3],
      answersAt: [3, 3],
    });
  });

  test('forwarding off: echo requests on the uplink only', async () => {
    await net.sysctl({ ip_forward: 0, 'conf.cali1.forwarding': 1 });
    expect(await watch(net, { eth0: 3, cali1: 0 }, ECHOES, pings)).toMatchObject({
      fate: 'not-forwarded',
      requestsAt: [3, 0],
    });
  });

  test('forwarding off, from the pod: translated requests leave, their replies stop at the uplink', async () => {
    await masquerade(net);
    await net.sysctl({ ip_forward: 0, 'conf.cali1.forwarding': 1 });
    const told = await watch(net, { cali1: 3, eth0: 6 }, ECHOES, async () =>
      echoes(await net.ping('pod', '10.0.10.69', 3, LENGTH), POD, '10.0.10.69'),
    );
    expect(told).toMatchObject({ fate: 'not-forwarded', requestsAt: [3, 3], answersAt: [0, 3] });
    expect(spoken(told)).toContain('On eth0 their source is 10.0.10.207 instead of 10.39.0.107.');
  });

  test('masquerade with random ports: the same flows on both sides', async () => {
    await masquerade(net);
    await net.serve('client', KUBELET);
    const told = await watch(net, { cali1: 21, eth0: 21 }, SYNS, async () =>
      sentSyns(await net.connect('pod', '10.0.10.69', KUBELET, ports()), { source: POD, to: '10.0.10.69' }),
    );
    expect(told).toMatchObject({ fate: 'answered', requestsAt: [7, 7], answersAt: [7, 7] });
    const outside = told.ladder.filter(({ kind, source }) => kind === 'SYN' && source === '10.0.10.207');
    expect(outside.some(({ sourcePort }) => !ports().includes(sourcePort ?? 0))).toBe(true);
  });

  test('a link that takes less than the packet: too big, and how much it takes', async () => {
    await net.ip('node', ['link set cali1 mtu 1400']);
    const told = await watch(net, { eth0: 2, cali1: 0 }, ECHOES, async () => ({
      ...echoes(await net.ping('client', POD, 1, 1450), '10.0.10.69', POD),
      count: 1,
      mark: { proto: 'icmp', totalLength: 1450 },
    }));
    expect(told).toMatchObject({ fate: 'too-big', mtu: 1400, requestsAt: [1, 0], refusalsAt: [1, 0] });
    expect(spoken(told)).toContain('10.0.10.207 says that they are too big: the next link takes 1400 bytes.');
  });

  test('a firewall that rejects: refused, and by whose word', async () => {
    await net.nft('add table ip stop; add chain ip stop f { type filter hook forward priority 0 ; }');
    await net.nft('add rule ip stop f ip daddr 10.39.0.107 reject with icmp type admin-prohibited');
    const told = await watch(net, { eth0: 6, cali1: 0 }, ECHOES, pings);
    expect(told).toMatchObject({ fate: 'refused', refusalsAt: [3, 0] });
    expect(spoken(told)).toContain('10.0.10.207 says that this is prohibited.');
  });

  test('two nodes, one of which is five seconds ahead: the clocks are compared, and SYNs that come again are told apart', async () => {
    await net.nft('add table ip stop; add chain ip stop i { type filter hook input priority 0 ; }');
    await net.nft(`add rule ip stop i tcp dport ${KUBELET} tcp sport >= ${ports()[4]!} drop`);
    await net.serve('node', KUBELET);
    const points = [point('eth0', { node: 'api', role: 'farEnd' }), point('eth0')];
    const filter = compileFilter(SYNS);
    const [there, here] = [await net.capture('eth0', filter, 'client'), await net.capture('eth0', filter)];
    const answered = await net.connect('client', '10.0.10.207', KUBELET, ports(), 1500);
    const [sent, came] = [await there.stop(18), await here.stop(18)];
    const told = story(points, [sent, { pcap: later(came.pcap, 5) }], sentSyns(answered));
    const [clock] = told.clocks ?? [];
    expect(clock?.node).toBe(points[1]?.node);
    expect(clock?.atLeastUs).toBeLessThanOrEqual(5_000_000);
    expect(clock?.atMostUs).toBeGreaterThanOrEqual(5_000_000);
    expect(Math.abs((clock?.offsetUs ?? 0) - 5_000_000)).toBeLessThanOrEqual(clock?.boundUs ?? 0);
    expect(told.flows.map(({ again }) => again?.requests)).toEqual([
      ...Array.from({ length: 4 }, () => undefined),
      ...Array.from({ length: 3 }, () => [1, 1]),
    ]);
    const rows = told.ladder.filter(({ kind, flow }) => kind === 'SYN' && flow === 6);
    expect(rows.map(({ point: at, again }) => [at, again])).toEqual([
      [0, undefined],
      [1, undefined],
      [0, true],
      [1, true],
    ]);
  });

  test('a capture that tcpdump refused to make is unparsable', async () => {
    const refused = await net.capture('eth9', '');
    expect(count((await refused.stop(0)).pcap)).toEqual({ packets: 0, flows: 0, gap: 'unparsable' });
  });
});

/** The same capture by a clock that is so many seconds ahead. */
function later(pcap: Uint8Array, seconds: number): Uint8Array {
  const shifted = new Uint8Array(pcap);
  const view = new DataView(shifted.buffer);
  eachPacket(pcap, (start) => view.setUint32(start - 16, view.getUint32(start - 16, true) + seconds, true));
  return shifted;
}

async function masquerade(net: Net): Promise<void> {
  await net.nft('add table ip nat; add chain ip nat post { type nat hook postrouting priority 100 ; }');
  await net.nft('add rule ip nat post oifname "eth0" ip saddr 10.39.0.0/16 masquerade random,fully-random');
}
