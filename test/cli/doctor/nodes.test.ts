import { describe, expect, test } from 'vitest';
import type { Item } from '../../../src/cli/doctor/item.ts';
import { chosen, nodeItems, type NodePatients } from '../../../src/cli/doctor/nodes.ts';
import type { NodeFacts } from '../../../src/model/index.ts';
import { nodeNamed } from '../../fake/cluster.ts';
import { FlyingClock } from '../../fake/clock.ts';
import { type FakeNode, type FakeNodeShell, fakeNodeShell } from '../../fake/node-shell.ts';

const NOW = 1_700_000_000_000;

/** What a node with everything says. */
const WELL: NonNullable<FakeNode['outputs']> = {
  'ip -V': 'ip utility, iproute2-6.1.0, libbpf 1.1.0',
  'ip -j link show dev lo': '[{"ifindex":1,"ifname":"lo"}]',
  'tcpdump --version': 'tcpdump version 4.99.3\nlibpcap version 1.10.3',
  'curl --version': 'curl 7.88.1 (x86_64-pc-linux-gnu)',
  'ping -V': 'ping from iputils 20221126',
  'setsid --version': 'setsid from util-linux 2.38.1',
  'flock --version': 'flock from util-linux 2.38.1',
  'cmp --version': 'cmp (GNU diffutils) 3.8',
  'readlink --version': 'readlink (GNU coreutils) 9.1',
  'nft --version': 'nftables v1.0.6 (Lester Gooch #5)',
  'iptables --version': 'iptables v1.8.9 (nf_tables)',
  'cat /proc/1/comm': 'systemd\n',
  'id -u': '0\n',
  'id -un': 'ops\n',
  'uname -r': '6.1.0-18-amd64\n',
  'date -u +%s': `${NOW / 1000}\n`,
  'test -w /var/lib/netdiag': '',
  'stat -c %a %u /var/lib/netdiag': '755 0\n',
  'test -w /var/lib': '',
  'df -Pk /var/lib':
    'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/nvme0n1p1 20961280 4711424 16249856 23% /\n',
};
const gone = { exit: 127, stderr: 'not found' } as const;

const A = nodeNamed('a', '10.0.0.1', {
  addresses: [
    { type: 'InternalIP', address: '10.0.0.1' },
    { type: 'InternalIP', address: '10.0.0.9' },
    { type: 'Hostname', address: 'a' },
  ],
});
const B = nodeNamed('b', '10.0.0.2');

interface Site extends NodePatients {
  readonly shell: FakeNodeShell;
}

function site(a: FakeNode = {}, more: Partial<Omit<NodePatients, 'shell'>> = {}): Site {
  const clock = new FlyingClock(NOW);
  const shell = fakeNodeShell(clock, { a: { outputs: WELL, ...a }, b: { outputs: WELL } });
  return { shell, clock, known: [A, B], doors: {}, hosts: '/etc/netdiag/known_hosts', ...more };
}

const bad = (items: readonly Item[]): string[] =>
  items.filter(({ health }) => health !== 'ok').map(({ id, health }) => `${health} ${id}`);
const one = (items: readonly Item[], id: string): Item | undefined => items.find((item) => item.id === `node.${id}`);

/** Node a, well but for these commands. */
const without = (...commands: readonly string[]): FakeNode => ({
  outputs: { ...WELL, ...Object.fromEntries(commands.map((command) => [command, gone])) },
});
const saying = (outputs: NonNullable<FakeNode['outputs']>): FakeNode => ({ outputs: { ...WELL, ...outputs } });

describe('a node', () => {
  test('with everything has nothing red', async () => {
    const items = await nodeItems(site(), ['a']);
    expect(bad(items)).toEqual([]);
    expect(items.map(({ id }) => id)).toEqual(
      'door host-key login privilege gate iproute2 tcpdump senders rollback firewall init ledger clock kernel'
        .split(' ')
        .map((name) => `node.${name}`),
    );
    expect(one(items, 'privilege')?.seen).toBe('ops, sudo -n works');
  });

  test('is only asked: nothing but versions, names, times and tests, and every door by itself', async () => {
    const at = site();
    await nodeItems(at, ['a']);
    expect(at.shell.asked.filter((line) => line.startsWith('open'))).toEqual(['open a 10.0.0.1', 'open a 10.0.0.9']);
    const asked = at.shell.asked.filter((line) => !line.startsWith('open'));
    expect(asked.toSorted()).toEqual(
      Object.keys(WELL)
        .map((command) => `run a ${command}`)
        .toSorted(),
    );
  });

  test.each<[string, FakeNode, string[], RegExp]>([
    ['without iproute2', without('ip -V', 'ip -j link show dev lo'), ['fault node.iproute2'], /dnf install iproute\./],
    [
      'with the ip of busybox',
      saying({ 'ip -V': { exit: 1, stderr: "ip: unrecognized option 'V'" } }),
      ['fault node.iproute2'],
      /busybox/,
    ],
    ['without tcpdump', without('tcpdump --version'), ['fault node.tcpdump'], /cannot prove/],
    ['without curl', without('curl --version'), ['warning node.senders'], /no curl/],
    [
      'with an old curl',
      saying({ 'curl --version': 'curl 7.29.0 (x86_64-redhat-linux-gnu)' }),
      ['warning node.senders'],
      /older than 7\.36/,
    ],
    ['without curl and ping', without('curl --version', 'ping -V'), ['fault node.senders'], /dnf install curl iputils/],
    [
      'without flock and cmp',
      without('flock --version', 'cmp --version'),
      ['fault node.rollback'],
      /no flock, no cmp.*util-linux diffutils/,
    ],
    ['without a firewall tool', without('nft --version', 'iptables --version'), ['warning node.firewall'], /neither/],
    [
      'without sudo',
      saying({ 'id -u': { exit: null, gap: 'denied' } }),
      ['fault node.privilege'],
      /ops ALL=\(root\) NOPASSWD/,
    ],
    ['with another clock', saying({ 'date -u +%s': `${NOW / 1000 - 90}` }), ['warning node.clock'], /89 s behind/],
    [
      'with an old kernel',
      saying({ 'uname -r': '2.6.32-754.el6.x86_64' }),
      ['warning node.kernel'],
      /older than 3\.10/,
    ],
    [
      'with a full disk',
      saying({
        'df -Pk /var/lib': 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda1 100 95 5 95% /\n',
      }),
      ['fault node.ledger'],
      /0 MiB free/,
    ],
    [
      'with a disk that is read-only',
      saying({ 'test -w /var/lib/netdiag': { exit: 1 } }),
      ['fault node.ledger'],
      /cannot be written/,
    ],
    [
      'whose ledger others write',
      saying({ 'stat -c %a %u /var/lib/netdiag': '777 0' }),
      ['warning node.ledger'],
      /chmod 755/,
    ],
    [
      'whose commands all time out',
      { outputs: Object.fromEntries(Object.keys(WELL).map((key) => [key, { exit: null, timedOut: true }])) },
      ['privilege', 'iproute2', 'tcpdump', 'senders', 'rollback', 'firewall', 'init', 'ledger', 'clock', 'kernel'].map(
        (name) => `unseen node.${name}`,
      ),
      /timed-out/,
    ],
  ])('%s', async (_, node, expected, says) => {
    const items = await nodeItems(site(node), ['a']);
    expect(bad(items)).toEqual(expected);
    const [first] = items.filter(({ health }) => health !== 'ok');
    expect(`${first?.seen} ${first?.mend}`).toMatch(says);
    expect(items.filter(({ health }) => health === 'fault').every(({ mend }) => mend !== null)).toBe(true);
  });

  test.each([
    [
      'with an old curl that can',
      saying({ 'curl --version': 'curl 7.61.1 (x86_64)' }),
      'senders',
      /one packet after the other/,
    ],
    ['with plain text alone', saying({ 'ip -j link show dev lo': { exit: 255 } }), 'iproute2', /plain text only/],
    ['without systemd', saying({ 'cat /proc/1/comm': 'runit\n' }), 'init', /runit, not systemd/],
    ['with iptables alone', without('nft --version'), 'firewall', /^iptables v1\.8\.9/],
    [
      'without a ledger yet',
      saying({ 'stat -c %a %u /var/lib/netdiag': { exit: 1 }, 'test -w /var/lib/netdiag': { exit: 1 } }),
      'ledger',
      /is made by the first change/,
    ],
  ] as const)('%s is well, and says so', async (_, node, id, says) => {
    const items = await nodeItems(site(node), ['a']);
    expect(bad(items)).toEqual([]);
    expect(one(items, id)?.seen).toMatch(says);
  });
});

describe('doors', () => {
  test('one that should open and does not is a warning, and the other is used', async () => {
    const items = await nodeItems(site({ closed: { '10.0.0.1': 'no answer within 5 s' } }), ['a']);
    expect(bad(items)).toEqual(['warning node.door']);
    expect(one(items, 'door')).toMatchObject({
      seen: '10.0.0.9 opened; 10.0.0.1 closed: no answer within 5 s',
      mend: expect.stringContaining('netdiag diagnose a') as string,
    });
  });

  test('a further address may be closed: nodes have some for other things', async () => {
    const items = await nodeItems(site({ closed: { '10.0.0.9': 'no answer within 5 s' } }), ['a']);
    expect(bad(items)).toEqual([]);
    expect(one(items, 'door')?.seen).toBe('10.0.0.1 opened; 10.0.0.9 closed: no answer within 5 s');
  });

  test('the configured address is the one that should open', async () => {
    const doors = { a: { address: '192.0.2.1' } };
    const closed = { '192.0.2.1': 'nothing listens on port 22' };
    expect(bad(await nodeItems(site({ closed }, { doors }), ['a']))).toEqual(['warning node.door']);
    expect(bad(await nodeItems(site({ closed: { '10.0.0.1': 'x' } }, { doors }), ['a']))).toEqual([]);
  });

  test('when none opens, what is inside is not seen and never green', async () => {
    const closed = { '10.0.0.1': 'no answer', '10.0.0.9': 'no answer' };
    const items = await nodeItems(site({ closed }), ['a']);
    expect(bad(items)).toEqual(['fault node.door', 'unseen node.host-key', 'unseen node.login', 'unseen node.inside']);
    expect(one(items, 'door')?.mend).toMatch(/ssh\.nodes\.a\.address/);
  });

  test.each([
    [
      'its host key SHA256:x is unknown: known_hosts has no line for it',
      /^Run ssh-keyscan 10\.0\.0\.1 >> \/etc\/netdiag\/known_hosts, once you have compared/,
    ],
    [
      'it showed the host key SHA256:x, but known_hosts says SHA256:y',
      /^Run ssh-keygen -f \/etc\/netdiag\/known_hosts -R a; ssh-keyscan/,
    ],
  ])('a host key that is not trusted (%s) is a fault with its command', async (because, mend) => {
    const items = await nodeItems(site({ closed: { '10.0.0.1': because, '10.0.0.9': because } }), ['a']);
    expect(bad(items)).toEqual(['unseen node.door', 'fault node.host-key', 'unseen node.login', 'unseen node.inside']);
    expect(one(items, 'host-key')?.mend).toMatch(mend);
  });

  test('a refused key is not tried at a second door, because sshd counts', async () => {
    const at = site({ closed: { '10.0.0.1': 'the key was refused for user ops' } });
    const items = await nodeItems(at, ['a']);
    expect(at.shell.asked).toEqual(['open a 10.0.0.1']);
    expect(bad(items)).toEqual(['unseen node.door', 'fault node.login', 'unseen node.inside']);
  });

  test('a door that leads to another machine than the cluster knows is a fault, and is not used', async () => {
    const known = [{ ...A, machineId: 'ec2f' }];
    expect(bad(await nodeItems(site({ identity: { machineId: 'ec2f' } }, { known }), ['a']))).toEqual([]);
    const at = site({ identity: { machineId: 'dead\u001b' } }, { known });
    const items = await nodeItems(at, ['a']);
    expect(bad(items).slice(0, 1)).toEqual(['fault node.door']);
    expect(one(items, 'door')?.seen).toMatch(/leads to another machine/);
    expect(items.filter(({ health }) => health === 'ok')).toEqual([]);
    expect(at.shell.asked.filter((line) => line.startsWith('run'))).toEqual([]);
  });

  test('without the cluster, a node of which nothing is configured is not seen', async () => {
    expect(bad(await nodeItems(site({}, { known: null }), ['a']))).toEqual(['unseen node.door']);
    const doors = { a: { address: '192.0.2.1' } };
    expect(bad(await nodeItems(site({}, { known: null, doors }), ['a']))).toEqual([]);
  });

  test('a node without an address, and one that the cluster does not have', async () => {
    const bare: NodeFacts = { ...A, addresses: [] };
    expect(one(await nodeItems(site({}, { known: [bare] }), ['a']), 'door')?.seen).toMatch(/knows no address/);
    const items = await nodeItems(site({}, { known: [A, nodeNamed('node-207', '10.0.0.7')] }), ['node-20']);
    expect(items).toMatchObject([{ id: 'node.known', health: 'fault', mend: 'Did you mean node-207?' }]);
  });

  test('hostile names and words stay what they are, for the table to clean', async () => {
    const items = await nodeItems(site(saying({ 'uname -r': '6.1\u001b[2J', 'id -un': '$(id)' })), ['a']);
    expect(bad(items)).toEqual(['unseen node.kernel']);
    expect(one(items, 'privilege')?.seen).toBe('this user, sudo -n works');
  });
});

describe('which nodes', () => {
  const pools = [
    nodeNamed('c', '10.0.0.3', { pool: 'one', ready: 'Unknown' }),
    nodeNamed('d', '10.0.0.4', { pool: 'one' }),
    nodeNamed('e', '10.0.0.5', { pool: 'two', ready: 'False' }),
    nodeNamed('f', '10.0.0.6', { pool: 'one', controlPlane: true }),
  ];
  const doors = { x: { address: '192.0.2.1' }, y: { address: '192.0.2.2' } };
  test.each([
    [{ nodes: ['q'], all: false }, pools, ['q']],
    [{ nodes: [], all: false }, pools, ['d', 'e', 'f']],
    [{ nodes: [], all: true }, pools, ['c', 'd', 'e', 'f']],
    [{ nodes: [], all: false }, null, ['x']],
    [{ nodes: [], all: true }, null, ['x', 'y']],
    [{ nodes: [], all: false }, [], []],
  ])('%j', (wanted, known, names) => {
    expect(chosen(wanted, { known, doors })).toEqual(names);
  });

  test('many are asked a few at a time, and told in order', async () => {
    const known = Array.from({ length: 30 }, (_, at) => nodeNamed(`n${String(at).padStart(2, '0')}`, `10.0.1.${at}`));
    const clock = new FlyingClock(NOW);
    const inner = fakeNodeShell(clock, Object.fromEntries(known.map(({ name }) => [name, { outputs: WELL }])));
    let [now, most] = [0, 0];
    const shell: NodePatients['shell'] = {
      async open(target, signal) {
        most = Math.max(most, (now += 1));
        await clock.sleep(50);
        now -= 1;
        return inner.open(target, signal);
      },
    };
    const names = known.map(({ name }) => name);
    const items = await nodeItems({ shell, clock, known, doors: {}, hosts: null }, names);
    expect(most).toBe(4);
    expect([...new Set(items.map(({ of }) => of))]).toEqual(names);
  });
});
