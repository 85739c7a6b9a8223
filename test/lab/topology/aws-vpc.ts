import { plainHost } from './baseline.ts';
import type { HostPodSpec, Nic, NodeSpec, Step, Topology } from './spec.ts';
import { type VpcPod, vpcCniRules, vpcCniSteps } from './vpc-cni.ts';

/** The ways in which the I1 labs differ. */
export interface AwsVpcVariant {
  /** The subject's eth1: its connected route in main and before eth0's (the fault), or in a table of its own behind a rule. */
  eth1Route: 'main-first' | 'own-table';
  /** rp_filter of the subject's eth0. */
  eth0RpFilter: '1' | '2';
  /** True: every node and the controller also sit in a management network. False: the controller sits in the subnet itself. */
  mgmt: boolean;
}

export const subject = 'ip-10-0-10-207';
export const peer = 'ip-10-0-10-115';
export const controlPlane = 'ip-10-0-10-69';
export const outsideClient = 'client-10-0-0-224';

const gateway = '10.0.10.1';
const apiEndpoint = '10.0.10.69:6443';
const controllerAddress = '10.0.10.250';

/** A node's interfaces in the VPC: each ENI with its MAC, its own address and the secondary addresses that pods use. */
interface Enis {
  eth0: Eni;
  eth1?: Eni;
}
interface Eni {
  mac: string;
  address: string;
}

/** Topology of I1: nodes of one pool with one or two ENIs in 10.0.10.0/24, a router, and a client in another subnet. */
export function awsVpc(variant: AwsVpcVariant): Topology {
  const subjectEnis: Enis = {
    eth0: { mac: '02:00:ba:2b:02:3f', address: '10.0.10.207' },
    eth1: { mac: '02:e1:30:86:0d:35', address: '10.0.10.190' },
  };
  const subjectPods: VpcPod[] = [
    pod(
      'web-6d4b9c7f5d-8xk2p',
      'default',
      '10.0.10.31',
      'eth0',
      'eni4a3c1f09b27',
      '4c9a1f6e-2d83-4b57-a1c6-90e2f7d35b18',
    ),
    pod(
      'coredns-7f85bf9964-x2vlj',
      'kube-system',
      '10.0.10.61',
      'eth1',
      'enib81e60d2c45',
      'e07d52b9-8f1c-46a3-bd94-3a6c1e58f702',
    ),
  ];
  const peerEnis: Enis = {
    eth0: { mac: '02:5e:11:7c:a4:9b', address: '10.0.10.115' },
    eth1: { mac: '02:9d:4f:60:18:d7', address: '10.0.10.151' },
  };
  const peerPods: VpcPod[] = [
    pod(
      'web-6d4b9c7f5d-tq7mz',
      'default',
      '10.0.10.40',
      'eth0',
      'eni9d27e5b1f63',
      '71b3e8d4-05fa-4c29-9e6d-c84f2a17b0e3',
    ),
    pod(
      'coredns-7f85bf9964-9hqzn',
      'kube-system',
      '10.0.10.87',
      'eth1',
      'eni02f8c4a96de',
      '2f6c90a7-e15b-4d38-8a72-5d1b9e43c6f0',
    ),
  ];
  const controlPlaneEnis: Enis = { eth0: { mac: '02:62:68:47:23:a1', address: '10.0.10.69' } };
  const sick = variant.eth1Route === 'main-first';
  return {
    cni: 'aws-vpc',
    vpc: { cidr: '10.0.0.0/16', gateway },
    apiAddress: variant.mgmt ? '192.168.100.69' : '10.0.10.69',
    segments: [
      { name: 'vpc', gateway: { address: `${gateway}/24`, mac: '02:bd:a6:b6:aa:3f' }, sourceCheck: true },
      { name: 'outside', gateway: { address: '10.0.0.1/24', mac: '02:bd:a6:b6:aa:40' }, sourceCheck: true },
      ...(variant.mgmt ? [{ name: 'mgmt', gateway: null, sourceCheck: false }] : []),
    ],
    fabricSteps: [],
    nodes: [
      node(subject, variant.mgmt ? '192.168.100.207' : null, subjectEnis, subjectPods, 'lm9nx', {
        network: sick ? bothInMain(subjectEnis) : eth1InOwnTable(subjectEnis),
        eth0RpFilter: variant.eth0RpFilter,
        etc: { 'NetworkManager/system-connections/eth1.nmconnection': sick ? eth1InMainKeyfile : eth1OwnTableKeyfile },
      }),
      node(peer, variant.mgmt ? '192.168.100.115' : null, peerEnis, peerPods, 'q4fzt', {
        network: eth1WithoutMainRoute(peerEnis),
        eth0RpFilter: '2',
        etc: {},
      }),
      node(controlPlane, variant.mgmt ? '192.168.100.69' : null, controlPlaneEnis, [], '7wd5c', {
        network: oneInterface(controlPlaneEnis),
        eth0RpFilter: '2',
        etc: {},
      }),
    ],
    hosts: [
      {
        name: outsideClient,
        nics: [{ segment: 'outside', name: 'eth0', mac: '02:7a:35:c2:5d:e8', owns: ['10.0.0.224'], mtu: 9001 }],
        steps: plainHost('eth0', '10.0.0.224/24', '10.0.0.1'),
      },
    ],
    controller: variant.mgmt
      ? {
          name: 'controller',
          nics: [{ segment: 'mgmt', name: 'mgmt0', mac: '02:10:00:64:00:02', owns: ['192.168.100.2'] }],
          steps: plainHost('mgmt0', '192.168.100.2/24', null),
        }
      : {
          name: 'controller',
          nics: [{ segment: 'vpc', name: 'eth0', mac: '02:3c:90:aa:17:fa', owns: [controllerAddress], mtu: 9001 }],
          steps: plainHost('eth0', `${controllerAddress}/24`, gateway),
        },
  };
}

interface NodeChoices {
  network: readonly string[];
  eth0RpFilter: '1' | '2';
  etc: Readonly<Record<string, string>>;
}

function node(
  name: string,
  mgmt: string | null,
  enis: Enis,
  pods: readonly VpcPod[],
  suffix: string,
  choices: NodeChoices,
): NodeSpec {
  const nics = Object.entries(enis).map(([ifname, eni]: [string, Eni]): Nic => {
    return {
      segment: 'vpc',
      name: ifname,
      mac: eni.mac,
      owns: [eni.address, ...secondary(eni, ifname, pods)],
      mtu: 9001,
    };
  });
  if (mgmt !== null) {
    const last = Number(mgmt.split('.')[3]);
    const mac = `02:10:00:64:00:${last.toString(16).padStart(2, '0')}`;
    nics.push({ segment: 'mgmt', name: 'mgmt0', mac, owns: [mgmt] });
  }
  const controlPlaneNode = name === controlPlane;
  const rpFilter = Object.keys(enis).map(
    (ifname) => [`net.ipv4.conf.${ifname}.rp_filter`, ifname === 'eth0' ? choices.eth0RpFilter : '2'] as const,
  );
  const steps: Step[] = [
    { do: 'sysctl', settings: rpFilter },
    { do: 'ip', lines: [...choices.network, ...docker0, ...mgmtLines(mgmt)] },
    ...vpcCniSteps(gateway, pods, enis.eth1 !== undefined),
    { do: 'iptables', rules: vpcCniRules('10.0.0.0/16', enis.eth0.address, apiEndpoint) },
  ];
  return {
    name,
    nics,
    mgmt,
    internalIps: Object.values(enis).map((eni: Eni) => eni.address),
    labels: {
      'node.kubernetes.io/instance-type': 'm5.large',
      'topology.kubernetes.io/region': 'us-east-1',
      'topology.kubernetes.io/zone': 'us-east-1a',
      ...(controlPlaneNode
        ? { 'node-role.kubernetes.io/control-plane': '' }
        : { 'eks.amazonaws.com/nodegroup': 'ng-1' }),
    },
    annotations: { 'node.alpha.kubernetes.io/ttl': '0' },
    podCidr: '',
    providerId: `aws:///us-east-1a/i-0${enis.eth0.mac.replaceAll(':', '')}e5c1`,
    os: { name: 'Debian GNU/Linux 12 (bookworm)', id: 'debian', version: '12' },
    controlPlane: controlPlaneNode,
    rebooted: name === subject,
    etc: { 'resolv.conf': 'nameserver 10.0.0.2\nsearch ec2.internal\n', ...choices.etc },
    steps,
    pods,
    hostPods: hostPods(suffix),
    enis: Object.entries(enis).map(([device, eni]: [string, Eni]) => ({
      id: `eni-0${eni.mac.replaceAll(':', '')}4c1e`,
      device,
      mac: eni.mac,
      address: eni.address,
      prefix: '10.0.10.0/24',
      gateway,
      table: device === 'eth0' ? null : 2,
      addresses: secondary(eni, device, pods),
    })),
  };
}

/** Secondary addresses of an ENI: those of its pods, and three more of the VPC that nobody has. */
function secondary({ address }: Eni, device: string, pods: readonly VpcPod[]): string[] {
  const used = pods.filter((pod) => pod.eni === device).map((pod) => pod.address);
  return [...used, ...[1, 2, 3].map((more) => address.replace(/\d+$/, (last) => String(Number(last) + more)))];
}

function hostPods(suffix: string): HostPodSpec[] {
  return [
    { name: `aws-node-${suffix}`, namespace: 'kube-system', container: 'aws-node', owner: 'aws-node' },
    { name: `kube-proxy-${suffix}`, namespace: 'kube-system', container: 'kube-proxy', owner: 'kube-proxy' },
  ];
}

function pod(
  name: string,
  namespace: string,
  address: string,
  eni: VpcPod['eni'],
  hostVeth: string,
  id: string,
): VpcPod {
  const vethMac = `0a:58:${address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':')}`;
  return { name, namespace, address, eni, hostVeth, vethMac, netns: `cni-${id}` };
}

/** The fault: both interfaces get a connected route in main, eth1 comes up first and so its route is found first. */
function bothInMain({ eth0, eth1 }: Enis): string[] {
  if (!eth1) throw new Error('this needs an eth1');
  return [
    `address add ${eth1.address}/24 brd + dev eth1`,
    'link set eth1 up',
    `address add ${eth0.address}/24 brd + dev eth0`,
    'link set eth0 up',
    `route add default via ${gateway} dev eth1`,
  ];
}

function eth1InOwnTable(enis: Enis): string[] {
  const { eth1 } = enis;
  if (!eth1) throw new Error('this needs an eth1');
  return [
    ...eth1WithoutMainRoute(enis),
    `route add 10.0.10.0/24 dev eth1 proto kernel scope link src ${eth1.address} table 2`,
    `rule add from ${eth1.address} lookup 2 priority 1536`,
  ];
}

/** As ipamd leaves a secondary ENI: it has its address, and main has no route through it. */
function eth1WithoutMainRoute(enis: Enis): string[] {
  const { eth1 } = enis;
  if (!eth1) throw new Error('this needs an eth1');
  return [...oneInterface(enis), `address add ${eth1.address}/24 brd + dev eth1 noprefixroute`, 'link set eth1 up'];
}

function oneInterface({ eth0 }: Enis): string[] {
  return [
    `address add ${eth0.address}/24 brd + dev eth0`,
    'link set eth0 up',
    `route add default via ${gateway} dev eth0`,
  ];
}

const docker0 = [
  'link add docker0 address 02:42:5b:1e:90:c7 type bridge',
  'address add 172.17.0.1/16 brd + dev docker0',
  'link set docker0 up',
];

function mgmtLines(mgmt: string | null): string[] {
  return mgmt === null ? [] : [`address add ${mgmt}/24 brd + dev mgmt0`, 'link set mgmt0 up'];
}

const keyfileHead = `[connection]
id=eth1
uuid=9c92fad9-6ecb-3e6c-eb4d-8a47c6f50c04
type=ethernet
interface-name=eth1
autoconnect-priority=10

[ethernet]

[ipv4]
address1=10.0.10.190/24,10.0.10.1
method=manual
`;
const keyfileTail = `
[ipv6]
addr-gen-mode=eui64
method=ignore
`;
const eth1InMainKeyfile = keyfileHead + keyfileTail;
const eth1OwnTableKeyfile = `${keyfileHead}route-table=2\nrouting-rule1=priority 1536 from 10.0.10.190 table 2\n${keyfileTail}`;
