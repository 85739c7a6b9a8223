import { plainHost } from './baseline.ts';
import { type Block, type CalicoPod, calicoRules, calicoSets, calicoSteps, felixSettings } from './calico-node.ts';
import type { NodeSpec, Step, Topology } from './spec.ts';

export const subject = 'dev-slave-110';
export const peer = 'dev-slave-107';
export const controlPlane = 'dev-master-100';
export const outsideHost = 'host-8-8-8-8';

/** Calico's pool; the management network 192.168.100.0/24 lies outside of it. */
const pool = '192.168.0.0/18';
const blocks: Record<string, Block> = {
  [subject]: { cidr: '192.168.4.0/26', nodeAddress: '10.39.0.110' },
  [peer]: { cidr: '192.168.54.0/26', nodeAddress: '10.39.0.107' },
  [controlPlane]: { cidr: '192.168.12.64/26', nodeAddress: '10.39.0.100' },
};

/** The ways in which labs on this topology differ. */
export interface CalicoVariant {
  /** Steps on the subject after everything is up: the fault. */
  subjectSteps: readonly Step[];
  /** Files under the subject's /etc, besides those that every node has. */
  subjectEtc: Readonly<Record<string, string>>;
}

/** Topology of I3: three nodes in 10.39.0.0/24 with Calico and no overlay, a router, and a host beyond it. */
export function calico(variant: CalicoVariant): Topology {
  return {
    cni: 'calico',
    apiAddress: '192.168.100.100',
    segments: [
      { name: 'lan', gateway: { address: '10.39.0.1/24', mac: '02:54:d4:90:3a:57' }, sourceCheck: false },
      { name: 'internet', gateway: { address: '8.8.8.1/24', mac: '02:54:d4:90:3a:58' }, sourceCheck: false },
      { name: 'mgmt', gateway: null, sourceCheck: false },
    ],
    fabricSteps: [],
    nodes: [
      node(subject, '52:54:15:5d:39:58', [subjectPod], 'x7kqd', variant),
      node(peer, '52:54:31:1e:e1:d9', [peerPod], 'm2vpt', { subjectSteps: [], subjectEtc: {} }),
      node(controlPlane, '52:54:77:0c:4b:21', [], 'c9wzn', { subjectSteps: [], subjectEtc: {} }),
    ],
    hosts: [
      {
        name: outsideHost,
        nics: [{ segment: 'internet', name: 'eth0', mac: '02:08:08:08:08:08', owns: ['8.8.8.8'] }],
        steps: plainHost('eth0', '8.8.8.8/24', '8.8.8.1'),
      },
    ],
    controller: {
      name: 'controller',
      nics: [{ segment: 'mgmt', name: 'mgmt0', mac: '02:10:00:64:00:02', owns: ['192.168.100.2'] }],
      steps: plainHost('mgmt0', '192.168.100.2/24', null),
    },
  };
}

const subjectPod: CalicoPod = {
  name: 'web-5c8d7fbb94-h6rtw',
  namespace: 'default',
  address: '192.168.4.25',
  netns: 'cni-9d1f7a40-63be-4c85-b2e9-07d4f18a3c56',
  hostVeth: 'calidc7f3a1b60c',
  vethMac: '46:2a:0d:29:d1:eb',
};
const peerPod: CalicoPod = {
  name: 'web-5c8d7fbb94-p4nlz',
  namespace: 'default',
  address: '192.168.54.50',
  netns: 'cni-c8520e7b-91fa-4d36-a07c-e5b3d9264f18',
  hostVeth: 'cali91dded39638',
  vethMac: '5e:c4:90:17:ab:62',
};

/** Of every pod of the subject, what Felix writes again and again. */
export const subjectFelixSettings = felixSettings(subjectPod);

function node(
  name: string,
  mac: string,
  pods: readonly CalicoPod[],
  suffix: string,
  { subjectSteps, subjectEtc }: CalicoVariant,
): NodeSpec {
  const own = blocks[name];
  if (!own) throw new Error(`${name} holds no block`);
  const last = Number(own.nodeAddress.split('.')[3]);
  const mgmt = `192.168.100.${last}`;
  const others = Object.values(blocks).filter((block) => block !== own);
  const control = name === controlPlane;
  return {
    name,
    nics: [
      { segment: 'lan', name: 'eth0', mac, owns: [own.nodeAddress] },
      { segment: 'mgmt', name: 'mgmt0', mac: `02:10:00:64:00:${last.toString(16)}`, owns: [mgmt] },
    ],
    mgmt,
    internalIps: [own.nodeAddress],
    labels: control ? { 'node-role.kubernetes.io/control-plane': '' } : { 'node-role.kubernetes.io/worker': '' },
    annotations: {
      'projectcalico.org/IPv4Address': `${own.nodeAddress}/24`,
      'node.alpha.kubernetes.io/ttl': '0',
    },
    podCidr: own.cidr.replace(/\d+\/26$/, '0/24'),
    providerId: '',
    os: { name: 'CentOS Linux 7 (Core)', id: 'centos', version: '7' },
    controlPlane: control,
    rebooted: false,
    etc: {
      'sysctl.d/50-kubernetes.conf':
        '# Written by the node installer.\nnet.ipv4.ip_forward = 1\nnet.ipv4.conf.all.rp_filter = 1\n',
      'resolv.conf': 'nameserver 10.39.0.1\n',
      'sysconfig/network-scripts/ifcfg-eth0': ifcfg(own.nodeAddress),
      ...subjectEtc,
    },
    steps: [
      {
        do: 'sysctl',
        settings: ['all', 'default', 'eth0', 'mgmt0'].map((scope) => [`net.ipv4.conf.${scope}.rp_filter`, '1']),
      },
      {
        do: 'ip',
        lines: [
          `address add ${own.nodeAddress}/24 brd + dev eth0`,
          'link set eth0 up',
          'route add default via 10.39.0.1 dev eth0',
          `address add ${mgmt}/24 brd + dev mgmt0`,
          'link set mgmt0 up',
        ],
      },
      calicoSets(pool),
      { do: 'iptables', rules: calicoRules(pods) },
      ...calicoSteps(own, others, pods),
      ...subjectSteps,
    ],
    pods,
    hostPods: [
      { name: `calico-node-${suffix}`, namespace: 'kube-system', container: 'calico-node', owner: 'calico-node' },
      { name: `kube-proxy-${suffix}`, namespace: 'kube-system', container: 'kube-proxy', owner: 'kube-proxy' },
    ],
  };
}

function ifcfg(address: string): string {
  return `TYPE=Ethernet\nDEVICE=eth0\nONBOOT=yes\nBOOTPROTO=static\nIPADDR=${address}\nPREFIX=24\nGATEWAY=10.39.0.1\n`;
}
