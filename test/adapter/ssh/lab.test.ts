import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaptureFilter, CaptureLimits } from '../../../src/model/index.ts';
import type { NodeSession } from '../../../src/port.ts';
import { noLab, skipNote } from '../../lab/index.ts';
import { startLabDoor, type LabDoor } from './lab-door.ts';
import { text } from './loopback.ts';
import { until } from './real-clock.ts';

const limits: CaptureLimits = { seconds: 20, packets: 100, bytes: 100_000, snap: 96 };
const icmp: CaptureFilter = { all: [{ proto: 'icmp' }], none: [] };
const everything: CaptureFilter = { all: [], none: [] };
const pcapHead = 24;

/** Lengths of the records of a little-endian pcap file. */
function records(pcap: Uint8Array): number[] {
  const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.byteLength);
  const lengths: number[] = [];
  for (let at = pcapHead; at + 16 <= pcap.length; at += 16 + (lengths.at(-1) ?? 0)) {
    lengths.push(view.getUint32(at + 8, true));
  }
  return lengths;
}

for (const user of ['root', 'ops'] as const) {
  describe.skipIf(noLab)(`a lab node as ${user}${skipNote}`, { timeout: 60_000 }, () => {
    let lab: LabDoor;
    let session: NodeSession;
    const processes = async (name: string) =>
      (await lab.node.exec('node', ['ps', '-C', name, '-o', 'args='])).stdout.split('\n').filter(Boolean);
    const ping = (count: number, to = '10.99.0.2') =>
      lab.node.exec(to === '10.99.0.2' ? 'controller' : 'node', ['ping', '-c', String(count), '-i', '0.05', to]);
    const capture = (device: string, filter: CaptureFilter, given: Partial<CaptureLimits> = {}) =>
      session.capture({ device, filter, limits: { ...limits, ...given }, key: 'test' });

    beforeAll(async () => {
      lab = await startLabDoor(user);
      session = await lab.session();
    });
    afterAll(() => lab?.stop());

    test('privileged commands run as root, the others as the user', async () => {
      const outputs = await session.run([
        { argv: ['id', '-un'] },
        { argv: ['id', '-un'], privileged: false },
        { argv: ['sh', '-c', 'echo "$LC_ALL"; cat'], stdin: Buffer.from('in') },
      ]);
      expect(outputs.map(({ stdout }) => text(stdout))).toEqual(['root\n', `${user}\n`, 'C\nin']);
    });

    test('a deadline ends what runs as root too', async () => {
      const [output] = await session.run([{ argv: ['sleep', '77'], deadlineMs: 1000 }]);
      expect(output).toMatchObject({ timedOut: true, exit: null });
      expect(await processes('sleep')).not.toContain('sleep 77');
    });

    test('a capture holds every packet that came between listening and stop', async () => {
      const running = await capture('eth0', icmp);
      await ping(5);
      const { pcap, gap } = await running.stop();
      expect(gap).toBe(undefined);
      expect(records(pcap)).toEqual(Array.from({ length: 10 }, () => 96));
    });

    test('T24: two captures run at the same time, and none holds our own connection', async () => {
      const [near, far] = await Promise.all([capture('eth0', everything), capture('lo', everything)]);
      await ping(2);
      await ping(3, '127.0.0.1');
      const outputs = await session.run([{ argv: ['echo', 'beside'] }]);
      const [one, two] = await Promise.all([near.stop(), far.stop()]);
      expect(text(outputs[0]?.stdout)).toBe('beside\n');
      const pings = records(one.pcap).filter((length) => length === 96);
      expect(pings).toHaveLength(4);
      expect(records(one.pcap).length).toBeLessThan(12);
      // libpcap shows each packet of the loopback device once.
      expect(records(two.pcap)).toHaveLength(6);
    });

    test.each([
      ['packets', { packets: 3 }, 'it reached its limit of 3 packets'],
      ['bytes', { bytes: 400 }, 'it reached its limit of 400 bytes'],
    ])('a capture ends at its limit of %s and says so', async (_, given, detail) => {
      const running = await capture('lo', icmp, given);
      await ping(6, '127.0.0.1');
      await until('tcpdump ended', async () => (await processes('tcpdump')).length === 0);
      const { pcap, ...why } = await running.stop();
      expect(why).toEqual({ gap: 'truncated', detail });
      expect(pcap.length).toBeLessThanOrEqual(400);
      expect(pcap.length).toBeGreaterThan(pcapHead);
    });

    test('T24: a capture ends with its time and says so', async () => {
      const running = await capture('lo', icmp, { seconds: 1 });
      await until('tcpdump ended', async () => (await processes('tcpdump')).length === 0);
      expect(await running.stop()).toMatchObject({ gap: 'truncated', detail: 'it reached its limit of 1 s' });
    });

    test('T24: a capture does not outlive its connection', async () => {
      const running = await capture('lo', icmp, { seconds: 600 });
      expect(await processes('tcpdump')).toHaveLength(1);
      lab.cut();
      expect(await running.stop()).toMatchObject({ gap: 'unreachable', detail: 'the connection was lost' });
      await until('tcpdump ended', async () => (await processes('tcpdump')).length === 0);
      session = await lab.session();
    });

    test('a connection cut in the middle keeps what had arrived', async () => {
      const running = session.run([
        { argv: ['sh', '-c', 'echo early; sleep 1.2'] },
        { argv: ['sleep', '17'], deadlineMs: 18_000 },
      ]);
      await until('the sleep runs', async () => (await processes('sleep')).includes('sleep 17'));
      lab.cut();
      const outputs = await running;
      expect(text(outputs[0]?.stdout)).toBe('early\n');
      expect(outputs[1]).toMatchObject({ gap: 'unreachable', exit: null });
      expect((await session.run([{ argv: ['true'] }]))[0]).toMatchObject({ gap: 'unreachable' });
      session = await lab.session();
    });

    test('looking changes nothing: node state is equal after a survey', async () => {
      const state = async () => {
        const reading = await session.state();
        return reading.known ? reading.value.join('\n') : reading.detail;
      };
      const before = await state();
      await session.run([{ argv: ['ip', 'addr'] }, { argv: ['iptables-save'] }, { argv: ['nft', 'list', 'ruleset'] }]);
      await (await capture('eth0', icmp)).stop();
      expect(await state()).toBe(before);
      expect(before).toMatch(/^part addresses\n1: lo .*net\.ipv4\.ip_forward = \d\n.*part nftables/s);
      await lab.node.exec('node', ['ip', 'neigh', 'add', '10.99.0.77', 'lladdr', '02:00:00:00:00:77', 'dev', 'eth0']);
      expect(await state()).not.toBe(before);
      await lab.node.exec('node', ['ip', 'neigh', 'del', '10.99.0.77', 'dev', 'eth0']);
      expect(await state()).toBe(before);
    });

    if (user === 'ops') return;

    test.each(['nope', '-z', '../lo', 'lo/../lo', '.', '', '$(touch /pwned)', '--help', 'any'])(
      'T10: the device %j is refused',
      async (device) => {
        const running = await capture(device, icmp);
        expect(await running.stop()).toMatchObject({ gap: 'unparsable', pcap: new Uint8Array() });
        expect((await lab.node.exec('node', ['ls', '/pwned'])).exit).not.toBe(0);
      },
    );

    test.each(['$(id);`a`', ';id>x', '"\'*', '<!channel>'])(
      'T9: the interface %j is captured like any other',
      async (name) => {
        await lab.node.exec('node', ['ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'calm']);
        await lab.node.exec('node', ['ip', 'link', 'set', name, 'up']);
        const { pcap, gap } = await (await capture(name, icmp)).stop();
        await lab.node.exec('node', ['ip', 'link', 'del', name]);
        expect([pcap.length, gap]).toEqual([pcapHead, undefined]);
      },
    );

    test('a node whose doors are closed from here opens through another one', async () => {
      const { addresses } = lab.target;
      const jumped = await lab.shell.open({
        name: lab.node.name,
        addresses: [{ address: '127.0.0.77', from: 'node-status', port: 22 }],
        jump: { name: 'jump', addresses },
        only: ['127.0.0.77'],
      });
      if (!jumped.reached) throw new Error(jumped.sentence);
      expect(jumped.session.door).toMatchObject({ address: '127.0.0.77', jump: 'jump' });
      expect(text((await jumped.session.run([{ argv: ['hostname'] }]))[0]?.stdout)).toBe(`${lab.node.name}\n`);
      await jumped.session.close();
      const sshd = async () =>
        (await processes('sshd')).filter((line) => line.includes('[priv]') || line.includes('@'));
      await until('only our own connection is left', async () => new Set(await sshd()).size <= 2);
    });
  });
}

describe.skipIf(noLab)(`a user without sudo${skipNote}`, { timeout: 60_000 }, () => {
  test('is denied, command by command, and nothing else fails', async () => {
    const lab = await startLabDoor('ops');
    try {
      await lab.node.exec('node', ['rm', '/etc/sudoers.d/ops']);
      const session = await lab.session();
      const outputs = await session.run([{ argv: ['id'] }, { argv: ['id', '-un'], privileged: false }]);
      expect(outputs[0]).toMatchObject({ gap: 'denied', exit: null });
      expect(text(outputs[1]?.stdout)).toBe('ops\n');
      const running = await session.capture({ device: 'lo', filter: icmp, limits, key: 'test' });
      expect(await running.stop()).toMatchObject({ gap: 'denied' });
      const request = {
        fix: 'x',
        planHash: 'a',
        rollbackSeconds: 5,
        preconditions: [],
        apply: [{ argv: ['true'] }],
        undo: [],
      };
      expect(await session.change(request)).toMatchObject({
        state: 'refused',
        detail: expect.stringContaining('denied') as string,
      });
    } finally {
      await lab.stop();
    }
  });
});
