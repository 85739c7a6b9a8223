import { BEYOND } from '../../src/check/outside-return-path.ts';
import type { Answer, Bound } from '../../src/model/index.ts';
import {
  ipAddr,
  ipLink,
  ipNeigh,
  ipRoute,
  ipRouteGet,
  iptablesFilter,
  ssListen,
  sysctlConntrack,
} from '../../src/probe/index.ts';
import {
  answered,
  I1,
  I1_HEALTHY,
  I1_SICK,
  I3,
  I3_HEALTHY,
  I3_SICK,
  I3_TRAP,
  i1Answers,
  i3Answers,
  printed,
} from '../fake/scene.ts';

/** Everything that one check may ask of a node, and what it has to say then. */
export interface Case {
  readonly check: string;
  readonly node: string;
  readonly bound: Bound;
  readonly answers: readonly Answer[];
  /** Code of the finding, or `null` for a healthy node. */
  readonly code: string | null;
}

export const ADDRESSES =
  '2: eth0    inet 10.0.10.207/24 brd 10.0.10.255 scope global eth0\\       valid_lft forever preferred_lft forever\n';

export function link(flags: string, state = 'UP'): string {
  return `2: eth0: <${flags}> mtu 9001 qdisc mq state ${state} mode DEFAULT group default qlen 1000\\    link/ether 02:00:ba:2b:02:3f brd ff:ff:ff:ff:ff:ff\n`;
}

export function filterTable(
  policies: { readonly input?: string; readonly forward?: string },
  ...rules: string[]
): string {
  const { input = 'ACCEPT', forward = 'ACCEPT' } = policies;
  return `*filter\n:INPUT ${input} [0:0]\n:FORWARD ${forward} [0:0]\n:OUTPUT ACCEPT [0:0]\n:KUBE-FORWARD - [0:0]\n${rules.map((rule) => `${rule}\n`).join('')}COMMIT\n`;
}

export function conntrack(count: number, max: number): string {
  return `net.netfilter.nf_conntrack_count = ${count}\nnet.netfilter.nf_conntrack_max = ${max}\n`;
}

export function listening(address: string, port = 10250): string {
  return `LISTEN 0      4096   ${address}:${port} ${address.includes(':') || address === '*' ? '*' : '0.0.0.0'}:*\n`;
}

const ROUTES = 'default via 10.0.10.1 dev eth0 \n10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.207 \n';
const neighbours = (state: string): string =>
  `10.0.10.1 dev eth0 ${state === 'FAILED' ? '' : 'lladdr 02:00:00:00:00:01 '}${state} \n10.0.10.9 dev eth0  FAILED \n`;
const beyond = (device: string): string =>
  `${BEYOND} from 10.0.10.207 via 10.0.10.1 dev ${device} uid 0 \n    cache \n`;
const toPod = { to: '10.0.10.31' };

/** A healthy and a sick node for every check, and the rarer forms of either. */
export const CASES: readonly Case[] = (
  [
    ['return-path', 'healthy', I1, i1Answers(I1_HEALTHY), null],
    ['return-path', 'replies by eth1', I1, i1Answers(I1_SICK), 'reply-leaves-other-interface'],
    ['return-path', 'strict RPF', I1, i1Answers({ ...I1_SICK, rpFilter: '1' }), 'request-dropped-by-strict-rpf'],
    ['return-path', 'strict RPF, one interface', I1, i1Answers({ ...I1_HEALTHY, rpFilter: '1' }), null],
    [
      'outside-return-path',
      'healthy',
      I1,
      [
        answered('subject', ipAddr, {}, ADDRESSES),
        answered('subject', ipRouteGet, { to: BEYOND, from: '10.0.10.207' }, beyond('eth0')),
      ],
      null,
    ],
    [
      'outside-return-path',
      'default route by eth1',
      I1,
      [
        answered('subject', ipAddr, {}, ADDRESSES),
        answered('subject', ipRouteGet, { to: BEYOND, from: '10.0.10.207' }, beyond('eth1')),
      ],
      'outside-reply-leaves-other-interface',
    ],
    ['forwarding', 'healthy', I3, i3Answers(I3_HEALTHY), null],
    ['forwarding', 'healthy with a dotted uplink', I3, i3Answers(I3_HEALTHY, 'bond0.39'), null],
    ['forwarding', 'ip_forward 0', I3, i3Answers(I3_SICK), 'forwarding-off'],
    ['forwarding', 'the uplink alone', I3, i3Answers(I3_TRAP), 'uplink-forwarding-off'],
    ['forwarding', 'the dotted uplink alone', I3, i3Answers(I3_TRAP, 'bond0.39'), 'uplink-forwarding-off'],
    ['kubelet-listens', 'healthy', I1, [answered('subject', ssListen, {}, listening('*'))], null],
    ['kubelet-listens', 'on the node address', I1, [answered('subject', ssListen, {}, listening('10.0.10.207'))], null],
    [
      'kubelet-listens',
      'on loopback alone',
      I1,
      [answered('subject', ssListen, {}, listening('127.0.0.1'))],
      'kubelet-not-listening',
    ],
    [
      'kubelet-listens',
      'nowhere',
      I1,
      [answered('subject', ssListen, {}, listening('*', 22))],
      'kubelet-not-listening',
    ],
    [
      'uplink-up',
      'healthy',
      I1,
      [
        answered('subject', ipAddr, {}, ADDRESSES),
        answered('subject', ipLink, {}, link('BROADCAST,MULTICAST,UP,LOWER_UP')),
      ],
      null,
    ],
    [
      'uplink-up',
      'no carrier',
      I1,
      [
        answered('subject', ipAddr, {}, ADDRESSES),
        answered('subject', ipLink, {}, link('NO-CARRIER,BROADCAST,MULTICAST,UP', 'DOWN')),
      ],
      'uplink-down',
    ],
    ['default-route', 'healthy', I1, [answered('subject', ipRoute, {}, ROUTES)], null],
    [
      'default-route',
      'missing here, there on the peer',
      I1,
      [answered('subject', ipRoute, {}, ROUTES.split('\n')[1] ?? ''), answered('peer', ipRoute, {}, ROUTES)],
      'no-default-route',
    ],
    [
      'default-route',
      'missing on both',
      I1,
      [answered('subject', ipRoute, {}, ''), answered('peer', ipRoute, {}, '')],
      null,
    ],
    [
      'gateway-answers',
      'healthy',
      I1,
      [answered('subject', ipRoute, {}, ROUTES), answered('subject', ipNeigh, {}, neighbours('REACHABLE'))],
      null,
    ],
    [
      'gateway-answers',
      'no ARP answer',
      I1,
      [answered('subject', ipRoute, {}, ROUTES), answered('subject', ipNeigh, {}, neighbours('FAILED'))],
      'gateway-not-answering',
    ],
    ['input-firewall', 'healthy', I1, [answered('subject', iptablesFilter, {}, filterTable({}))], null],
    ['input-firewall', 'no table at all', I1, [answered('subject', iptablesFilter, {}, '')], null],
    [
      'input-firewall',
      'port rejected',
      I1,
      [
        answered(
          'subject',
          iptablesFilter,
          {},
          filterTable({}, '-A INPUT -p tcp -m tcp --dport 10250 -j REJECT --reject-with icmp-port-unreachable'),
        ),
      ],
      'firewall-blocks-kubelet',
    ],
    [
      'forward-firewall',
      'healthy',
      I1,
      [answered('subject', iptablesFilter, {}, filterTable({ forward: 'DROP' }, '-A FORWARD -j KUBE-FORWARD'))],
      null,
    ],
    [
      'forward-firewall',
      'policy DROP and nobody who accepts',
      I1,
      [answered('subject', iptablesFilter, {}, filterTable({ forward: 'DROP' }))],
      'forward-policy-drop',
    ],
    ['conntrack-room', 'healthy', I1, [answered('subject', sysctlConntrack, {}, conntrack(412, 262_144))], null],
    [
      'conntrack-room',
      'full',
      I1,
      [answered('subject', sysctlConntrack, {}, conntrack(262_144, 262_144))],
      'conntrack-full',
    ],
    [
      'pod-route',
      'healthy',
      I1,
      [
        answered('subject', ipAddr, {}, ADDRESSES),
        answered('subject', ipRouteGet, toPod, '10.0.10.31 dev eni1 src 10.0.10.207 uid 0 \n    cache \n'),
      ],
      null,
    ],
    [
      'pod-route',
      'refused by the kernel',
      I1,
      [
        answered('subject', ipAddr, {}, ADDRESSES),
        answered(
          'subject',
          ipRouteGet,
          toPod,
          printed('', { exit: 2, stderr: Buffer.from('RTNETLINK answers: No route to host\n') }),
        ),
      ],
      'pod-route-missing',
    ],
  ] as const
).map(([check, node, bound, answers, code]) => ({ check, node, bound, answers, code }));
