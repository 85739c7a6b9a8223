import { createHash } from 'node:crypto';
import type { NodeSpec } from '../topology/spec.ts';

/** A Kubernetes object as the API server sends it. */
export interface KubeObject {
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    [field: string]: unknown;
  };
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
      ...(spec.providerId ? { providerID: spec.providerId } : {}),
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
