import { createHash } from 'node:crypto';
import { uidOf, type KubeObject } from './objects.ts';

/** What pods are made from. */
export interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: PodBody;
}

/** The part of a pod's spec that the lab reads. */
export interface PodBody {
  containers: ContainerBody[];
  volumes?: { name: string; hostPath?: { path: string; type?: string } }[];
  hostNetwork?: boolean;
  nodeName?: string;
  nodeSelector?: Record<string, string>;
  terminationGracePeriodSeconds?: number;
  tolerations?: object[];
  [field: string]: unknown;
}

export interface ContainerBody {
  name: string;
  image: string;
  env?: { name: string; value?: string }[];
  volumeMounts?: { name: string; mountPath: string }[];
  [field: string]: unknown;
}

/** The object that a pod belongs to. */
export interface Owner {
  kind: 'DaemonSet' | 'ReplicaSet';
  name: string;
  uid: string;
  namespace: string;
}

/** UID of a pod that was there from the beginning. */
export function bornUid(namespace: string, name: string): string {
  return uidOf('pod', namespace, name);
}

/** A pod as its controller makes it, on a node or, with null, waiting for one. */
export function pendingPod(
  owner: Owner,
  template: PodTemplate,
  pod: { name: string; uid: string; node: string | null; labels: Record<string, string>; time: string },
): KubeObject {
  const { metadata, spec } = template;
  const condition = scheduled(pod.node, pod.time);
  return {
    metadata: {
      name: pod.name,
      generateName: `${owner.name}-`,
      namespace: owner.namespace,
      uid: pod.uid,
      resourceVersion: '228',
      generation: 1,
      creationTimestamp: pod.time,
      labels: { ...metadata.labels, ...pod.labels },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: owner.kind,
          name: owner.name,
          uid: owner.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      ...structuredClone(spec),
      serviceAccountName: spec['serviceAccountName'] ?? 'default',
      ...(pod.node === null ? {} : { nodeName: pod.node }),
    },
    status: { phase: 'Pending', conditions: [condition], qosClass: 'BestEffort' },
  };
}

function scheduled(node: string | null, time: string): object {
  const head = { type: 'PodScheduled', lastProbeTime: null, lastTransitionTime: time };
  if (node !== null) return { ...head, status: 'True' };
  const message = 'no node is ready, schedulable and selected by the pod';
  return { ...head, status: 'False', reason: 'Unschedulable', message };
}

/** Where a pod runs. */
export interface Running {
  hostIP: string;
  podIP: string;
  /** Scheme of its container ids: `containerd`, `docker`. */
  runtime: string;
  started: string;
  ready: boolean;
}

/** The status of a pod whose containers run. */
export function runningStatus(pod: KubeObject, { hostIP, podIP, runtime, started, ready }: Running): object {
  const spec = pod['spec'] as PodBody;
  const condition = (type: string, holds: boolean) => ({
    type,
    status: holds ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: started,
    ...(holds
      ? {}
      : {
          reason: 'ContainersNotReady',
          message: `containers with unready status: [${spec.containers.map(({ name }) => name).join(' ')}]`,
        }),
  });
  return {
    phase: 'Running',
    conditions: [
      condition('PodScheduled', true),
      condition('Initialized', true),
      condition('ContainersReady', ready),
      condition('Ready', ready),
    ],
    hostIP,
    hostIPs: [{ ip: hostIP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: started,
    containerStatuses: spec.containers.map(({ name, image }) => ({
      name,
      state: { running: { startedAt: started } },
      lastState: {},
      ready,
      restartCount: 0,
      image,
      imageID: image,
      containerID: `${runtime}://${containerId(pod.metadata.uid ?? '', name)}`,
      started: true,
    })),
    qosClass: 'BestEffort',
  };
}

/** The id of a pod's container, as its runtime knows it. */
export function containerId(uid: string, name: string): string {
  return createHash('sha256').update(`${uid}/${name}`).digest('hex');
}

/** True for a pod whose Ready condition holds. */
export function isReady(pod: KubeObject): boolean {
  const status = pod['status'] as { conditions?: { type: string; status: string }[] };
  return (status.conditions ?? []).some(({ type, status: holds }) => type === 'Ready' && holds === 'True');
}

/** True for a pod that belongs to the owner. */
export function isOwnedBy(uid: unknown): (pod: KubeObject) => boolean {
  return ({ metadata }) =>
    ((metadata['ownerReferences'] ?? []) as { uid: string; controller?: boolean }[]).some(
      (reference) => reference.uid === uid && reference.controller === true,
    );
}

/** Ten characters that say which template a pod was made from. */
export function templateHash(template: unknown): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  const digest = createHash('sha256').update(JSON.stringify(template)).digest();
  return [...digest.subarray(0, 10)].map((byte) => alphabet[byte % alphabet.length]).join('');
}
