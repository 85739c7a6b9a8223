import { BEYOND } from '../../src/check/outside-return-path.ts';
import type { Answer, Bound, Output } from '../../src/model/index.ts';
import {
  ipAddr,
  ipamdLog,
  ipRouteAll,
  ipRouteGet,
  iptablesMangle,
  iptablesNat,
  ipRule,
  runtimeSockets,
  sysctlFiles,
  sysctlIpv4,
} from '../../src/probe/index.ts';
import { answered, boundNode, nodeFacts, printed } from './scene.ts';

export const NODE = '172.31.53.61';
export const ON_ETH0 = ['172.31.49.222', '172.31.52.222'];
export const ON_ETH1 = ['172.31.56.137', '172.31.54.85', '172.31.51.82'];

/** What differs between nodes with a secondary ENI. */
export interface EniNode {
  /** Version of the CNI. */
  readonly version: string | null;
  /** Range of the rules of pods on eth1; `null`: everywhere. */
  readonly range: string | null;
  readonly eth0: '0' | '1' | '2';
  readonly eth1: '0' | '1' | '2';
  /** `ip_forward`; where it is 0, so is `forwarding` of every interface, and no lookup of a packet that arrives is answered. */
  readonly forwarding: '0' | '1';
  readonly nodePort: boolean;
  readonly marked: boolean;
  /** eth1 and the routes of table 2 are there. */
  readonly attached: boolean;
  /** Runtime of the node, and the socket that the DaemonSet mounts. */
  readonly runtime: string;
  readonly mount: string | null;
  /** The DaemonSet mounts the directory of its own record. */
  readonly record: boolean;
  /** Lines of ipamd's log; `null`: there is no log. */
  readonly log: string | null;
}

export const HEALTHY: EniNode = {
  version: '1.20.4',
  range: null,
  eth0: '2',
  eth1: '2',
  forwarding: '1',
  nodePort: true,
  marked: true,
  attached: true,
  runtime: 'containerd://2.1.4',
  mount: null,
  record: true,
  log: null,
};
export const I4A: EniNode = { ...HEALTHY, version: '1.7.5', range: '172.31.0.0/16', eth1: '1' };
export const I4B: EniNode = { ...HEALTHY, eth0: '1' };
export const DOCKER: EniNode = {
  ...HEALTHY,
  version: '1.5.3',
  runtime: 'docker://18.6.1',
  mount: '/var/run/docker.sock',
  log: `2019-11-26T02:28:11.342Z [INFO]\tStarting L-IPAMD v1.5.3  ...
2019-11-26T02:28:11.700Z [INFO]\tRecovered AddNetwork for Pod web-0, Namespace default, Container 4f5d
2019-11-26T02:47:08.818Z [DEBUG]\tIP pool stats: total = 28, used = 5, c.maxIPsPerENI = 14
`,
};
export const BLIND = `2019-11-26T02:28:11.342Z [INFO]\tStarting L-IPAMD v1.5.3  ...
2019-11-26T02:28:23.669Z [INFO]\tNot able to get local containers yet (attempt 5/5): Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
2019-11-26T02:28:26.669Z [INFO]\tSkipping Pod web-0, Namespace default, due to no matching container
2019-11-26T02:47:08.818Z [DEBUG]\tIP pool stats: total = 28, used = 0, c.maxIPsPerENI = 14
`;
export const I5: EniNode = {
  ...DOCKER,
  attached: false,
  mount: '/run/containerd/containerd.sock',
  log: `${BLIND}2019-11-26T02:47:14.868Z [INFO]\tSuccessfully freed ENI: eni-08bafec9495ebc6df\n`,
};

/** The roles on such a node. */
export function eniBound(node: EniNode): Bound {
  const subject = boundNode('ip-172-31-53-61', NODE, [...ON_ETH0, ...ON_ETH1]);
  return {
    cluster: 'prod-west',
    cni: {
      name: 'aws-vpc',
      version: node.version,
      daemonSet: 'kube-system/aws-node',
      image: null,
      env: {},
      hostPaths: {
        'cni-bin-dir': '/opt/cni/bin',
        ...(node.record ? { 'run-dir': '/var/run/aws-node' } : {}),
        ...(node.mount === null ? {} : { dockersock: node.mount }),
      },
    },
    subject: { ...subject, facts: nodeFacts('ip-172-31-53-61', NODE, { runtime: node.runtime }) },
    peer: boundNode('ip-172-31-52-10', '172.31.52.10', ['172.31.52.40']),
    farEnd: { kind: 'outside', address: '10.20.0.10', sender: boundNode('ip-10-20-0-10', '10.20.0.10') },
  };
}

const veth = (address: string): string => `eni0000000${address.split('.').at(-1)}`.slice(0, 14);

/** The answers of such a node to everything that the checks of its CNI ask. */
export function eniAnswers(node: EniNode): Answer[] {
  const pods = [...ON_ETH0, ...ON_ETH1];
  const held = (device: string, address: string): string =>
    `2: ${device}    inet ${address}/20 brd 172.31.63.255 scope global ${device}\\       valid_lft forever preferred_lft forever\n`;
  const rules = [
    '0:\tfrom all lookup local',
    ...pods.map((pod) => `512:\tfrom all to ${pod} lookup main`),
    '1024:\tfrom all fwmark 0x80/0x80 lookup main',
    ...ON_ETH1.map((pod) => `1536:\tfrom ${pod} ${node.range === null ? '' : `to ${node.range} `}lookup 2`),
    '32766:\tfrom all lookup main',
  ];
  const routes = [
    'default via 172.31.48.1 dev eth0',
    `172.31.48.0/20 dev eth0 proto kernel scope link src ${NODE}`,
    ...pods.map((pod) => `${pod} dev ${veth(pod)} scope link`),
    ...(node.attached ? ['default via 172.31.48.1 dev eth1 table 2', '172.31.48.1 dev eth1 table 2 scope link'] : []),
  ];
  const sysctls = (['all', 'default', 'eth0', 'eth1'] as const).map((device) => {
    const mode = device === 'eth0' || device === 'eth1' ? node[device] : '0';
    return `net.ipv4.conf.${device}.forwarding = ${node.forwarding}\nnet.ipv4.conf.${device}.rp_filter = ${mode}\n`;
  });
  const sep = pods.map((pod, at) => `-A KUBE-SEP-${at} -p tcp -m tcp -j DNAT --to-destination ${pod}:8080`);
  const port = node.nodePort
    ? [
        '-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-EXT-WEB',
        '-A KUBE-EXT-WEB -j KUBE-SVL-WEB',
        ...pods.map((_, at) => `-A KUBE-SVL-WEB -j KUBE-SEP-${at}`),
      ]
    : [];
  const marks = [
    '-A PREROUTING -i eth0 -m addrtype --dst-type LOCAL -j CONNMARK --set-xmark 0x80/0x80',
    '-A PREROUTING -i eni+ -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80',
  ];
  const table = (name: string, lines: readonly string[]): string =>
    [`*${name}`, ':PREROUTING ACCEPT [0:0]', ...lines, 'COMMIT', ''].join('\n');
  const refused = printed('', { exit: 2, stderr: Buffer.from('RTNETLINK answers: No route to host\n') });
  const back = (pod: string): string | Output => {
    if (node.forwarding === '0') return refused;
    const own = ON_ETH1.includes(pod) && node.range === null && node.attached;
    const way = own ? 'dev eth1 table 2' : 'dev eth0';
    return `${BEYOND} from ${pod} via 172.31.48.1 ${way} \n    cache iif ${veth(pod)} \n`;
  };
  const socket = node.runtime.startsWith('docker') ? '/var/run/docker.sock' : '/run/containerd/containerd.sock';
  const missing = printed('', { exit: 1, stderr: Buffer.from('find: /var/log/aws-node: No such file or directory\n') });
  return [
    answered('subject', ipAddr, {}, held('eth0', NODE) + (node.attached ? held('eth1', '172.31.53.62') : '')),
    answered('subject', sysctlIpv4, {}, `${sysctls.join('')}net.ipv4.ip_forward = ${node.forwarding}\n`),
    answered('subject', ipRule, {}, `${rules.join('\n')}\n`),
    answered('subject', ipRouteAll, {}, `${routes.join('\n')}\n`),
    answered('subject', iptablesNat, {}, table('nat', [...sep, ...port])),
    answered('subject', iptablesMangle, {}, table('mangle', node.marked ? marks : [])),
    answered('subject', runtimeSockets, {}, printed(`s ${socket} -> \n`, { exit: 1 })),
    answered(
      'subject',
      ipamdLog,
      {},
      node.log === null ? missing : `==> /var/log/aws-routed-eni/ipamd.log <==\n${node.log}`,
    ),
    answered(
      'subject',
      sysctlFiles,
      {},
      'file /etc/sysctl.d/90-hardening.conf -> \n/etc/sysctl.d/90-hardening.conf:2:net.ipv4.conf.eth0.rp_filter = 1\n',
    ),
    ...pods.map((pod) => answered('subject', ipRouteGet, { to: BEYOND, from: pod, iif: veth(pod) }, back(pod))),
    ...ON_ETH1.map((pod) =>
      answered(
        'subject',
        ipRouteGet,
        { to: '172.31.52.10', from: pod, iif: veth(pod) },
        node.forwarding === '0' ? refused : `172.31.52.10 from ${pod} dev eth0 \n    cache iif ${veth(pod)} \n`,
      ),
    ),
  ];
}
