import type { PodDelete, PodFacts } from '../model/index.ts';
import { ClusterError } from '../port.ts';
import type { Clock, Cluster } from '../port.ts';
import { passing } from './passing.ts';

/** A CNI's pod pulls no image that the node does not have, and is Ready in seconds; a workload's may need minutes. */
const PATIENCE_MS = 180_000;
const PAUSE_MS = 1_000;

/** What a deletion has to know that the cluster does not say any more once it has begun. */
export interface Known {
  /** Uids of the owner's pods before. Only another one can be the successor, however often this is asked. */
  readonly there: readonly string[];
  /** Pods without a given uid that were never deleted are left alone. */
  readonly spared: readonly string[];
}

/**
 * Deletes a pod and waits until its owner has made another one that is Ready, or that has done its work already: on the same node where
 * the owner is a DaemonSet, anywhere else. Throws ClusterError.
 */
export async function replacePod(
  cluster: Cluster,
  clock: Clock,
  step: PodDelete,
  known: Known,
): Promise<{ readonly outcome: 'done' | 'refused' | 'failed'; readonly detail: string }> {
  const { namespace, owner, node } = step;
  const there = new Set(known.there);
  const pods = await cluster.podsOf(namespace, owner);
  const pod = pods.find((one) => (step.uid === null ? one.node === node && there.has(one.uid) : one.uid === step.uid));
  if (pod !== undefined && known.spared.includes(pod.uid))
    return { outcome: 'done', detail: `Pod ${namespace}/${pod.name} was never deleted, so it stays.` };
  if (pod !== undefined) {
    const granted = await cluster.deletePod({ namespace, name: pod.name, uid: pod.uid });
    if (granted.is === 'refused') return { outcome: 'refused', detail: granted.detail };
  }
  const sameNode = owner.startsWith('DaemonSet/');
  // Gone before this step began: its successor, if any, is among the others.
  const gone = step.uid !== null && !there.has(step.uid);
  const until = clock.now() + PATIENCE_MS;
  let last = 'it has made none yet';
  do {
    try {
      const now = (await cluster.podsOf(namespace, owner)).filter(
        (one) => one.uid !== step.uid && (gone || !there.has(one.uid)) && (!sameNode || one.node === node),
      );
      if (gone && !sameNode && now.length === 0)
        return { outcome: 'done', detail: `${told(step, pod)}, and ${owner} has no pod any more.` };
      const waited = now.find((one) => !well(one));
      const ready = gone && waited !== undefined ? undefined : now.find(well);
      if (ready !== undefined)
        return {
          outcome: 'done',
          detail: `${told(step, pod)}; ${owner} has ${gone ? '' : 'made '}${ready.name}${on(ready)}, and it is Ready.`,
        };
      if (waited !== undefined) last = `${waited.name} is ${waited.phase}`;
    } catch (error) {
      if (!(error instanceof ClusterError) || !passing(error)) throw error;
      last = error.message;
    }
    await clock.sleep(PAUSE_MS);
  } while (clock.now() < until);
  return {
    outcome: 'failed',
    detail: `${told(step, pod)}, and ${owner} had no ${gone ? '' : 'new '}Ready pod${sameNode ? ` on ${node}` : ''} within 3 minutes: ${last.replace(/\.$/, '')}.`,
  };
}

function well({ ready, phase }: PodFacts): boolean {
  return ready || phase === 'Succeeded';
}

function told({ namespace, name, node, owner }: PodDelete, pod: PodFacts | undefined): string {
  if (pod !== undefined) return `Pod ${namespace}/${pod.name} was deleted`;
  return name === null ? `${owner} had no pod on ${node}` : `Pod ${namespace}/${name} is gone`;
}

function on({ node }: PodFacts): string {
  return node === null ? '' : ` on ${node}`;
}
