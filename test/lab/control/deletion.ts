import type { KubeObject } from '../cluster/objects.ts';

/**
 * A pod after its deletion was asked for: marked with when its grace period ends, or null when it is gone at once. A pod that is
 * already marked can only get less time. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
 */
export function markedForDeletion(pod: KubeObject, asked: number | undefined, now: Date): KubeObject | null {
  const spec = pod['spec'] as { nodeName?: string; terminationGracePeriodSeconds?: number };
  const { phase } = pod['status'] as { phase?: string };
  const ended = phase === 'Succeeded' || phase === 'Failed' || spec.nodeName === undefined;
  const own = spec.terminationGracePeriodSeconds ?? 30;
  const seconds = ended ? 0 : asked !== undefined && asked < 0 ? 1 : (asked ?? own);
  if (seconds === 0) return null;
  const { deletionGracePeriodSeconds: granted, generation } = pod.metadata as {
    deletionGracePeriodSeconds?: number;
    generation?: number;
  };
  if (granted !== undefined && seconds >= granted) return pod;
  const deletionTimestamp = `${new Date(now.getTime() + seconds * 1000).toISOString().slice(0, 19)}Z`;
  const raised = granted === undefined && generation !== undefined ? { generation: generation + 1 } : {};
  return { ...pod, metadata: { ...pod.metadata, ...raised, deletionTimestamp, deletionGracePeriodSeconds: seconds } };
}

/** True while a pod waits for its end. */
export function isTerminating({ metadata }: KubeObject): boolean {
  return metadata['deletionTimestamp'] !== undefined;
}
