import type { Topology } from '../topology/spec.ts';
import { imageOf, type KubeObject, uidOf } from './objects.ts';

interface Container {
  name: string;
  /** Name and namespace of its DaemonSet; absent: as the container is called, in kube-system. */
  daemonSet?: { name: string; namespace: string };
  /** Tag of its image; absent: the ordinary one. */
  version?: string;
  env: readonly object[];
  mounts: Readonly<Record<string, string>>;
}

const nodeName = { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } };

/** The DaemonSets of kube-system that a topology's CNI brings, and kube-proxy. */
export function daemonSets({ cni, awsNode }: Topology, nodes: number, born: string): KubeObject[] {
  const network = awsNode === undefined ? own[cni] : changed(own[cni], awsNode);
  return [network, kubeProxy].map((container) => daemonSet(container, nodes, born));
}

function changed(container: Container, { version, env, mounts }: NonNullable<Topology['awsNode']>): Container {
  const all = Object.entries({ ...container.mounts, ...mounts });
  return {
    ...container,
    version,
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
              volumeMounts: Object.entries(container.mounts).map(([name, mountPath]) => ({ name, mountPath })),
              imagePullPolicy: 'IfNotPresent',
              securityContext: { privileged: true },
            },
          ],
          restartPolicy: 'Always',
          dnsPolicy: 'ClusterFirst',
          hostNetwork: true,
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
