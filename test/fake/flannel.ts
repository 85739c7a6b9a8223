import type { Answer, Bound, NodeRole } from '../../src/model/index.ts';
import {
  ipAddr,
  ipLink,
  ipNeigh,
  ipRoute,
  ipRouteAll,
  ipRouteGet,
  iptablesNat,
  kubeletConfig,
  vxlanLink,
} from '../../src/probe/index.ts';
import { answered, boundNode, CNI, printed } from './scene.ts';

const ANNOUNCED = { subject: 'ea:77:37:86:ee:bf', peer: '2a:f1:d4:d0:32:24' };
const SUBJECT_POD = '10.187.0.12';
const PEER_POD = '10.187.1.24';
export const OWN_VTEP = '10.187.0.0';
export const PEER_VTEP = '10.187.1.0';

function node(role: 'subject' | 'peer'): Bound['subject'] {
  const [name, address, pod, cidr] =
    role === 'subject'
      ? ['kylin-19', '172.31.159.19', SUBJECT_POD, '10.187.0.0/24']
      : ['kylin-21', '172.31.159.21', PEER_POD, '10.187.1.0/24'];
  const bound = boundNode(name, address, [pod]);
  const annotations = {
    'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: 1, VtepMAC: ANNOUNCED[role] }),
    'flannel.alpha.coreos.com/backend-type': 'vxlan',
    'flannel.alpha.coreos.com/public-ip': address,
  };
  return { ...bound, facts: { ...bound.facts, podCidrs: [cidr], annotations } };
}

/** The roles of incident I2. */
export const I2: Bound = {
  cluster: 'kylin',
  cni: { ...CNI, name: 'flannel' },
  subject: node('subject'),
  peer: node('peer'),
  farEnd: { kind: 'node', address: '172.31.159.21', sender: node('peer') },
};

/** The same with other annotations on the subject. */
export function i2Annotated(annotations: Readonly<Record<string, string>>): Bound {
  return { ...I2, subject: { ...I2.subject, facts: { ...I2.subject.facts, annotations } } };
}

/** What differs between the nodes of I2. */
export interface I2Case {
  /** MAC of flannel.1; `null` where there is no such device. */
  readonly mac: string | null;
  readonly up: boolean;
  /** Line that table local has too much; empty for none. */
  readonly captured: string;
}

export const I2_HEALTHY: I2Case = { mac: ANNOUNCED.subject, up: true, captured: '' };
export const I2_STALE: I2Case = { ...I2_HEALTHY, mac: 'b6:9b:ed:b0:37:74' };
export const I2_CAPTURED: I2Case = { ...I2_HEALTHY, captured: `local ${PEER_VTEP} dev lo table local scope host ` };

export function tunnel(mac: string, up = true): string {
  const flags = up ? 'BROADCAST,MULTICAST,UP,LOWER_UP' : 'BROADCAST,MULTICAST';
  return `4: flannel.1: <${flags}> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default \\    link/ether ${mac} brd ff:ff:ff:ff:ff:ff promiscuity 0 \\    vxlan id 1 local 172.31.159.19 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 \n`;
}

function plainLink(mac: string, up = true): string {
  const flags = up ? 'BROADCAST,MULTICAST,UP,LOWER_UP' : 'BROADCAST,MULTICAST';
  return `4: flannel.1: <${flags}> mtu 1450 qdisc noqueue state UNKNOWN mode DEFAULT group default \\    link/ether ${mac} brd ff:ff:ff:ff:ff:ff\n`;
}

const ROUTES = [
  'default via 172.31.159.254 dev eth0 ',
  '10.187.0.0/24 dev cni0 proto kernel scope link src 10.187.0.1 ',
  '10.187.1.0/24 via 10.187.1.0 dev flannel.1 onlink ',
  '10.187.2.0/24 via 10.187.2.0 dev flannel.1 onlink ',
  '172.31.159.0/24 dev eth0 proto kernel scope link src 172.31.159.19 ',
];
const LOCAL = [
  `local ${OWN_VTEP} dev flannel.1 table local proto kernel scope host src ${OWN_VTEP} `,
  'local 10.187.0.1 dev cni0 table local proto kernel scope host src 10.187.0.1 ',
  'local 172.31.159.19 dev eth0 table local proto kernel scope host src 172.31.159.19 ',
];
const KUBELET =
  'apiVersion: kubelet.config.k8s.io/v1beta1\nclusterDNS:\n- 10.186.0.2\nclusterDomain: cluster1.local\nkind: KubeletConfiguration\n';
/** As kube-proxy writes it: the service's chain, and one chain for each endpoint. */
const NAT = `*nat
:PREROUTING ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-ERIFXISQEP7F7OF4 - [0:0]
:KUBE-SEP-6E7XQMQ4RAYOWTTM - [0:0]
-A KUBE-SERVICES -d 10.186.0.2/32 -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp cluster IP" -m tcp --dport 53 -j KUBE-SVC-ERIFXISQEP7F7OF4
-A KUBE-SVC-ERIFXISQEP7F7OF4 -m comment --comment "kube-system/kube-dns:dns-tcp -> ${PEER_POD}:53" -j KUBE-SEP-6E7XQMQ4RAYOWTTM
-A KUBE-SEP-6E7XQMQ4RAYOWTTM -p tcp -m comment --comment "kube-system/kube-dns:dns-tcp" -m tcp -j DNAT --to-destination ${PEER_POD}:53
COMMIT
`;
const held = (at: number, device: string, address: string): string =>
  `${at}: ${device}    inet ${address} scope global ${device}\\       valid_lft forever preferred_lft forever\n`;
const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

/** Everything that flannel's checks ask of such a node and of its healthy peer. */
export function i2Answers({ mac, up, captured }: I2Case): Answer[] {
  const stolen = captured !== '';
  const lookup = (role: NodeRole, params: Readonly<Record<string, string>>, text: string): Answer =>
    answered(role, ipRouteGet, params, text);
  const arriving = { to: SUBJECT_POD, from: PEER_VTEP, iif: 'flannel.1' };
  return [
    answered('subject', vxlanLink, {}, mac === null ? '' : tunnel(mac, up)),
    answered('subject', ipLink, {}, mac === null ? '' : plainLink(mac, up)),
    answered('peer', ipLink, {}, plainLink(ANNOUNCED.peer)),
    answered('peer', ipNeigh, {}, `${OWN_VTEP} dev flannel.1 lladdr ${ANNOUNCED.subject} PERMANENT \n`),
    answered(
      'subject',
      ipAddr,
      {},
      held(2, 'eth0', '172.31.159.19/24') + held(4, 'flannel.1', `${OWN_VTEP}/32`) + held(5, 'cni0', '10.187.0.1/24'),
    ),
    answered('subject', kubeletConfig, {}, KUBELET),
    answered('subject', iptablesNat, {}, NAT),
    answered('peer', kubeletConfig, {}, KUBELET),
    answered('peer', iptablesNat, {}, NAT),
    answered('subject', ipRoute, {}, lines(ROUTES)),
    answered('subject', ipRouteAll, {}, lines([...ROUTES, ...LOCAL, ...(stolen ? [captured] : [])])),
    lookup(
      'subject',
      { to: PEER_VTEP },
      stolen
        ? `local ${PEER_VTEP} dev lo src ${PEER_VTEP} uid 0 \n    cache <local> \n`
        : `${PEER_VTEP} dev flannel.1 src ${OWN_VTEP} uid 0 \n    cache \n`,
    ),
    lookup('peer', { to: OWN_VTEP }, `${OWN_VTEP} dev flannel.1 src ${PEER_VTEP} uid 0 \n    cache \n`),
    ...(stolen
      ? [
          answered(
            'subject',
            ipRouteGet,
            arriving,
            printed('', { exit: 2, stderr: Buffer.from('RTNETLINK answers: Invalid argument\n') }),
          ),
          lookup(
            'peer',
            { to: PEER_POD, from: OWN_VTEP, iif: 'flannel.1' },
            `${PEER_POD} from ${OWN_VTEP} dev cni0 \n    cache iif flannel.1 \n`,
          ),
        ]
      : []),
  ];
}
