import type { Topology } from '../topology/spec.ts';
import { imageOf, type KubeObject, uidOf } from './objects.ts';

interface Container {
  name: string;
  /** Name and namespace of its DaemonSet; absent: as the container is called, in kube-system. */
  daemonSet?: { name: string; namespace: string };
  env: readonly object[];
  mounts: Readonly<Record<string, string>>;
}

const nodeName = { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } };

/** The DaemonSets of kube-system that a topology's CNI brings, and kube-proxy. */
export function daemonSets(cni: Topology['cni'], nodes: number, born: string): KubeObject[] {
  return [own[cni], kubeProxy].map((container) => daemonSet(container, nodes, born));
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
              image: imageOf(container.name),
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
