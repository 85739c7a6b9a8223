import { describe, expect, test } from 'vitest';
import { conntrackRoom } from '../../src/check/conntrack-room.ts';
import { defaultRoute } from '../../src/check/default-route.ts';
import { forwarding } from '../../src/check/forwarding.ts';
import { outsideReturnPath, BEYOND } from '../../src/check/outside-return-path.ts';
import { podRoute } from '../../src/check/pod-route.ts';
import { returnPath } from '../../src/check/return-path.ts';
import { rpfMode } from '../../src/check/rpf-mode.ts';
import { contains, network } from '../../src/check/subnet.ts';
import { uplink } from '../../src/check/uplink.ts';
import { ipAddr, ipRoute, ipRouteGet, sysctlConntrack, sysctlFiles, sysctlIpv4 } from '../../src/probe/index.ts';
import {
  answered,
  boundNode,
  I1,
  I1_SICK,
  I3,
  I3_SICK,
  I3_TRAP,
  i1Answers,
  i3Answers,
  printed,
  readings,
} from '../fake/scene.ts';
import { ADDRESSES, conntrack } from './cases.ts';

const refused = (words: string) => printed('', { exit: 2, stderr: Buffer.from(`RTNETLINK answers: ${words}\n`) });
const back = { to: '10.0.10.69', from: '10.0.10.207' };

describe('return-path', () => {
  test('a way back that the kernel refuses is a finding, never clear', () => {
    const verdict = returnPath.judge(
      I1,
      readings(...i1Answers(I1_SICK), answered('subject', ipRouteGet, back, refused('Network is unreachable'))),
    );
    expect(verdict).toMatchObject({
      is: 'found',
      findings: [
        {
          code: 'no-way-back',
          evidence: [{ subject: { line: 'RTNETLINK answers: Network is unreachable' } }],
        },
      ],
    });
  });

  test('RPF settings that root may not read leave the mode unknown', () => {
    const verdict = returnPath.judge(
      I1,
      readings(
        ...i1Answers(I1_SICK),
        answered('subject', sysctlIpv4, {}, 'net.ipv4.conf.eth0.forwarding = 1\nnet.ipv4.ip_forward = 1\n'),
      ),
    );
    expect(verdict.is === 'unknown' && verdict.missing[0]?.detail).toContain('RPF mode of eth0');
  });

  test('without a far end it is unknown and asks for no lookup', () => {
    const bound = { ...I1, farEnd: null };
    expect(returnPath.judge(bound, readings(...i1Answers(I1_SICK))).is).toBe('unknown');
    expect(returnPath.needs(bound, readings()).map(({ probe }) => probe)).not.toContain('ip-route-get');
  });

  test('a peer that is the far end itself is asked for its way to the subject', () => {
    const bound = { ...I1, farEnd: { kind: 'node', address: '10.0.10.115', sender: I1.peer } as const };
    expect(returnPath.needs(bound, readings())).toContainEqual({
      role: 'peer',
      probe: 'ip-route-get',
      params: { to: '10.0.10.207', from: '10.0.10.115' },
    });
  });

  test('a peer that did not answer leaves its column out', () => {
    const alone = i1Answers(I1_SICK).filter(({ question }) => question.role === 'subject');
    const verdict = returnPath.judge(I1, readings(...alone));
    expect(verdict.is === 'found' && verdict.findings[0]?.evidence.some((row) => 'peer' in row)).toBe(false);
  });
});

describe('outside-return-path', () => {
  test('no way out at all is unknown here and says what the kernel said', () => {
    const verdict = outsideReturnPath.judge(
      I1,
      readings(
        answered('subject', ipAddr, {}, ADDRESSES),
        answered('subject', ipRouteGet, { to: BEYOND, from: '10.0.10.207' }, refused('Network is unreachable')),
      ),
    );
    expect(verdict.is === 'unknown' && verdict.missing[0]?.detail).toContain('Network is unreachable');
  });
});

describe('default-route', () => {
  const nothing = answered('subject', ipRoute, {}, '');

  test('missing with nobody to compare with is unknown', () => {
    expect(defaultRoute.judge({ ...I1, peer: null }, readings(nothing))).toMatchObject({
      is: 'unknown',
      missing: [{ role: 'peer', node: '(nobody)' }],
    });
  });

  test('an unreachable default is none', () => {
    const verdict = defaultRoute.judge(
      I1,
      readings(
        answered('subject', ipRoute, {}, 'unreachable default metric 4278198272 \n'),
        answered('peer', ipRoute, {}, 'default via 10.0.10.1 dev eth0 \n'),
      ),
    );
    expect(verdict.is).toBe('found');
  });

  test('one with two gateways is one', () => {
    const two = 'default \n\tnexthop via 10.0.10.1 dev eth0 weight 1 \n\tnexthop via 10.0.10.2 dev eth0 weight 1 \n';
    expect(defaultRoute.judge(I1, readings(answered('subject', ipRoute, {}, two))).is).toBe('clear');
  });
});

describe('conntrack-room', () => {
  const over = (output: Parameters<typeof answered>[3]) =>
    conntrackRoom.judge(I1, readings(answered('subject', sysctlConntrack, {}, output)));

  test('a kernel that tracks nothing is not full', () => {
    const absent = ['count', 'max'].map(
      (key) => `sysctl: cannot stat /proc/sys/net/netfilter/nf_conntrack_${key}: No such file or directory\n`,
    );
    expect(over(printed('', { exit: 1, stderr: Buffer.from(absent.join('')) })).is).toBe('clear');
  });

  test('no limit is never full', () => {
    expect(over(conntrack(100_000, 0)).is).toBe('clear');
  });

  test.each([
    [948, 'clear'],
    [949, 'clear'],
    [950, 'found'],
    [1000, 'found'],
  ])('%i of 1000 is %s', (count, is) => {
    expect(over(conntrack(count, 1000)).is).toBe(is);
  });
});

describe('pod-route', () => {
  const way = (line: string) =>
    podRoute.judge(
      I1,
      readings(answered('subject', ipAddr, {}, ADDRESSES), answered('subject', ipRouteGet, { to: '10.0.10.31' }, line)),
    );

  test.each([
    ['10.0.10.31 via 10.0.10.1 dev eth1 src 10.0.10.190 uid 0 \n', 'a gateway'],
    ['10.0.10.31 dev eth0 src 10.0.10.207 uid 0 \n', 'the uplink itself'],
    ['local 10.0.10.31 dev lo src 10.0.10.31 uid 0 \n', 'the node itself'],
    ['blackhole 10.0.10.31 \n', 'nowhere'],
  ])('a way by %s is missing: it leads to %s', (line) => {
    expect(way(line).is).toBe('found');
  });

  test.each(['10.0.10.31 dev cali123 src 10.0.10.207 uid 0 \n', '10.0.10.31 dev cni0 src 10.244.1.1 uid 0 \n'])(
    'a way to a device of the pods is clear: %s',
    (line) => {
      expect(way(line).is).toBe('clear');
    },
  );

  test('a node whose pods are not known is unknown, and nothing is asked', () => {
    const bound = { ...I1, subject: boundNode('ip-10-0-10-207', '10.0.10.207') };
    expect(podRoute.judge(bound, readings(answered('subject', ipAddr, {}, ADDRESSES))).is).toBe('unknown');
    expect(podRoute.needs(bound, readings())).toEqual([]);
  });
});

describe('forwarding', () => {
  test('proof stands beside the peer, the lookup included', () => {
    const verdict = forwarding.judge(I3, readings(...i3Answers(I3_SICK)));
    expect(verdict.is === 'found' && verdict.findings[0]?.evidence).toMatchObject([
      { subject: { line: 'net.ipv4.ip_forward = 0' }, peer: { line: 'net.ipv4.ip_forward = 1' } },
      { subject: { line: 'net.ipv4.conf.eth0.forwarding = 0' }, peer: { line: 'net.ipv4.conf.eth0.forwarding = 1' } },
      {
        subject: { line: 'RTNETLINK answers: No route to host' },
        peer: { line: expect.stringContaining('cali9') as string },
      },
    ]);
  });

  const writers = (node: typeof I3_SICK, device: string, ...settings: string[]) => {
    const files = ['/etc/sysctl.d/10-a.conf', '/etc/sysctl.d/90-b.conf'].map((file) => `file ${file} -> \n`);
    const verdict = forwarding.judge(
      I3,
      readings(
        ...i3Answers(node, device),
        answered('subject', sysctlFiles, {}, `${files.join('')}${settings.map((line) => `${line}\n`).join('')}`),
      ),
    );
    return verdict.is === 'found' ? verdict.findings[0]?.facts['writers'] : null;
  };

  test('names who writes the setting, the last one that is applied first', () => {
    expect(
      writers(
        I3_SICK,
        'eth0',
        '/etc/sysctl.d/10-a.conf:1:net.ipv4.ip_forward = 1',
        '/etc/sysctl.d/90-b.conf:7:net/ipv4/ip_forward=0',
        '/etc/sysctl.d/90-b.conf:8:net.ipv4.conf.all.rp_filter = 0',
      ),
    ).toEqual(['/etc/sysctl.d/90-b.conf:7 net/ipv4/ip_forward=0', '/etc/sysctl.d/10-a.conf:1 net.ipv4.ip_forward = 1']);
  });

  test('the same variable under its other name, and a pattern, are writers too', () => {
    expect(writers(I3_SICK, 'eth0', '/etc/sysctl.d/10-a.conf:1:net.ipv4.conf.all.forwarding = 0')).toHaveLength(1);
    expect(writers(I3_TRAP, 'eth0', '/etc/sysctl.d/10-a.conf:1:net.ipv4.conf.*.forwarding = 0')).toHaveLength(1);
  });

  test('a device with a dot in its name is found under the name that sysctl prints', () => {
    const line = '/etc/sysctl.d/10-a.conf:1:net/ipv4/conf/bond0.39/forwarding = 0';
    expect(writers(I3_TRAP, 'bond0.39', line)).toEqual([
      '/etc/sysctl.d/10-a.conf:1 net/ipv4/conf/bond0.39/forwarding = 0',
    ]);
  });

  test('files that do not set it are nobody', () => {
    expect(writers(I3_SICK, 'eth0', '/etc/sysctl.d/10-a.conf:1:net.ipv4.conf.eth1.forwarding = 0')).toEqual([]);
  });

  test('a device that is not among the settings leaves it unknown', () => {
    const verdict = forwarding.judge(
      I3,
      readings(...i3Answers(I3_SICK), answered('subject', sysctlIpv4, {}, 'net.ipv4.ip_forward = 1\n')),
    );
    expect(verdict.is === 'unknown' && verdict.missing[0]?.detail).toContain('forwarding setting of eth0');
  });

  test.each(['constructor', '__proto__', 'toString'])('a device called %s is only a name', (name) => {
    const verdict = forwarding.judge(I3, readings(...i3Answers(I3_TRAP, name)));
    expect(verdict.is === 'found' && verdict.findings[0]?.facts['uplink']).toBe(name);
  });
});

describe('rpf-mode', () => {
  const mode = (all: string | undefined, own: string | undefined) =>
    rpfMode(
      {
        ipForward: 1,
        lines: {},
        devices: {
          ...(all === undefined ? {} : { all: { rp_filter: all } }),
          ...(own === undefined ? {} : { eth0: { rp_filter: own } }),
        },
      },
      'eth0',
    );

  test.each([
    ['0', '0', 'off'],
    ['0', '1', 'strict'],
    ['1', '0', 'strict'],
    ['1', '2', 'loose'],
    ['2', '1', 'loose'],
  ])('all %s and own %s is %s: the larger counts', (all, own, expected) => {
    expect(mode(all, own)).toBe(expected);
  });

  test.each([
    [undefined, '1'],
    ['1', undefined],
    [undefined, undefined],
  ])('all %s and own %s is not known', (all, own) => {
    expect(mode(all, own)).toBeNull();
  });
});

describe('uplink', () => {
  test('is the device that holds the address', () => {
    expect(uplink(I1, readings(answered('subject', ipAddr, {}, ADDRESSES)), 'subject')).toMatchObject({
      known: true,
      value: { device: 'eth0', prefix: 24 },
    });
  });

  test('is a gap where no device holds it, and where nobody plays the role', () => {
    const elsewhere = ADDRESSES.replace('10.0.10.207', '192.168.0.9');
    expect(uplink(I1, readings(answered('subject', ipAddr, {}, elsewhere)), 'subject').known).toBe(false);
    expect(uplink({ ...I1, peer: null }, readings(), 'peer').known).toBe(false);
  });
});

describe('subnet', () => {
  test.each([
    ['10.0.10.0/24', '10.0.10.69', true],
    ['10.0.10.0/24', '10.0.11.69', false],
    ['0.0.0.0/0', '10.0.11.69', true],
    ['fd00::/8', 'fd00::1', false],
    ['$(id)', '10.0.10.1', false],
    ['10.0.10.0/24', '--help', false],
  ])('%s holds %s: %s', (cidr, address, held) => {
    expect(contains(cidr, address)).toBe(held);
  });

  test('the network of an address', () => {
    expect(network('10.0.10.207', 24)).toBe('10.0.10.0/24');
    expect(network('10.0.10.207', 20)).toBe('10.0.0.0/20');
  });
});
