import type { NodeSpec, Topology } from '../topology/spec.ts';
import { imageOf, type KubeObject, uidOf } from './objects.ts';
import { bornUid, type Owner, pendingPod, type PodTemplate, runningStatus, templateHash } from './pod-object.ts';

interface Container {
  name: string;
  /** Name and namespace of its DaemonSet; absent: as the container is called, in kube-system. */
  daemonSet?: { name: string; namespace: string };
  /** Tag of its image; absent: the ordinary one. */
  version?: string;
  env: readonly object[];
  /** Paths of the node by volume. */
  mounts: Readonly<Record<string, string>>;
  /** Where a volume is in the container; absent: at the node's path. */
  inContainer?: Readonly<Record<string, string>>;
}

const nodeName = { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } };

/** The DaemonSets of kube-system that a topology's CNI brings, and kube-proxy. */
export function daemonSets({ cni, awsNode }: Topology, nodes: number, born: string): KubeObject[] {
  const network = awsNode === undefined ? own[cni] : changed(own[cni], awsNode);
  return [network, kubeProxy].map((container) => daemonSet(container, nodes, born));
}

/** The one pod of a DaemonSet on a node, as it was made from the template that the DaemonSet still has. */
export function hostPods(node: NodeSpec, sets: readonly KubeObject[], time: string): KubeObject[] {
  return node.hostPods.map(({ name, namespace, owner: of }) => {
    const set = sets.find(({ metadata }) => metadata.name === of && metadata.namespace === namespace);
    if (!set)
      throw new Error(`the pod ${name} of ${node.name} belongs to a DaemonSet ${namespace}/${of} that there is not`);
    const template = (set['spec'] as { template: PodTemplate }).template;
    const owner: Owner = { kind: 'DaemonSet', name: of, uid: set.metadata.uid ?? '', namespace };
    const labels = { 'controller-revision-hash': templateHash(template), 'pod-template-generation': '1' };
    const uid = bornUid(namespace, name);
    const pod = pendingPod(owner, template, { name, uid, node: node.name, labels, time });
    const hostIP = node.internalIps[0] ?? '';
    const runtime = (node.runtime ?? 'containerd').split(':')[0] ?? '';
    return { ...pod, status: runningStatus(pod, { hostIP, podIP: hostIP, runtime, started: time, ready: true }) };
  });
}

/** The record of each DaemonSet's first template. */
export function firstRevisions(sets: readonly KubeObject[], time: string): KubeObject[] {
  return sets.map((set) => revisionOf(set, 1, time));
}

/** A ControllerRevision of the template that a DaemonSet has. */
export function revisionOf(set: KubeObject, revision: number, time: string): KubeObject {
  const { template } = set['spec'] as { template: PodTemplate };
  const hash = templateHash(template);
  const name = `${set.metadata.name}-${hash}`;
  return {
    metadata: {
      name,
      namespace: set.metadata.namespace ?? '',
      uid: uidOf('controllerrevision', name),
      resourceVersion: '221',
      creationTimestamp: time,
      labels: { ...template.metadata.labels, 'controller-revision-hash': hash },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'DaemonSet',
          name: set.metadata.name,
          uid: set.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    data: { spec: { template: { ...template, $patch: 'replace' } } },
    revision,
  };
}

function changed(
  container: Container,
  { version, env, mounts, inContainer = {} }: NonNullable<Topology['awsNode']>,
): Container {
  const all = Object.entries({ ...container.mounts, ...mounts });
  return {
    ...container,
    version,
    inContainer: { ...container.inContainer, ...inContainer },
    env: [
      ...container.env.filter((one) => !('name' in one && typeof one.name === 'string' && one.name in env)),
      ...values(env),
    ],
    mounts: Object.fromEntries(all.filter((mount): mount is [string, string] => mount[1] !== null)),
  };
}

const awsNode: Container = {
  name: 'aws-node',
  env: [
    ...values({
      AWS_VPC_K8S_CNI_LOGLEVEL: 'DEBUG',
      AWS_VPC_ENI_MTU: '9001',
      WARM_ENI_TARGET: '1',
      ENABLE_PREFIX_DELEGATION: 'false',
      AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false',
    }),
    nodeName,
  ],
  mounts: {
    'cni-bin-dir': '/opt/cni/bin',
    'cni-net-dir': '/etc/cni/net.d',
    'log-dir': '/var/log/aws-routed-eni',
    'run-dir': '/var/run/aws-node',
    'xtables-lock': '/run/xtables.lock',
  },
};

const calicoNode: Container = {
  name: 'calico-node',
  env: [
    ...values({
      DATASTORE_TYPE: 'kubernetes',
      WAIT_FOR_DATASTORE: 'true',
      CLUSTER_TYPE: 'k8s,bgp',
      IP: 'autodetect',
      CALICO_IPV4POOL_IPIP: 'Never',
      CALICO_IPV4POOL_VXLAN: 'Never',
      CALICO_IPV4POOL_CIDR: '192.168.0.0/18',
      CALICO_NETWORKING_BACKEND: 'bird',
      FELIX_DEFAULTENDPOINTTOHOSTACTION: 'ACCEPT',
      FELIX_IPV6SUPPORT: 'false',
      FELIX_HEALTHENABLED: 'true',
    }),
    { ...nodeName, name: 'NODENAME' },
  ],
  mounts: {
    'lib-modules': '/lib/modules',
    'var-run-calico': '/var/run/calico',
    'var-lib-calico': '/var/lib/calico',
    'xtables-lock': '/run/xtables.lock',
    'cni-bin-dir': '/opt/cni/bin',
    'cni-net-dir': '/etc/cni/net.d',
  },
};

const kubeFlannel: Container = {
  name: 'kube-flannel',
  daemonSet: { name: 'kube-flannel-ds', namespace: 'kube-flannel' },
  env: [...values({ EVENT_QUEUE_DEPTH: '5000' }), { ...nodeName, name: 'NODE_NAME' }],
  mounts: {
    run: '/run/flannel',
    'xtables-lock': '/run/xtables.lock',
    'cni-plugin': '/opt/cni/bin',
    cni: '/etc/cni/net.d',
  },
};

const kubeProxy: Container = {
  name: 'kube-proxy',
  env: [{ ...nodeName, name: 'NODE_NAME' }],
  mounts: { 'lib-modules': '/lib/modules', 'xtables-lock': '/run/xtables.lock' },
};

const own: Readonly<Record<Topology['cni'], Container>> = {
  'aws-vpc': awsNode,
  calico: calicoNode,
  flannel: kubeFlannel,
};

function values(env: Readonly<Record<string, string>>): object[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

function daemonSet(container: Container, nodes: number, born: string): KubeObject {
  const { name, namespace } = container.daemonSet ?? { name: container.name, namespace: 'kube-system' };
  const labels = { 'k8s-app': container.name };
  return {
    metadata: {
      name,
      namespace,
      uid: uidOf('daemonset', name),
      resourceVersion: '259',
      generation: 1,
      creationTimestamp: born,
      labels,
      annotations: { 'deprecated.daemonset.template.generation': '1' },
    },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: container.name,
              image:
                container.version === undefined
                  ? imageOf(container.name)
                  : imageOf(container.name).replace(/:[^:/]*$/, `:${container.version}`),
              env: container.env,
              resources: {},
              volumeMounts: Object.entries(container.mounts).map(([name, path]) => ({
                name,
                mountPath: container.inContainer?.[name] ?? path,
              })),
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
              securityContext: { privileged: true },
            },
          ],
          restartPolicy: 'Always',
          terminationGracePeriodSeconds: 10,
          dnsPolicy: 'ClusterFirst',
          hostNetwork: true,
          securityContext: {},
          schedulerName: 'default-scheduler',
          tolerations: [{ operator: 'Exists' }],
          priorityClassName: 'system-node-critical',
          volumes: Object.entries(container.mounts).map(([name, path]) => ({ name, hostPath: { path, type: '' } })),
        },
      },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {
      currentNumberScheduled: nodes,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes,
      numberReady: nodes,
      observedGeneration: 1,
      updatedNumberScheduled: nodes,
      numberAvailable: nodes,
    },
  };
}
