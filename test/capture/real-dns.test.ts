import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compileFilter, headersOnly, interpret, story, usersFilter, usersStory } from '../../src/capture/index.ts';
import type { CapturePoint, CaptureStory, ExpectedTraffic, Sent } from '../../src/model/index.ts';
import { dnsQuery } from '../../src/stimulus/index.ts';
import { findTool } from '../lab/available.ts';
import { run } from '../lab/command.ts';
import { Net, noNet } from './net.ts';
import { point } from './talk.ts';

const SERVICE = '10.96.0.10';
const POD = '10.39.0.107';
const COUNT = 3;
const ANSWERED = 0x8180;
const REFUSED = 0x8185;
const CUT = 0x8380;

const missing = ['bash', 'dd', 'od', 'timeout'].filter((tool) => findTool(tool) === null);
const note = noNet === '' && missing.length > 0 ? ` (skipped: not installed: ${missing.join(', ')})` : noNet;

/** What the same queries come to: marked ones of netdiag, and people's own. */
interface Told {
  readonly marked: CaptureStory;
  readonly users: CaptureStory;
  readonly sent: Sent;
}

const asking = (to: string) => {
  const name = 'kubernetes.default.svc.cluster1.local';
  return { stimulus: 'dns-query', from: 'farEnd', to, port: 53, name, count: COUNT } as const;
};

/** Sends marked queries from the client, and reads what became of them. */
async function send(net: Net, to: string): Promise<Sent> {
  const plan = asking(to);
  const [mark] = dnsQuery.marks(plan, 1, { between: (low) => low });
  const [[command]] = dnsQuery.ways(plan, mark!);
  const ran = await run(net.in('client', command.argv), { timeoutMs: command.deadlineMs ?? 0 });
  const output = { ...ran, stdout: Buffer.from(ran.stdout), stderr: Buffer.from(ran.stderr), truncated: false, ms: 0 };
  const reading = dnsQuery.parse([output], plan, mark!, { role: 'farEnd', node: 'client' });
  if (!reading.known) throw new Error(reading.detail);
  expect(reading.value.mark).toEqual(mark);
  return reading.value;
}

/** The client asks `to`; the devices are watched, each for so many packets. */
async function ask(net: Net, to: string, devices: Readonly<Record<string, number>>): Promise<Told> {
  const expected: ExpectedTraffic = { from: null, to, port: 53, dns: { behind: [POD] } };
  const points: CapturePoint[] = Object.keys(devices).map((device) => point(device));
  const filter = compileFilter(usersFilter(expected));
  expect(compileFilter(dnsQuery.filter(asking(to)))).toBe(filter);
  const listening = await Promise.all(points.map(({ device }) => net.capture(device, filter)));
  const sent = await send(net, to);
  const stopped = await Promise.all(
    listening.map((capture, index) => capture.stop(Object.values(devices)[index] ?? 0)),
  );
  const pcaps = stopped.map(({ pcap }) => ({ pcap: headersOnly(pcap) }));
  expect(sent.count).toBe(COUNT);
  return {
    sent,
    marked: story(points, pcaps, sent),
    users: usersStory(points, pcaps, expected, 'farEnd').story,
  };
}

function spoken(told: CaptureStory): string {
  return interpret(told)
    .map((span) => ('code' in span ? span.code : 'text' in span ? span.text : ''))
    .join('');
}

describe.skipIf(noNet !== '' || missing.length > 0)(`name lookups on a real kernel${note}`, { timeout: 30_000 }, () => {
  let net: Net;
  beforeEach(async (context) => {
    net = new Net(context.task.id.replaceAll(/\W/g, '').slice(-6));
    await net.up();
    await net.ip('client', [`route add ${SERVICE} via 10.0.10.207`]);
    await net.nft('add table ip dns; add chain ip dns pre { type nat hook prerouting priority -100 ; }');
    await net.nft(`add rule ip dns pre ip daddr ${SERVICE} udp dport 53 dnat to ${POD}`);
  });
  afterEach(() => net.down());

  test.each([
    ['an address', ANSWERED],
    ['that there is no such name', 0x8183],
  ])('answered by the pod behind the service: %s', async (_, flags) => {
    await net.serveDns('pod', flags);
    const { sent, marked, users } = await ask(net, SERVICE, { eth0: 6, cali1: 6 });
    expect(sent.answered).toBe(COUNT);
    for (const told of [marked, users]) {
      expect(told).toMatchObject({ fate: 'answered', sent: 3, requestsAt: [3, 3], answersAt: [3, 3] });
      expect(spoken(told)).toContain(`On cali1 they go to ${POD} instead of ${SERVICE}.`);
    }
  });

  test('answered through masquerade, which gives them other ports', async () => {
    await net.nft('add chain ip dns post { type nat hook postrouting priority 100 ; }');
    await net.nft('add rule ip dns post oifname "cali1" masquerade random,fully-random');
    await net.serveDns('pod', ANSWERED);
    const { marked, users } = await ask(net, SERVICE, { eth0: 6, cali1: 6 });
    for (const told of [marked, users]) {
      expect(told).toMatchObject({ fate: 'answered', requestsAt: [3, 3], answersAt: [3, 3] });
      expect(spoken(told)).toContain('On cali1 their source is 169.254.1.1 instead of 10.0.10.69.');
    }
  });

  test('answered by the node itself', async () => {
    await net.serveDns('node', ANSWERED);
    const { marked, users } = await ask(net, '10.0.10.207', { eth0: 6, eth1: 0 });
    for (const told of [marked, users]) expect(told).toMatchObject({ fate: 'answered', answersAt: [3, 0] });
  });

  test('not sent, for there is no route', async () => {
    expect(await send(net, '203.0.113.9')).toMatchObject({ count: 0, answered: 0 });
  });

  test('dropped by a firewall on the way to the pod', async () => {
    await net.nft('add chain ip dns forward { type filter hook forward priority 0 ; }');
    await net.nft('add rule ip dns forward udp dport 53 drop');
    await net.serveDns('pod', ANSWERED);
    const { sent, marked, users } = await ask(net, SERVICE, { eth0: 3, cali1: 0 });
    expect(sent.answered).toBe(0);
    for (const told of [marked, users]) expect(told).toMatchObject({ fate: 'not-forwarded', requestsAt: [3, 0] });
  });

  test('taken by a server that says nothing', async () => {
    await net.serveDns('pod', null);
    const { marked, users } = await ask(net, SERVICE, { eth0: 3, cali1: 3 });
    for (const told of [marked, users])
      expect(told).toMatchObject({ fate: 'arrived-not-answered', requestsAt: [3, 3] });
  });

  test.each<[string, number | null, CaptureStory['fate'], string]>([
    ['by the server', REFUSED, 'refused', `${SERVICE} says REFUSED: it does not want to answer this asker.`],
    ['because nobody listens', null, 'refused', `${SERVICE} says that the port is unreachable.`],
    ['because the answer is too long', CUT, 'too-big', 'the answer does not fit into one datagram'],
  ])('refused %s', async (_, flags, fate, words) => {
    if (flags !== null) await net.serveDns('pod', flags);
    const { sent, marked, users } = await ask(net, SERVICE, { eth0: 6, cali1: 6 });
    expect(sent.answered).toBe(0);
    for (const told of [marked, users]) {
      expect(told).toMatchObject({ fate, requestsAt: [3, 3], answersAt: [0, 0], refusalsAt: [3, 3] });
      expect(spoken(told)).toContain(words);
    }
  });

  test('answered elsewhere: by the interface that the way back takes', async () => {
    await net.twoConnectedRoutes();
    await net.serveDns('node', ANSWERED);
    const { marked, users } = await ask(net, '10.0.10.207', { eth0: 3, eth1: 3 });
    for (const told of [marked, users])
      expect(told).toMatchObject({ fate: 'answered-elsewhere', requestsAt: [3, 0], answersAt: [0, 3] });
  });

  test('answered from another address than the one that was asked: the asker does not take it', async () => {
    await net.serveDns('node', ANSWERED);
    const { sent, marked, users } = await ask(net, '10.0.10.190', { eth0: 9 });
    expect(sent.answered).toBe(0);
    for (const told of [marked, users]) {
      expect(told).toMatchObject({ fate: 'answer-not-delivered', requestsAt: [3], answersAt: [0], refusalsAt: [0] });
      expect(spoken(told)).toContain('3 DNS answers came from 10.0.10.207 instead of 10.0.10.190');
    }
  });
});
