import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noLab, skipNote } from './skip.ts';
import { must } from './command.ts';
import { nodeState } from './node-state.ts';
import { type SshNode, startSshNode } from './ssh-node.ts';

let node: SshNode;

beforeAll(async () => {
  if (!noLab) node = await startSshNode();
});
afterAll(async () => {
  await node?.stop();
});

function inside(...argv: string[]): Promise<string> {
  return must(node.enter('node', argv));
}

function state(): Promise<string> {
  return nodeState((argv) => node.enter('node', argv), ['/etc/hostname']);
}

describe('node state', () => {
  test.skipIf(noLab).each<[change: string[], undo: string[]]>([
    [
      ['ip', 'rule', 'add', 'from', '10.99.0.2', 'lookup', '7'],
      ['ip', 'rule', 'del', 'from', '10.99.0.2', 'lookup', '7'],
    ],
    [
      ['ip', 'route', 'add', '10.98.0.0/24', 'via', '10.99.0.1'],
      ['ip', 'route', 'del', '10.98.0.0/24'],
    ],
    [
      ['ip', 'route', 'add', 'table', '7', 'blackhole', '10.98.0.0/24'],
      ['ip', 'route', 'del', 'table', '7', '10.98.0.0/24'],
    ],
    [
      ['ip', 'address', 'add', '10.98.0.1/24', 'dev', 'eth0'],
      ['ip', 'address', 'del', '10.98.0.1/24', 'dev', 'eth0'],
    ],
    [
      ['ip', 'link', 'set', 'eth0', 'mtu', '1400'],
      ['ip', 'link', 'set', 'eth0', 'mtu', '1500'],
    ],
    [
      ['sysctl', '-w', 'net.ipv4.conf.eth0.log_martians=1'],
      ['sysctl', '-w', 'net.ipv4.conf.eth0.log_martians=0'],
    ],
    [
      ['nft', 'add', 'table', 'inet', 'extra'],
      ['nft', 'delete', 'table', 'inet', 'extra'],
    ],
    [
      ['ip', 'neigh', 'add', '10.99.0.9', 'lladdr', '02:00:00:00:00:09', 'dev', 'eth0'],
      ['ip', 'neigh', 'del', '10.99.0.9', 'dev', 'eth0'],
    ],
    [
      ['sh', '-c', 'echo renamed > /etc/hostname'],
      ['sh', '-c', 'echo lab-node > /etc/hostname'],
    ],
  ])(`shows %j and its undoing${skipNote}`, async (change, undo) => {
    await inside('sysctl', '-q', '-w', 'net.ipv4.conf.eth0.log_martians=0');
    const before = await state();
    await inside(...change);
    expect(await state()).not.toBe(before);
    await inside(...undo);
    expect(await state()).toBe(before);
  });

  test.skipIf(noLab)(`is not moved by traffic, learned neighbours and counters${skipNote}`, async () => {
    const before = await state();
    await inside('ping', '-c', '1', '-W', '1', '10.99.0.1');
    expect(await inside('ip', 'neigh')).toContain('10.99.0.1 dev eth0 lladdr');
    expect(await state()).toBe(before);
  });

  test.skipIf(noLab)(`shows the order of routes${skipNote}`, async () => {
    const [first, second] = ['10.97.0.0/24 via 10.99.0.1 metric 5', '10.97.0.0/24 via 10.99.0.3 metric 5'].map(
      (route) => route.split(' '),
    );
    await inside('ip', 'route', 'add', ...(first ?? []));
    await inside('ip', 'route', 'append', ...(second ?? []));
    const before = await state();
    await inside('ip', 'route', 'del', ...(first ?? []));
    await inside('ip', 'route', 'append', ...(first ?? []));
    expect(await state()).not.toBe(before);
    await inside('ip', 'route', 'del', ...(first ?? []));
    await inside('ip', 'route', 'prepend', ...(first ?? []));
    expect(await state()).toBe(before);
  });

  test.skipIf(noLab)(`can be told of an interface whose name is hostile${skipNote}`, async () => {
    const name = '\u001b[31m"$(id)';
    await inside('ip', 'link', 'add', 'name', name, 'type', 'bridge');
    expect(await state()).toContain(`${name} bridge `);
    await inside('ip', 'link', 'del', 'dev', name);
  });
});
