import type { V1Pod } from '@kubernetes/client-node';
import type { PodFacts } from '../../model/index.ts';
import { clean, hexId, ipAddress, objectName } from './clean.ts';
import { Failure } from './failure.ts';

/** A pod as the API describes it. Throws Failure when it has no proper name or namespace. */
export function podFacts(pod: V1Pod): PodFacts {
  const name = objectName(pod.metadata?.name);
  const namespace = objectName(pod.metadata?.namespace);
  if (name === null || namespace === null) throw new Failure({ is: 'shape', words: 'a pod without a proper name' });
  const owner = (pod.metadata?.ownerReferences ?? []).find(({ controller }) => controller === true);
  return {
    namespace,
    name,
    uid: hexId(pod.metadata?.uid) ?? '',
    node: objectName(pod.spec?.nodeName),
    address: ipAddress(pod.status?.podIP),
    hostNetwork: pod.spec?.hostNetwork === true,
    phase: clean(pod.status?.phase, 40),
    // A pod that is being deleted keeps its condition until its containers end, but gets no traffic any more.
    ready:
      pod.metadata?.deletionTimestamp === undefined &&
      (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True'),
    restarts: (pod.status?.containerStatuses ?? []).reduce(
      (sum, { restartCount }) => sum + (Number.isSafeInteger(restartCount) ? restartCount : 0),
      0,
    ),
    owner: owner === undefined ? null : `${clean(owner.kind, 60)}/${clean(owner.name, 253)}`,
  };
}
