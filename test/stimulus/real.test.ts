import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StimulusPlan } from '../../src/model/index.ts';
import { icmpEcho, tcpSyn } from '../../src/stimulus/index.ts';
import type { Wire } from './wire.ts';
import { noWire, wireNote, wireUp } from './wire.ts';

const vantage = { role: 'peer', node: 'sender' } as const;
const lowest = { between: (low: number) => low };
const DROPS = 4001;
const LISTENS = 4002;
const STALLS = 4003;
const CLOSED = 4004;
const REFUSES = 4005;

const RULES = `table ip t {
  chain in {
    type filter hook input priority 0; policy accept;
    tcp dport ${DROPS} drop
    tcp dport ${REFUSES} reject with tcp reset
    icmp type echo-request meta length 201 drop
  }
}`;

/** One server that closes at once, one that accepts and stays silent. */
const SERVERS = `
const net = require('node:net');
net.createServer((socket) => { socket.on('error', () => undefined); socket.end(); }).listen(${LISTENS}, () =>
  net.createServer((socket) => socket.on('error', () => undefined)).listen(${STALLS}, () => console.log('ready')));
`;

describe.skipIf(noWire)(`marked packets on a real kernel${wireNote}`, () => {
  let wire: Wire;

  beforeAll(async () => {
    wire = await wireUp(`st${process.pid}`);
    await wire.atTarget(['nft', '-f', '-'], RULES);
    await wire.start('target', [process.execPath, '-e', SERVERS]);
  }, 30_000);

  afterAll(async () => {
    await wire?.down();
  }, 30_000);

  async function send(stimulus: typeof tcpSyn, plan: StimulusPlan, nonce = lowest, way = 0) {
    const [mark] = stimulus.marks(plan, 1, nonce);
    const commands = mark === undefined ? undefined : stimulus.ways(plan, mark)[way];
    if (mark === undefined || commands === undefined) throw new Error('there is no such way');
    const outputs = [];
    for (const command of commands) outputs.push(await wire.send(command));
    expect(stimulus.refused(outputs)).toBe(false);
    const seen = await wire.seen();
    return { reading: stimulus.parse(outputs, plan, mark, vantage), mark, seen };
  }

  const syn = (port: number, to = wire.target): StimulusPlan => ({
    stimulus: 'tcp-syn',
    from: 'peer',
    to,
    port,
    count: 7,
  });
  const echo = (to = wire.target): StimulusPlan => ({ stimulus: 'icmp-echo', from: 'peer', to, count: 7 });
  /** Source ports of the SYNs that arrived, in the order of arrival. */
  const synPorts = (seen: readonly string[]) =>
    seen.flatMap((packet) => /10\.77\.0\.1\.(\d+) > [\d.]+: Flags \[S\],/.exec(packet)?.[1] ?? []).map(Number);

  test.each([
    ['that a server takes', LISTENS, 7, 0],
    ['that a server takes and leaves unanswered', STALLS, 7, 0],
    ['that a firewall drops', DROPS, 0, 0],
    ['that a firewall refuses', REFUSES, 0, 0],
    ['that the kernel refuses', CLOSED, 0, 0],
    ['that a server takes', LISTENS, 7, 1],
    ['that a server takes and leaves unanswered', STALLS, 7, 1],
    ['that a firewall drops', DROPS, 0, 1],
    ['that the kernel refuses', CLOSED, 0, 1],
  ])(
    'seven SYNs %s arrive once each, from the ports of the mark (port %i, %i answered, way %i)',
    async (_, port, answered, way) => {
      // Ports of its own for each case: the sender keeps those it closed first in TIME_WAIT.
      const first = 61_000 + (port % 1000) * 10 + way * 1000;
      const { reading, mark, seen } = await send(tcpSyn, syn(port), { between: () => first }, way);
      expect(mark).toEqual({ proto: 'tcp', firstPort: first, lastPort: first + 6 });
      expect(synPorts(seen).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 7 }, (_, index) => first + index));
      expect(reading).toEqual({
        known: true,
        value: {
          from: 'peer',
          node: 'sender',
          source: answered > 0 ? '10.77.0.1' : null,
          to: wire.target,
          port,
          count: 7,
          answered,
          mark,
        },
      });
    },
    30_000,
  );

  test.each([0, 1])(
    'SYNs for which the sender has no route were not sent (way %i)',
    async (way) => {
      const { reading, seen } = await send(tcpSyn, syn(LISTENS, '203.0.113.9'), lowest, way);
      expect(synPorts(seen)).toEqual([]);
      expect(reading).toMatchObject({ known: true, value: { count: 0, answered: 0 } });
    },
    30_000,
  );

  test.each([
    [62_100, 0],
    [62_200, 1],
  ])(
    'a source port in use is one SYN less (from %i, way %i)',
    async (first, way) => {
      const hold = `require('node:net').createServer().listen(${first + 2}, () => console.log('ready'))`;
      await wire.start('sender', [process.execPath, '-e', hold]);
      const { reading, seen } = await send(tcpSyn, syn(LISTENS), { between: () => first }, way);
      expect(synPorts(seen).toSorted((a, b) => a - b)).toEqual([0, 1, 3, 4, 5, 6].map((port) => first + port));
      expect(reading).toMatchObject({ known: true, value: { count: 6, answered: 6 } });
    },
    30_000,
  );

  test.each([
    ['that the target answers', 400, 7, 0],
    ['that the target drops', 173, 0, 0],
    ['that the target answers', 400, 7, 1],
    ['that the target drops', 173, 0, 1],
  ])(
    'seven echo requests %s arrive with the length of the mark (payload %i, %i answered, way %i)',
    async (_, payload, answered, way) => {
      const { reading, mark, seen } = await send(icmpEcho, echo(), { between: () => payload }, way);
      expect(mark).toEqual({ proto: 'icmp', totalLength: payload + 28 });
      const requests = seen.filter((packet) => packet.includes('echo request'));
      expect(requests).toHaveLength(7);
      expect(requests.every((packet) => packet.includes(`length ${payload + 28})`))).toBe(true);
      expect(reading).toMatchObject({ known: true, value: { count: 7, answered, source: null, port: null, mark } });
    },
    30_000,
  );

  test('echo requests for which the sender has no route were not sent', async () => {
    const { reading } = await send(icmpEcho, echo('203.0.113.9'));
    expect(reading).toMatchObject({ known: true, value: { count: 0, answered: 0, mark: { totalLength: 201 } } });
  }, 30_000);
});
