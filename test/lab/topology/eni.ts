import { plainHost } from './baseline.ts';
import type { Eni, Nic, NodeSpec, Step, Topology } from './spec.ts';
import { withNodePort } from './node-port.ts';
import { type VpcPod, vpcCniRules, vpcCniSteps } from './vpc-cni.ts';

/** The ways in which the labs with a secondary ENI differ. */
export interface EniVariant {
  /** Policy rules of the pods on eth1: to everywhere, or (old CNI with EXTERNALSNAT=false) to the VPC's range alone. */
  podRules: 'everywhere' | 'only-inside-vpc';
  rpFilter: Readonly<Record<'eth0' | 'eth1', '1' | '2'>>;
  /** Further steps on the subject, after everything else. */
  subjectSteps: readonly Step[];
  subjectEtc: Readonly<Record<string, string>>;
  /** Sockets of the container runtime, on every node. */
  sockets?: readonly string[];
  /** Version, settings and mounts of aws-node; absent: the lab's ordinary one. */
  awsNode?: Topology['awsNode'];
  /** What the nodes' kubelets say they run containers with. */
  runtime: string;
}

export const subject = 'ip-172-31-53-61';
export const peer = 'ip-172-31-52-10';
/** The API server's node, in a VPC of its own that is peered with the nodes' one: to them it is outside. */
export const controlPlane = 'ip-10-20-0-10';
export const outsideClient = 'client-198-51-100-24';
export const vpcCidr = '172.31.0.0/16';
export const nodeAddress = '172.31.53.61';
/** Port on which every pod listens, and the NodePort that leads to it. */
export const podPort = 8080;
export const nodePort = 30_080;

const gateway = '172.31.48.1';
const prefix = '172.31.48.0/20';
/** Addresses for pods on each ENI. */
const perEni = 14;
const apiEndpoint = '10.20.0.10:6443';

const subjectPods: readonly VpcPod[] = [
  pod('web-7c5ddbdf54-4xk2p', '172.31.49.222', 'eth0', 'eni8cf9e51b58a', '7a51f3c2'),
  pod('web-7c5ddbdf54-6hqzn', '172.31.52.222', 'eth0', 'eni60eac028c5b', '1d90b7e4'),
  pod('web-7c5ddbdf54-8tq7m', '172.31.59.203', 'eth0', 'enia94f8f21d94', 'c3f6025a'),
  pod('web-7c5ddbdf54-bx2vl', '172.31.56.137', 'eth1', 'eni099fbf41bd0', '58e2d9b1'),
  pod('web-7c5ddbdf54-d9qfp', '172.31.54.85', 'eth1', 'eni2acd4947ff6', '904cf1a7'),
  pod('web-7c5ddbdf54-fz4mk', '172.31.51.82', 'eth1', 'eni524077fd828', 'e6b81d03'),
  pod('web-7c5ddbdf54-j5wtr', '172.31.57.72', 'eth1', 'eni10574b2dfef', '2fa97c40'),
  pod('web-7c5ddbdf54-m7dsc', '172.31.59.200', 'eth1', 'eni308c9b2c04f', 'b14e86d2'),
  pod('web-7c5ddbdf54-q3n8v', '172.31.58.18', 'eth1', 'eni5434103f7b9', '6c0d25f8'),
];
const peerPods: readonly VpcPod[] = [
  pod('api-5f6d8b7c94-k2xw9', '172.31.52.40', 'eth0', 'eni9d27e5b1f63', '71b3e8d4'),
  pod('api-5f6d8b7c94-z8rfd', '172.31.52.87', 'eth1', 'eni02f8c4a96de', '2f6c90a7'),
];

/** Addresses of the subject's pods on one of its ENIs. */
export function podsOn(eni: 'eth0' | 'eth1'): string[] {
  return subjectPods.filter((pod) => pod.eni === eni).map(({ address }) => address);
}

/** Names of the subject's pods. */
export const subjectPodNames: readonly string[] = subjectPods.map(({ name }) => name);

/** Two worker nodes with two ENIs each in 172.31.48.0/20, the API server in a peered VPC, and a client of the internet. */
export function enis(variant: EniVariant): Topology {
  return {
    cni: 'aws-vpc',
    vpc: { cidr: vpcCidr, gateway },
    ...(variant.awsNode === undefined ? {} : { awsNode: variant.awsNode }),
    apiAddress: '192.168.100.20',
    segments: [
      { name: 'vpc', gateway: { address: `${gateway}/20`, mac: '02:bd:a6:b6:aa:3f' }, sourceCheck: true },
      { name: 'peered', gateway: { address: '10.20.0.1/24', mac: '02:bd:a6:b6:aa:41' }, sourceCheck: true },
      { name: 'outside', gateway: { address: '198.51.100.1/24', mac: '02:bd:a6:b6:aa:40' }, sourceCheck: true },
      { name: 'mgmt', gateway: null, sourceCheck: false },
    ],
    fabricSteps: [],
    nodes: [
      worker(subject, [nodeAddress, '172.31.53.62'], 61, subjectPods, variant, {
        rpFilter: variant.rpFilter,
        steps: variant.subjectSteps,
        etc: variant.subjectEtc,
      }),
      worker(peer, ['172.31.52.10', '172.31.52.11'], 10, peerPods, variant, {
        rpFilter: { eth0: '2', eth1: variant.rpFilter.eth1 },
        steps: [],
        etc: {},
      }),
      controlPlaneNode(variant),
    ],
    hosts: [
      {
        name: outsideClient,
        nics: [{ segment: 'outside', name: 'eth0', mac: '02:7a:35:c2:5d:e8', owns: ['198.51.100.24'] }],
        steps: plainHost('eth0', '198.51.100.24/24', '198.51.100.1'),
      },
    ],
    controller: {
      name: 'controller',
      nics: [{ segment: 'mgmt', name: 'mgmt0', mac: '02:10:00:64:00:02', owns: ['192.168.100.2'] }],
      steps: plainHost('mgmt0', '192.168.100.2/24', null),
    },
  };
}

interface Choices {
  rpFilter: EniVariant['rpFilter'];
  steps: readonly Step[];
  etc: Readonly<Record<string, string>>;
}

function worker(
  name: string,
  [first, second]: readonly [string, string],
  number: number,
  pods: readonly VpcPod[],
  variant: EniVariant,
  choices: Choices,
): NodeSpec {
  const hex = number.toString(16).padStart(2, '0');
  const enis = ([first, second] as const).map((address, index): Eni => {
    const device = `eth${index}`;
    const mac = `02:1f:35:3d:0${index}:${hex}`;
    const table = index === 0 ? null : 2;
    const addresses = secondaryAddresses(pods, device, number);
    return { id: eniId(number, index), device, mac, address, prefix, gateway, table, addresses };
  });
  const nics: Nic[] = [
    ...enis.map(({ device, mac, address, addresses }) => ({
      segment: 'vpc',
      name: device,
      mac,
      owns: [address, ...addresses],
      mtu: 9001,
    })),
    mgmtNic(number),
  ];
  const network = [
    `address add ${first}/20 brd + dev eth0`,
    'link set eth0 up',
    `route add default via ${gateway} dev eth0`,
    `address add ${second}/20 brd + dev eth1 noprefixroute`,
    'link set eth1 up',
    ...mgmtLines(number),
  ];
  const { rpFilter } = choices;
  const externalSnat = variant.awsNode?.env['AWS_VPC_K8S_CNI_EXTERNALSNAT'] === 'true';
  const rules = vpcCniRules(vpcCidr, first, apiEndpoint, externalSnat);
  return {
    ...node(name, number, variant.runtime),
    nics,
    enis,
    nodePort: { from: nodePort, to: podPort },
    internalIps: [first],
    labels: zone({ 'eks.amazonaws.com/nodegroup': 'ng-1' }),
    controlPlane: false,
    etc: { ...resolvers, ...choices.etc },
    steps: [
      {
        do: 'sysctl',
        settings: (['eth0', 'eth1'] as const).map((eni) => [`net.ipv4.conf.${eni}.rp_filter`, rpFilter[eni]] as const),
      },
      { do: 'ip', lines: network },
      ...vpcCniSteps(gateway, pods, true, variant.podRules === 'only-inside-vpc' ? vpcCidr : null),
      { do: 'iptables', rules: withNodePort(rules, nodePort, podPort, pods) },
      ...socketSteps(variant),
      ...choices.steps,
    ],
    pods: pods.map((one) => ({ ...one, listens: podPort })),
    hostPods: hostPods(`w${number}`),
  };
}

/** Secondary addresses of an ENI: those that pods have, among more that nobody has. */
function secondaryAddresses(pods: readonly VpcPod[], device: string, number: number): string[] {
  const used = pods.filter(({ eni }) => eni === device).map(({ address }) => address);
  const third = (device === 'eth0' ? 60 : 61) + (number % 2 === 0 ? 2 : 0);
  const spare = Array.from({ length: perEni - used.length }, (_, index) => `172.31.${third}.${20 + 13 * index}`);
  return [...used, ...spare];
}

function eniId(number: number, index: number): string {
  if (number !== 61) return `eni-0c1a7b3d9e5f20${number}${index}`;
  return index === 0 ? 'eni-0debffa6dcf067b1b' : 'eni-08bafec9495ebc6df';
}

function socketSteps({ sockets = [] }: EniVariant): Step[] {
  return sockets.map((path) => ({ do: 'unix-socket', path }));
}

function controlPlaneNode(variant: EniVariant): NodeSpec {
  return {
    ...node(controlPlane, 20, variant.runtime),
    nics: [{ segment: 'peered', name: 'eth0', mac: '02:62:68:47:23:a1', owns: ['10.20.0.10'], mtu: 9001 }, mgmtNic(20)],
    internalIps: ['10.20.0.10'],
    labels: zone({ 'node-role.kubernetes.io/control-plane': '' }),
    controlPlane: true,
    etc: resolvers,
    steps: [{ do: 'ip', lines: [...plain('10.20.0.10/24', '10.20.0.1'), ...mgmtLines(20)] }, ...socketSteps(variant)],
    pods: [],
    hostPods: hostPods('cp20'),
  };
}

const resolvers = { 'resolv.conf': 'nameserver 172.31.0.2\nsearch ec2.internal\n' };

function plain(address: string, router: string): string[] {
  return [`address add ${address} brd + dev eth0`, 'link set eth0 up', `route add default via ${router} dev eth0`];
}

function mgmtNic(number: number): Nic {
  const mac = `02:10:00:64:00:${number.toString(16).padStart(2, '0')}`;
  return { segment: 'mgmt', name: 'mgmt0', mac, owns: [`192.168.100.${number}`] };
}

function mgmtLines(number: number): string[] {
  return [`address add 192.168.100.${number}/24 brd + dev mgmt0`, 'link set mgmt0 up'];
}

function node(name: string, number: number, runtime: string) {
  return {
    name,
    mgmt: `192.168.100.${number}`,
    runtime,
    annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
    podCidr: '',
    providerId: `aws:///us-west-2a/i-0a1b2c3d4e5f600${number}`,
    os: { name: 'Debian GNU/Linux 12 (bookworm)', id: 'debian', version: '12' },
    rebooted: false,
  };
}

function zone(labels: Readonly<Record<string, string>>): Record<string, string> {
  return {
    'node.kubernetes.io/instance-type': 'm5.large',
    'topology.kubernetes.io/region': 'us-west-2',
    'topology.kubernetes.io/zone': 'us-west-2a',
    ...labels,
  };
}

function hostPods(suffix: string): NodeSpec['hostPods'] {
  return [
    { name: `aws-node-${suffix}`, namespace: 'kube-system', container: 'aws-node', owner: 'aws-node' },
    { name: `kube-proxy-${suffix}`, namespace: 'kube-system', container: 'kube-proxy', owner: 'kube-proxy' },
  ];
}

function pod(name: string, address: string, eni: VpcPod['eni'], hostVeth: string, id: string): VpcPod {
  const parts = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return {
    name,
    namespace: 'default',
    address,
    eni,
    hostVeth,
    vethMac: `0a:58:${parts.join(':')}`,
    netns: `cni-${id}`,
  };
}
