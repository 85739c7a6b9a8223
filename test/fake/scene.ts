import { readingsOf } from '../../src/check/check.ts';
import type { Readings } from '../../src/check/check.ts';
import { questionKey } from '../../src/model/index.ts';
import type { Answer, Bound, BoundNode, NodeFacts, NodeRole, Output } from '../../src/model/index.ts';
import { ipAddr, ipLink, ipRoute, ipRouteGet, ipRoutePrefix, ipRule, sysctlIpv4 } from '../../src/probe/index.ts';
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
