import { readingsOf } from '../../src/check/check.ts';
import type { Readings } from '../../src/check/check.ts';
import { verdictOf } from '../../src/check/counted.ts';
import { questionKey } from '../../src/model/index.ts';
import type {
  Answer,
  Bound,
  BoundNode,
  CaptureStory,
  CounterRise,
  Fate,
  Gap,
  NodeFacts,
  NodeRole,
  Output,
  Round,
  Watched,
} from '../../src/model/index.ts';
import {
  ipAddr,
  ipLink,
  ipRoute,
  ipRouteAll,
  ipRouteGet,
  ipRoutePrefix,
  ipRule,
  probeById,
  sysctlIpv4,
} from '../../src/probe/index.ts';
import { read } from '../../src/probe/probe.ts';
import type { Params, Probe } from '../../src/probe/probe.ts';

/** A node as the API would describe it. */
export function nodeFacts(name: string, address: string, change: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name,
    uid: `uid-${name}`,
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: name },
    ],
    ready: 'True',
    troubles: [],
    pool: 'workers',
    controlPlane: false,
    unschedulable: false,
    podCidrs: [],
    machineId: `machine-${name}`,
    bootId: `boot-${name}`,
    kubelet: 'v1.33.1',
    os: 'Debian GNU/Linux 12',
    kernel: '6.18.0',
    runtime: 'containerd://2.1',
    annotations: {},
    ...change,
  };
}

export function boundNode(name: string, address: string, pods: readonly string[] = []): BoundNode {
  return {
    name,
    address,
    addresses: [address],
    facts: nodeFacts(name, address),
    pods: pods.map((pod, index) => ({
      namespace: 'default',
      name: `web-${index}`,
      uid: `pod-${pod}`,
      node: name,
      address: pod,
      hostNetwork: false,
      phase: 'Running',
      ready: true,
      restarts: 0,
      owner: 'ReplicaSet/web',
    })),
  };
}

export const CNI = { name: 'aws-vpc', version: '1.18.0', daemonSet: 'aws-node', image: null, env: {}, hostPaths: {} };

/** The roles of incident I1: subject, peer, and the API server's node as the far end. */
export const I1: Bound = {
  cluster: 'prod-east',
  cni: CNI,
  subject: boundNode('ip-10-0-10-207', '10.0.10.207', ['10.0.10.31']),
  peer: boundNode('ip-10-0-10-115', '10.0.10.115', ['10.0.10.40']),
  farEnd: { kind: 'api-server', address: '10.0.10.69', sender: boundNode('ip-10-0-10-69', '10.0.10.69') },
};

/** The roles of incident I3. */
export const I3: Bound = {
  cluster: 'dev',
  cni: { ...CNI, name: 'calico' },
  subject: boundNode('dev-slave-110', '10.39.0.110', ['192.168.4.25']),
  peer: boundNode('dev-slave-107', '10.39.0.107', ['192.168.54.50']),
  farEnd: { kind: 'node', address: '10.39.0.107', sender: boundNode('dev-slave-107', '10.39.0.107') },
};

/** What a command printed, as the shell would hand it to a probe. */
export function printed(text: string, change: Partial<Output> = {}): Output {
  return {
    exit: 0,
    stdout: Buffer.from(text),
    stderr: new Uint8Array(),
    timedOut: false,
    truncated: false,
    ms: 1,
    ...change,
  };
}

/** One answer, read by the real parser from real text. */
export function answered<P extends Params, T>(
  role: NodeRole,
  probe: Probe<P, T>,
  params: P,
  output: string | Output,
): Answer {
  const raw = typeof output === 'string' ? printed(output) : output;
  return {
    question: { role, probe: probe.id, params },
    node: role,
    command: probe.argv(params).join(' '),
    reading: read(probe, raw),
    output: 'digest',
    text: Buffer.from(raw.stdout).toString(),
  };
}

export function readings(...answers: readonly Answer[]): Readings {
  return readingsOf(Object.fromEntries(answers.map((answer) => [questionKey(answer.question), answer])));
}

/** What differs between the nodes of I1: which device wins, what RPF does. */
export interface I1Case {
  readonly routes: string;
  readonly back: string;
  readonly rpFilter: '0' | '1' | '2';
}

export const I1_SICK: I1Case = {
  routes:
    '10.0.10.0/24 dev eth1 proto kernel scope link src 10.0.10.190 \n10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.207 \n',
  back: '10.0.10.69 from 10.0.10.207 dev eth1 uid 0 \n    cache \n',
  rpFilter: '0',
};

export const I1_HEALTHY: I1Case = {
  routes: '10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.207 \n',
  back: '10.0.10.69 from 10.0.10.207 dev eth0 uid 0 \n    cache \n',
  rpFilter: '0',
};

/** The answers of an I1 node to everything that its checks ask. */
export function i1Answers({ routes, back, rpFilter }: I1Case): Answer[] {
  const addresses =
    '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever\n' +
    '2: eth0    inet 10.0.10.207/24 brd 10.0.10.255 scope global eth0\\       valid_lft forever preferred_lft forever\n' +
    '3: eth1    inet 10.0.10.190/24 brd 10.0.10.255 scope global eth1\\       valid_lft forever preferred_lft forever\n';
  const sysctls = ['all', 'default', 'eth0', 'eth1']
    .map(
      (device) =>
        `net.ipv4.conf.${device}.forwarding = 1\nnet.ipv4.conf.${device}.rp_filter = ${device === 'eth0' ? rpFilter : '0'}\n`,
    )
    .join('');
  return [
    answered('subject', ipAddr, {}, addresses),
    answered(
      'subject',
      ipLink,
      {},
      '2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP mode DEFAULT group default qlen 1000\\    link/ether 02:00:ba:2b:02:3f brd ff:ff:ff:ff:ff:ff\n',
    ),
    answered('subject', ipRoute, {}, `default via 10.0.10.1 dev eth1 \n${routes}`),
    answered('subject', ipRouteAll, {}, `default via 10.0.10.1 dev eth1 \n${routes}`),
    answered(
      'subject',
      ipRule,
      {},
      '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n',
    ),
    answered('subject', sysctlIpv4, {}, `${sysctls}net.ipv4.ip_forward = 1\n`),
    answered('subject', ipRouteGet, { to: '10.0.10.69', from: '10.0.10.207' }, back),
    answered('subject', ipRoutePrefix, { prefix: '10.0.10.0/24' }, routes),
    answered(
      'peer',
      ipRouteGet,
      { to: '10.0.10.69', from: '10.0.10.115' },
      '10.0.10.69 from 10.0.10.115 dev eth0 uid 0 \n    cache \n',
    ),
    answered(
      'peer',
      ipRoutePrefix,
      { prefix: '10.0.10.0/24' },
      '10.0.10.0/24 dev eth0 proto kernel scope link src 10.0.10.115 \n',
    ),
  ];
}

/** How each gap reaches a probe from the shell. */
const LOST: Readonly<Record<Gap, Partial<Output>>> = {
  unreachable: { exit: null, gap: 'unreachable' },
  'timed-out': { exit: null, timedOut: true },
  denied: { exit: 126, stderr: Buffer.from('permission denied') },
  'not-installed': { exit: 127 },
  unparsable: { stdout: Buffer.from('<html>an answer to another question</html>') },
  truncated: { truncated: true },
  'not-recorded': { exit: null, gap: 'not-recorded' },
};
export const GAPS = Object.keys(LOST) as readonly Gap[];

/** The same question, whose answer was lost in this way. */
export function lost({ question }: Pick<Answer, 'question'>, gap: Gap): Answer {
  const probe = probeById(question.probe);
  if (probe === null) throw new RangeError(`no probe is called ${question.probe}`);
  return answered(question.role, probe, question.params, printed('', LOST[gap]));
}

/** What differs between nodes of I3: the node's own forwarding and its uplink's. */
export interface I3Case {
  readonly ipForward: '0' | '1';
  readonly uplink: '0' | '1';
}

export const I3_SICK: I3Case = { ipForward: '0', uplink: '0' };
export const I3_TRAP: I3Case = { ipForward: '1', uplink: '0' };
export const I3_HEALTHY: I3Case = { ipForward: '1', uplink: '1' };

/** `sysctl -a` over the forwarding settings of a node whose devices are lo, `uplink` and one pod's. */
export function sysctlText({ ipForward, uplink }: I3Case, device = 'eth0'): string {
  const value: Record<string, string> = {
    all: ipForward,
    default: ipForward,
    lo: ipForward,
    [device]: uplink,
    cali1: '1',
  };
  const lines = Object.entries(value).flatMap(([name, forwarding]) => [
    `net.ipv4.conf.${name}.accept_redirects = 1`,
    `net.ipv4.conf.${name}.forwarding = ${forwarding}`,
    `net.ipv4.conf.${name}.rp_filter = 0`,
  ]);
  return `${[...lines, `net.ipv4.ip_forward = ${ipForward}`].join('\n')}\n`;
}

/** The answers of an I3 node to everything that `forwarding` asks. */
export function i3Answers(node: I3Case, device = 'eth0'): Answer[] {
  const held = (name: string, address: string): string =>
    `2: ${name}    inet ${address}/24 brd 10.39.0.255 scope global ${name}\\       valid_lft forever preferred_lft forever\n`;
  const refused = printed('', { exit: 2, stderr: Buffer.from('RTNETLINK answers: No route to host\n') });
  const arriving = { to: '192.168.4.25', from: '10.39.0.107', iif: device };
  return [
    answered('subject', ipAddr, {}, held(device, '10.39.0.110')),
    answered('subject', sysctlIpv4, {}, sysctlText(node, device.replaceAll('.', '/'))),
    answered('subject', ipRouteGet, { to: '192.168.4.25' }, '192.168.4.25 dev cali1 src 10.39.0.110 uid 0 \n'),
    answered(
      'subject',
      ipRouteGet,
      arriving,
      node.uplink === '0' ? refused : `192.168.4.25 from 10.39.0.107 dev cali1 \n    cache iif ${device} \n`,
    ),
    answered('peer', ipAddr, {}, held('eth0', '10.39.0.107')),
    answered('peer', sysctlIpv4, {}, sysctlText(I3_HEALTHY)),
    answered(
      'peer',
      ipRouteGet,
      { to: '192.168.54.50', from: '10.39.0.110', iif: 'eth0' },
      '192.168.54.50 from 10.39.0.110 dev cali9 \n    cache iif eth0 \n',
    ),
  ];
}

/** What counted packets came to: seven marked ones to the kubelet, twice, or to a pod where `port` is `null`. */
export function counted(
  fate: Fate,
  change: {
    readonly port?: number | null;
    readonly to?: string;
    readonly counters?: readonly CounterRise[];
    readonly story?: Partial<CaptureStory>;
  } = {},
): Watched {
  const port = change.port === undefined ? 10250 : change.port;
  const answers = fate === 'answered' ? 14 : 0;
  const round = (first: number): Round => ({
    count: 7,
    answered: answers / 2,
    mark:
      port === null
        ? { proto: 'icmp', totalLength: first }
        : { proto: 'tcp', firstPort: 61_000 + first, lastPort: 61_006 + first },
  });
  const rounds = [round(201), round(208)];
  return {
    sent: {
      from: 'farEnd',
      node: 'ip-10-0-10-69',
      source: '10.0.10.69',
      to: change.to ?? (port === null ? '192.168.4.25' : '10.0.10.207'),
      port,
      count: 14,
      answered: answers,
      mark: round(201).mark,
      rounds,
    },
    captures: [],
    story: {
      fate,
      points: [
        { role: 'subject', node: 'ip-10-0-10-207', device: 'eth0' },
        { role: 'subject', node: 'ip-10-0-10-207', device: 'eth1' },
      ],
      sent: 14,
      answered: answers,
      requestsAt: [14, 0],
      answersAt: fate === 'answered' ? [14, 0] : fate === 'answered-elsewhere' ? [0, 14] : [0, 0],
      refusalsAt: fate === 'refused' ? [14, 0] : [0, 0],
      flows: [],
      ladder: [],
      ...change.story,
    },
    counters: change.counters ?? [],
  };
}

/** A counter that rose in each of two rounds of seven packets, and in the quiet window between. */
export function rise(counter: string, each: number | readonly [number, number], quiet = 0): CounterRise {
  const rounds = typeof each === 'number' ? [each, each] : each;
  const verdict = verdictOf(rounds, quiet, [7, 7]);
  return { counter, rounds, quiet, verdict, command: 'nstat -asz', line: `${counter} ${rounds[1]} 0.0`, output: null };
}
