import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileFilter, count, headersOnly, interpret, story } from '../../src/capture/index.ts';
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

  test('a capture that tcpdump refused to make is unparsable', async () => {
    const refused = await net.capture('eth9', '');
    expect(count((await refused.stop(0)).pcap)).toEqual({ packets: 0, flows: 0, gap: 'unparsable' });
  });
});

async function masquerade(net: Net): Promise<void> {
  await net.nft('add table ip nat; add chain ip nat post { type nat hook postrouting priority 100 ; }');
  await net.nft('add rule ip nat post oifname "eth0" ip saddr 10.39.0.0/16 masquerade random,fully-random');
}
