import { describe, expect, test } from 'vitest';
import { checkById } from '../../src/check/index.ts';
import { rpfLine } from '../../src/check/rpf-mode.ts';
import type { Answer, Evidence } from '../../src/model/index.ts';
import {
  ipAddr,
  ipLink,
  ipNeigh,
  ipRouteGet,
  iptablesFilter,
  sysctlConntrack,
  sysctlIpv4,
} from '../../src/probe/index.ts';
import { answered, I1, I1_SICK, i1Answers, printed, readings } from '../fake/scene.ts';
import { CASES, conntrack, filterTable, link } from './cases.ts';

/** The rows of the finding that a check makes of these answers. */
function rows(check: string, answers: readonly Answer[]): readonly Evidence[] {
  const verdict = checkById(check)?.judge(I1, readings(...answers));
  if (verdict?.is !== 'found') throw new RangeError(`${check} found nothing`);
  return verdict.findings.flatMap(({ evidence }) => evidence);
}

const sick = (check: string): readonly Answer[] =>
  CASES.find((one) => one.check === check && one.code !== null)?.answers ?? [];
const peerAddress =
  '2: eth9    inet 10.0.10.115/24 scope global eth9\\       valid_lft forever preferred_lft forever\n';

/** What a healthy peer answers, and the line of it that belongs beside the proof. */
const PEERS: readonly (readonly [check: string, peer: readonly Answer[], line: string])[] = [
  [
    'conntrack-room',
    [answered('peer', sysctlConntrack, {}, conntrack(4, 262_144))],
    'net.netfilter.nf_conntrack_count = 4',
  ],
  [
    'gateway-answers',
    [answered('peer', ipNeigh, {}, '10.0.10.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE \n')],
    '10.0.10.1 dev eth0 lladdr 02:00:00:00:00:01 REACHABLE',
  ],
  ['gateway-answers', [answered('peer', ipNeigh, {}, '10.0.10.7 dev eth0 FAILED \n')], '(no such line)'],
  ['input-firewall', [answered('peer', iptablesFilter, {}, filterTable({}))], '(no such line)'],
  [
    'uplink-up',
    [
      answered('peer', ipAddr, {}, peerAddress),
      answered('peer', ipLink, {}, link('BROADCAST,UP,LOWER_UP').replace('eth0', 'eth9')),
    ],
    link('BROADCAST,UP,LOWER_UP').replace('eth0', 'eth9').trim(),
  ],
  [
    'pod-route',
    [answered('peer', ipRouteGet, { to: '10.0.10.40' }, '10.0.10.40 dev eni7 src 10.0.10.115 uid 0 \n    cache \n')],
    '10.0.10.40 dev eni7 src 10.0.10.115 uid 0',
  ],
];

describe('the healthy peer beside the proof', () => {
  test.each(PEERS)('of %s', (check, peer, line) => {
    const [row] = rows(check, [...sick(check), ...peer]);
    expect(row?.peer?.line.trim()).toBe(line);
    expect(row?.peer?.node).toBe('peer');
    const [alone] = rows(check, sick(check));
    expect(alone).not.toHaveProperty('peer');
    expect(alone?.subject).toEqual(row?.subject);
  });

  test('of a strict filter is asked on the device that holds its own address', () => {
    const peer = [
      answered('peer', ipAddr, {}, peerAddress),
      answered(
        'peer',
        sysctlIpv4,
        {},
        'net.ipv4.conf.all.rp_filter = 0\nnet.ipv4.conf.eth9.rp_filter = 2\nnet.ipv4.ip_forward = 1\n',
      ),
    ];
    const row = rows('return-path', [...i1Answers({ ...I1_SICK, rpFilter: '1' }), ...peer]).at(-1);
    expect(row?.subject.line).toBe('net.ipv4.conf.eth0.rp_filter = 1');
    expect(row?.peer?.line).toBe('net.ipv4.conf.eth9.rp_filter = 2');
  });

  test('of a node without a way back has one', () => {
    const refused = answered(
      'subject',
      ipRouteGet,
      { to: '10.0.10.69', from: '10.0.10.207' },
      printed('', { exit: 2, stderr: Buffer.from('RTNETLINK answers: Network is unreachable\n') }),
    );
    const [row] = rows('return-path', [...i1Answers(I1_SICK), refused]);
    expect(row?.subject.line).toBe('RTNETLINK answers: Network is unreachable');
    expect(row?.peer?.line).toContain('dev eth0');
  });
});

test('rows in which both sides rightly differ say in what, and the others do not', () => {
  const uplink = PEERS.find(([check]) => check === 'uplink-up');
  expect(rows('uplink-up', [...sick('uplink-up'), ...(uplink?.[1] ?? [])])[0]?.normal).toContain('address');
  expect(rows('return-path', i1Answers(I1_SICK)).filter(({ normal }) => normal !== undefined)).toEqual([]);
});

test('the line of an RPF mode is the one that decides it', () => {
  const sysctls = (all: number, own: number): ReturnType<typeof sysctlIpv4.parse> =>
    sysctlIpv4.parse(
      `net.ipv4.conf.all.rp_filter = ${all}\nnet.ipv4.conf.eth0.rp_filter = ${own}\nnet.ipv4.ip_forward = 1\n`,
      printed(''),
    );
  expect(rpfLine(sysctls(1, 0), 'eth0')).toBe('net.ipv4.conf.all.rp_filter = 1');
  expect(rpfLine(sysctls(1, 2), 'eth0')).toBe('net.ipv4.conf.eth0.rp_filter = 2');
  expect(rpfLine(sysctls(1, 1), 'eth0')).toBe('net.ipv4.conf.eth0.rp_filter = 1');
});

test('no output and no such line are told apart', () => {
  const quiet = answered('peer', iptablesFilter, {}, '');
  const [row] = rows('input-firewall', [...sick('input-firewall'), quiet]);
  expect(row?.peer?.line).toBe('(no output)');
});
