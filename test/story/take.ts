import type { Script } from './play.ts';

/** What is recorded of one lab. */
export interface Take {
  /** Name of the recording. */
  readonly name: string;
  readonly lab: string;
  readonly title: string;
  readonly symptom: string;
  /** Nodes to ask about; the sick one is the first. */
  readonly nodes: readonly [string, ...string[]];
  /** Behind the nodes' names, where two recordings have the same topology: a practice workspace knows a cluster by its nodes. */
  readonly domain?: string;
}

const EKS = 'us-west-2.compute.internal';
const FRANKFURT = 'eu-central-1.compute.internal';
const OREGON = 'us-west-1.compute.internal';
const MUMBAI = 'ap-south-1.compute.internal';
const RACK = 'rack-2.internal';
const I1 = ['ip-10-0-10-207', 'ip-10-0-10-115', 'ip-10-0-10-69'] as const;
const I2 = ['kylin-19', 'kylin-21', 'kylin-20'] as const;
const I3 = ['dev-slave-110', 'dev-slave-107', 'dev-master-100'] as const;
const AWS = ['ip-172-31-53-61', 'ip-172-31-52-10', 'ip-10-20-0-10'] as const;

export const TAKES: readonly Take[] = [
  {
    name: 'i1',
    lab: 'i1',
    title: 'kubectl logs of a pod on ip-10-0-10-207 times out since the node was rebooted',
    symptom: 'kubelet-unreachable',
    nodes: I1,
  },
  {
    name: 'i2',
    lab: 'i2-mac',
    title: 'pods on kylin-19 fail because the cluster DNS does not answer them',
    symptom: 'pods-cannot-get-out',
    nodes: I2,
  },
  {
    name: 'i3',
    lab: 'i3',
    title: 'after a network restart nobody reaches the pods of dev-slave-110',
    symptom: 'pods-unreachable',
    nodes: I3,
  },
  {
    name: 'i4',
    lab: 'i4a',
    title: 'clients of the load balancer time out now and then, always on pods of ip-172-31-53-61',
    symptom: 'connections-time-out',
    nodes: AWS,
  },
  {
    name: 'i5',
    lab: 'i5',
    title: 'since aws-node was installed anew, most pods of ip-172-31-53-61 have lost their network',
    symptom: 'connections-time-out',
    ...behind(EKS, AWS),
  },
  {
    name: 'i1-strict',
    lab: 'i1-strict',
    title: 'kubectl exec into a pod of ip-10-0-10-207 times out since a second interface was attached to the node',
    symptom: 'kubelet-unreachable',
    ...behind(FRANKFURT, I1),
  },
  {
    name: 'i1-one-door',
    lab: 'i1-one-door',
    title: 'the kubelet of ip-10-0-10-207 is not reached, and SSH gets in only by the address of its other interface',
    symptom: 'kubelet-unreachable',
    ...behind(OREGON, I1),
  },
  {
    name: 'i2-local',
    lab: 'i2-local',
    title: 'pods on kylin-19 reach their own node and no pod on another one',
    symptom: 'pods-cannot-get-out',
    ...behind(RACK, I2),
  },
  {
    name: 'i3-uplink',
    lab: 'i3-uplink',
    title: 'nobody reaches the pods of dev-slave-110, although ip_forward is 1 again',
    symptom: 'pods-unreachable',
    ...behind(RACK, I3),
  },
  {
    name: 'i4b',
    lab: 'i4b',
    title: 'a NodePort on ip-172-31-53-61 answers some connections and not others',
    symptom: 'connections-time-out',
    ...behind(MUMBAI, AWS),
  },
];

/** The same nodes in another domain. */
function behind(domain: string, nodes: readonly [string, string, string]): Pick<Take, 'nodes' | 'domain'> {
  const [sick, peer, outside] = nodes;
  return { nodes: [`${sick}.${domain}`, `${peer}.${domain}`, `${outside}.${domain}`], domain };
}

/** Every symptom, each answer of the one that asks further. */
export const WAYS: readonly Pick<Script, 'symptom' | 'answers'>[] = [
  { symptom: 'kubelet-unreachable' },
  { symptom: 'pods-unreachable' },
  { symptom: 'pods-cannot-get-out' },
  { symptom: 'connections-time-out' },
  { symptom: 'something-else', answers: { which: 'to-the-node' } },
  { symptom: 'something-else', answers: { which: 'to-its-pods' } },
];
