import { createHash } from 'node:crypto';
import type { HostPodSpec, NodeSpec, PodSpec } from '../topology/spec.ts';

/** A Kubernetes object as the API server sends it. */
export interface KubeObject {
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; [field: string]: unknown };
  [field: string]: unknown;
}

/** A UID that is the same each time the same object is made. */
export function uidOf(...names: readonly string[]): string {
  const hex = createHash('sha256').update(names.join('/')).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

interface Identity {
  machineId: string;
  bootId: string;
  /** Of the machine, as `uname -r` says it. */
  kernel: string;
}

/** A Node whose identity equals what the node's own files say; its Ready condition is kept up to date by the API server. */
export function nodeObject(spec: NodeSpec, identity: Identity, born: string): KubeObject {
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    lastHeartbeatTime: born,
    lastTransitionTime: born,
    reason,
    message,
  });
  return {
    metadata: {
      name: spec.name,
      uid: uidOf('node', spec.name),
      resourceVersion: '213',
      creationTimestamp: born,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': spec.name,
        'kubernetes.io/os': 'linux',
        ...spec.labels,
      },
      annotations: { ...spec.annotations, 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    },
    spec: {
      ...(spec.podCidr ? { podCIDR: spec.podCidr, podCIDRs: [spec.podCidr] } : {}),
      ...(spec.controlPlane
        ? { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] }
        : {}),
    },
    status: {
      capacity: { cpu: '2', 'ephemeral-storage': '83873772Ki', memory: '7934Mi', pods: '29' },
      allocatable: { cpu: '1930m', 'ephemeral-storage': '76224326324', memory: '7244Mi', pods: '29' },
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      addresses: [
        ...spec.internalIps.map((address) => ({ type: 'InternalIP', address })),
        { type: 'Hostname', address: spec.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        machineID: identity.machineId,
        systemUUID: uidOf('system', spec.name),
        bootID: identity.bootId,
        kernelVersion: identity.kernel,
        osImage: spec.os.name,
        containerRuntimeVersion: spec.runtime ?? 'containerd://2.1.4',
        kubeletVersion: 'v1.34.2',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
  };
}

/** A running pod with an address of its own. */
export function podObject(node: NodeSpec, pod: PodSpec, born: string): KubeObject {
  const container = pod.name.split('-')[0] ?? pod.name;
  const labels = { 'k8s-app': container, 'pod-template-hash': pod.name.split('-')[1] ?? '' };
  return runningPod(node, { ...pod, container, labels, hostNetwork: false, owner: null }, born);
}

/** A running pod of a DaemonSet that shares its node's network. */
export function hostPodObject(node: NodeSpec, pod: HostPodSpec, born: string): KubeObject {
  const labels = { 'k8s-app': pod.owner, 'pod-template-generation': '1' };
  const address = node.internalIps[0] ?? '';
  return runningPod(node, { ...pod, address, labels, hostNetwork: true }, born);
}

interface RunningPod {
  name: string;
  namespace: string;
  address: string;
  container: string;
  labels: Record<string, string>;
  hostNetwork: boolean;
  owner: string | null;
}

function runningPod(node: NodeSpec, pod: RunningPod, born: string): KubeObject {
  const condition = (type: string) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: born });
  const image = imageOf(pod.container);
  const owner =
    pod.owner === null ? { kind: 'ReplicaSet', name: pod.container } : { kind: 'DaemonSet', name: pod.owner };
  const hostIP = node.internalIps[0] ?? '';
  return {
    metadata: {
      name: pod.name,
      namespace: pod.namespace,
      uid: uidOf('pod', pod.namespace, pod.name),
      resourceVersion: '228',
      creationTimestamp: born,
      labels: pod.labels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          ...owner,
          uid: uidOf('daemonset', owner.name),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      containers: [{ name: pod.container, image, resources: {}, imagePullPolicy: 'IfNotPresent' }],
      restartPolicy: 'Always',
      nodeName: node.name,
      ...(pod.hostNetwork ? { hostNetwork: true } : {}),
      serviceAccountName: 'default',
      tolerations: [{ operator: 'Exists' }],
    },
    status: {
      phase: 'Running',
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
      hostIP,
      hostIPs: [{ ip: hostIP }],
      podIP: pod.address,
      podIPs: [{ ip: pod.address }],
      startTime: born,
      containerStatuses: [
        {
          name: pod.container,
          state: { running: { startedAt: born } },
          lastState: {},
          ready: true,
          restartCount: 0,
          image,
          imageID: image,
          containerID: `containerd://${createHash('sha256').update(pod.name).digest('hex')}`,
          started: true,
        },
      ],
      qosClass: 'BestEffort',
    },
  };
}

/** Image of a well-known container; anything else is an image of the site's own. */
export function imageOf(container: string): string {
  const known: Record<string, string> = {
    'aws-node': '602401143452.dkr.ecr.us-east-1.amazonaws.com/amazon-k8s-cni:v1.20.4-eksbuild.2',
    'kube-proxy': 'registry.k8s.io/kube-proxy:v1.34.2',
    'calico-node': 'docker.io/calico/node:v3.30.3',
    'kube-flannel': 'ghcr.io/flannel-io/flannel:v0.27.4',
    coredns: 'registry.k8s.io/coredns/coredns:v1.12.1',
  };
  return known[container] ?? `registry.example.com/${container}:1.4.2`;
}
