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
const AWS = ['ip-172-31-53-61', 'ip-172-31-52-10', 'ip-10-20-0-10'] as const;

export const TAKES: readonly Take[] = [
  {
    name: 'i1',
    lab: 'i1',
    title: 'kubectl logs of a pod on ip-10-0-10-207 times out since the node was rebooted',
    symptom: 'kubelet-unreachable',
    nodes: ['ip-10-0-10-207', 'ip-10-0-10-115', 'ip-10-0-10-69'],
  },
  {
    name: 'i2',
    lab: 'i2-mac',
    title: 'pods on kylin-19 fail because the cluster DNS does not answer them',
    symptom: 'pods-cannot-get-out',
    nodes: ['kylin-19', 'kylin-21', 'kylin-20'],
  },
  {
    name: 'i3',
    lab: 'i3',
    title: 'after a network restart nobody reaches the pods of dev-slave-110',
    symptom: 'pods-unreachable',
    nodes: ['dev-slave-110', 'dev-slave-107', 'dev-master-100'],
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
    nodes: [`${AWS[0]}.${EKS}`, `${AWS[1]}.${EKS}`, `${AWS[2]}.${EKS}`],
    domain: EKS,
  },
];

/** Every symptom, each answer of the one that asks further. */
export const WAYS: readonly Pick<Script, 'symptom' | 'answers'>[] = [
  { symptom: 'kubelet-unreachable' },
  { symptom: 'pods-unreachable' },
  { symptom: 'pods-cannot-get-out' },
  { symptom: 'connections-time-out' },
  { symptom: 'something-else', answers: { which: 'to-the-node' } },
  { symptom: 'something-else', answers: { which: 'to-its-pods' } },
];
