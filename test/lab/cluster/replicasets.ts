import type { NodeSpec, PodSpec } from '../topology/spec.ts';
import { imageOf, type KubeObject, uidOf } from './objects.ts';
import { bornUid, type Owner, pendingPod, type PodTemplate, runningStatus } from './pod-object.ts';

interface Member {
  node: NodeSpec;
  pod: PodSpec;
}

/** ReplicaSets of the pods that have an address of their own, and these pods: their names say which belong together. */
export function workloads(nodes: readonly NodeSpec[], time: string): { replicaSets: KubeObject[]; pods: KubeObject[] } {
  const groups = new Map<string, [Member, ...Member[]]>();
  for (const node of nodes) {
    for (const pod of node.pods) {
      const key = `${pod.namespace}/${nameOfSet(pod)}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [{ node, pod }]);
      else group.push({ node, pod });
    }
  }
  const sets = [...groups.values()].map((members) => setOf(members, time));
  const pods = new Map(sets.flatMap(({ pods }) => pods));
  const inOrder = nodes.flatMap((node) => node.pods.flatMap((pod) => pods.get(bornUid(pod.namespace, pod.name)) ?? []));
  return { replicaSets: sets.map(({ set }) => set), pods: inOrder };
}

function nameOfSet({ name }: PodSpec): string {
  return name.slice(0, name.lastIndexOf('-'));
}

function setOf(members: readonly [Member, ...Member[]], time: string) {
  const [{ node, pod }] = members;
  const name = nameOfSet(pod);
  const container = name.split('-')[0] ?? name;
  const labels = { 'k8s-app': container, 'pod-template-hash': name.split('-')[1] ?? '' };
  const { namespace } = pod;
  const owner: Owner = { kind: 'ReplicaSet', name, uid: uidOf('replicaset', namespace, name), namespace };
  const atHome = members.every((one) => one.node === node) ? { 'kubernetes.io/hostname': node.name } : null;
  const template: PodTemplate = {
    metadata: { labels },
    spec: {
      containers: [
        {
          name: container,
          image: imageOf(container),
          ...(pod.listens === undefined ? {} : { ports: [{ containerPort: pod.listens, protocol: 'TCP' }] }),
          resources: {},
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      ...(atHome === null ? {} : { nodeSelector: atHome }),
    },
  };
  const replicas = members.length;
  const set: KubeObject = {
    metadata: {
      name,
      namespace,
      uid: owner.uid,
      resourceVersion: '231',
      generation: 1,
      creationTimestamp: time,
      labels,
    },
    spec: { replicas, selector: { matchLabels: labels }, template },
    status: {
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      observedGeneration: 1,
    },
  };
  const pods = members.map((one): [string, KubeObject] => {
    const uid = bornUid(namespace, one.pod.name);
    const made = pendingPod(owner, template, { name: one.pod.name, uid, node: one.node.name, labels: {}, time });
    const hostIP = one.node.internalIps[0] ?? '';
    const runtime = (one.node.runtime ?? 'containerd').split(':')[0] ?? '';
    const status = runningStatus(made, { hostIP, podIP: one.pod.address, runtime, started: time, ready: true });
    return [uid, { ...made, status }];
  });
  return { set, pods };
}
