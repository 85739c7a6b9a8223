import type { V1Node, V1NodeCondition } from '@kubernetes/client-node';
import type { NodeAddress, NodeFacts } from '../../model/index.ts';
import { clean, hexId, ipAddress, objectName, plainStrings } from './clean.ts';
import { Failure } from './failure.ts';

/** Labels that name a node's pool, the first that is set counts: who sets it stands beside it. */
const POOL_LABELS = [
  'eks.amazonaws.com/nodegroup', // EKS managed node groups
  'cloud.google.com/gke-nodepool', // GKE
  'kubernetes.azure.com/agentpool', // AKS
  'agentpool', // AKS before 1.16
  'karpenter.sh/nodepool', // Karpenter from 0.32 on
  'karpenter.sh/provisioner-name', // Karpenter before
  'kops.k8s.io/instancegroup', // kops
  'alpha.eksctl.io/nodegroup-name', // eksctl's own groups
] as const;

/** Labels that name a node's zone; the second one is what Kubernetes before 1.17 and old cloud controllers set. */
const ZONE_LABELS = ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'] as const;

/** Longer annotations (a whole `last-applied-configuration`) say nothing about the network. */
const MOST_ANNOTATION = 2048;

/**
 * A node as the API describes it. What the kubelet wrote — addresses, ids, versions — is hostile: an IP address that is
 * none is left out, an id of another shape is `null`, words are cleaned. Throws Failure when it has no proper name.
 */
export function nodeFacts(node: V1Node): NodeFacts {
  const name = objectName(node.metadata?.name);
  if (name === null) throw new Failure({ is: 'shape', words: 'a node without a proper name' });
  const labels: Record<string, unknown> = node.metadata?.labels ?? {};
  const conditions = node.status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === 'Ready')?.status;
  const about = node.status?.nodeInfo;
  return {
    name,
    uid: hexId(node.metadata?.uid) ?? '',
    addresses: (node.status?.addresses ?? []).flatMap(nodeAddress),
    ready: ready === 'True' || ready === 'False' ? ready : 'Unknown',
    troubles: conditions.filter(isTrouble).map(({ type, reason, message }) => ({
      type: clean(type, 100),
      reason: clean(reason, 100),
      message: clean(message),
    })),
    ...zoneOf(labels),
    pool: POOL_LABELS.map((label) => clean(labels[label], 100)).find((value) => value !== '') ?? null,
    controlPlane: 'node-role.kubernetes.io/control-plane' in labels || 'node-role.kubernetes.io/master' in labels,
    unschedulable: node.spec?.unschedulable === true,
    podCidrs: (node.spec?.podCIDRs ?? [node.spec?.podCIDR])
      .map((cidr) => clean(cidr, 60))
      .filter((cidr) => cidr !== ''),
    machineId: hexId(about?.machineID),
    bootId: hexId(about?.bootID),
    kubelet: clean(about?.kubeletVersion, 100),
    os: clean(about?.osImage, 100),
    kernel: clean(about?.kernelVersion, 100),
    runtime: clean(about?.containerRuntimeVersion, 100),
    annotations: plainStrings(node.metadata?.annotations, MOST_ANNOTATION),
  };
}

function zoneOf(labels: Record<string, unknown>): Pick<NodeFacts, 'zone'> {
  const zone = ZONE_LABELS.map((label) => clean(labels[label], 100)).find((value) => value !== '');
  return zone === undefined ? {} : { zone };
}

function nodeAddress({ type, address }: { type: unknown; address: unknown }): NodeAddress[] {
  const proper = type === 'InternalIP' || type === 'ExternalIP' ? ipAddress(address) : dnsName(address);
  return proper === null ? [] : [{ type: clean(type, 40), address: proper }];
}

function dnsName(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z0-9](?:[-A-Za-z0-9.]{0,251}[A-Za-z0-9])?$/.test(value) ? value : null;
}

/**
 * Conditions are healthy when False, except those that say that something is ready: the node monitoring agent of EKS
 * adds `NetworkingReady` and the like, k3s adds `EtcdIsVoter`.
 */
function isTrouble({ type, status }: V1NodeCondition): boolean {
  if (type === 'Ready') return false;
  const healthy = /Ready$|^EtcdIsVoter$/.test(type) ? 'True' : 'False';
  return status !== healthy;
}
