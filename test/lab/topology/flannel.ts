import { plainHost } from './baseline.ts';
import { type BridgedPod, flannelAnnotations, flannelRules, flannelSteps, type Vtep } from './flannel-node.ts';
import type { NodeSpec, Step, Topology } from './spec.ts';

export const subject = 'kylin-19';
export const peer = 'kylin-21';
export const controlPlane = 'kylin-20';

/** Service of the cluster DNS; its one endpoint runs on the peer. */
export const dnsService = '10.186.0.2';
export const clusterDomain = 'cluster1.local';

/** The range that flannel divides among the nodes. */
const network = '10.187.0.0/16';

export const vteps: Readonly<Record<typeof subject | typeof peer | typeof controlPlane, Vtep>> = {
  [subject]: { podCidr: '10.187.0.0/24', publicIp: '172.31.159.19', announcedMac: 'ea:77:37:86:ee:bf' },
  [peer]: { podCidr: '10.187.1.0/24', publicIp: '172.31.159.21', announcedMac: '2a:f1:d4:d0:32:24' },
  [controlPlane]: { podCidr: '10.187.2.0/24', publicIp: '172.31.159.20', announcedMac: 'f2:d2:28:8e:4c:61' },
};

/** The ways in which labs on this topology differ. */
export interface FlannelVariant {
  /** MAC of the subject's `flannel.1`; absent: the one that its annotation announces. */
  subjectMac?: string;
  /** Steps on the subject after everything is up: the fault. */
  subjectSteps: readonly Step[];
}

/** Topology of I2: three nodes in 172.31.159.0/24, flannel with VXLAN between them, CoreDNS on the peer. */
export function flannel(variant: FlannelVariant): Topology {
  const subjectMac = variant.subjectMac ?? vteps[subject].announcedMac;
  return {
    cni: 'flannel',
    flannelNetwork: network,
    dns: { address: dnsService, ports: service.ports },
    dnsService,
    apiAddress: '192.168.100.20',
    segments: [
      { name: 'lan', gateway: { address: '172.31.159.254/24', mac: '02:54:d4:90:3a:57' }, sourceCheck: false },
      { name: 'mgmt', gateway: null, sourceCheck: false },
    ],
    fabricSteps: [],
    nodes: [
      node(subject, subjectMac, [subjectPod], '22bwd', variant.subjectSteps),
      node(peer, vteps[peer].announcedMac, [dnsPod], 'k7f2p', []),
      node(controlPlane, vteps[controlPlane].announcedMac, [], 'q9x4m', []),
    ],
    hosts: [],
    controller: {
      name: 'controller',
      nics: [{ segment: 'mgmt', name: 'mgmt0', mac: '02:10:00:64:00:02', owns: ['192.168.100.2'] }],
      steps: plainHost('mgmt0', '192.168.100.2/24', null),
    },
  };
}

export const subjectPod: BridgedPod = {
  name: 'web-5c8d7fbb94-q8wzt',
  namespace: 'default',
  address: '10.187.0.12',
  netns: 'cni-41d0c6be-7f38-4a92-b5e0-96c2f8d71a03',
  hostVeth: 'veth3f0a91c2',
  mac: '7a:1c:5e:09:b4:0c',
};
export const dnsPod: BridgedPod = {
  name: 'coredns-677d9c57f-tdnd4',
  namespace: 'kube-system',
  address: '10.187.1.24',
  netns: 'cni-e6b80f17-2c4d-4d5b-9a61-0f83b7ce254a',
  hostVeth: 'vethb27d4e60',
  mac: '9e:42:f0:61:d8:18',
  serves: { domain: clusterDomain, answer: '10.186.0.1' },
};

function node(
  name: keyof typeof vteps,
  linkMac: string,
  pods: readonly BridgedPod[],
  suffix: string,
  faultSteps: readonly Step[],
): NodeSpec {
  const own = vteps[name];
  const others = Object.values(vteps).filter((other) => other !== own);
  const last = Number(own.publicIp.split('.')[3]);
  const mgmt = `192.168.100.${last}`;
  const control = name === controlPlane;
  return {
    name,
    nics: [
      { segment: 'lan', name: 'eth0', mac: `52:54:9f:3c:07:${last}`, owns: [own.publicIp] },
      { segment: 'mgmt', name: 'mgmt0', mac: `02:10:00:64:00:${last}`, owns: [mgmt] },
    ],
    mgmt,
    internalIps: [own.publicIp],
    labels: control ? { 'node-role.kubernetes.io/control-plane': '' } : { 'node-role.kubernetes.io/worker': '' },
    annotations: flannelAnnotations(own),
    podCidr: own.podCidr,
    providerId: '',
    os: { name: 'Kylin Linux Advanced Server V10 (Tercel)', id: 'kylin', version: 'V10' },
    controlPlane: control,
    rebooted: false,
    etc: {
      'sysctl.d/50-kubernetes.conf': '# Written by the node installer.\nnet.ipv4.ip_forward = 1\n',
      'resolv.conf': 'nameserver 172.31.159.254\n',
      'NetworkManager/NetworkManager.conf': '[main]\nplugins=ifcfg-rh\n',
      'sysconfig/network-scripts/ifcfg-eth0': ifcfg(own.publicIp),
    },
    steps: [
      { do: 'file', path: '/run/flannel/subnet.env', text: subnetEnv(own) },
      { do: 'file', path: '/var/lib/kubelet/config.yaml', text: kubeletConfig },
      {
        do: 'ip',
        lines: [
          `address add ${own.publicIp}/24 brd + dev eth0`,
          'link set eth0 up',
          'route add default via 172.31.159.254 dev eth0',
          `address add ${mgmt}/24 brd + dev mgmt0`,
          'link set mgmt0 up',
        ],
      },
      { do: 'iptables', rules: flannelRules(own, network, service) },
      ...flannelSteps(own, linkMac, others, pods, `0a:58:${own.podCidr.split('.').slice(0, 3).map(hex).join(':')}:01`),
      ...faultSteps,
    ],
    pods,
    hostPods: [
      {
        name: `kube-flannel-ds-${suffix}`,
        namespace: 'kube-flannel',
        container: 'kube-flannel',
        owner: 'kube-flannel-ds',
      },
      { name: `kube-proxy-${suffix}`, namespace: 'kube-system', container: 'kube-proxy', owner: 'kube-proxy' },
    ],
  };
}

const service = {
  address: dnsService,
  endpoint: dnsPod.address,
  ports: [
    ['udp', 53],
    ['tcp', 53],
    ['tcp', 9153],
  ],
} as const;

const kubeletConfig = `apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
clusterDNS:
- ${dnsService}
clusterDomain: ${clusterDomain}
cgroupDriver: systemd
resolvConf: /etc/resolv.conf
`;

function subnetEnv({ podCidr }: Vtep): string {
  const subnet = podCidr.replace(/\.0\/24$/, '.1/24');
  return `FLANNEL_NETWORK=${network}\nFLANNEL_SUBNET=${subnet}\nFLANNEL_MTU=1450\nFLANNEL_IPMASQ=true\n`;
}

function ifcfg(address: string): string {
  return `TYPE=Ethernet\nDEVICE=eth0\nONBOOT=yes\nBOOTPROTO=static\nIPADDR=${address}\nPREFIX=24\nGATEWAY=172.31.159.254\n`;
}

function hex(number: string): string {
  return Number(number).toString(16).padStart(2, '0');
}
