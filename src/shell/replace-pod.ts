import type { PodDelete, PodFacts } from '../model/index.ts';
import type { Clock, Cluster } from '../port.ts';

/** A CNI's pod pulls no image that the node does not have, and is Ready in seconds; a workload's may need minutes. */
const PATIENCE_MS = 180_000;
const PAUSE_MS = 1_000;

/**
 * Deletes a pod and waits until its owner has made another one that is Ready: on the same node where the owner is a DaemonSet,
 * anywhere else. Throws ClusterError.
 */
export async function replacePod(
  cluster: Cluster,
  clock: Clock,
  step: PodDelete,
): Promise<{ readonly outcome: 'done' | 'refused' | 'failed'; readonly detail: string }> {
  const { namespace, owner, node } = step;
  const before = await cluster.podsOf(namespace, owner);
  const pod = step.uid === null ? before.find((one) => one.node === node) : before.find(({ uid }) => uid === step.uid);
  if (pod !== undefined) {
    const granted = await cluster.deletePod({ namespace, name: pod.name, uid: pod.uid });
    if (granted.is === 'refused') return { outcome: 'refused', detail: granted.detail };
  }
  const old = new Set(pod === undefined ? [step.uid] : before.map(({ uid }) => uid));
  const sameNode = owner.startsWith('DaemonSet/');
  const until = clock.now() + PATIENCE_MS;
  let last = 'it has made none yet';
  do {
    const now = (await cluster.podsOf(namespace, owner)).filter(
      (one) => !old.has(one.uid) && (!sameNode || one.node === node),
    );
    const ready = now.find((one) => one.ready);
    if (ready !== undefined)
      return {
        outcome: 'done',
        detail: `${gone(step, pod)}; ${owner} has made ${ready.name}${on(ready)}, and it is Ready.`,
      };
    if (now[0] !== undefined) last = `${now[0].name} is ${now[0].phase}`;
    await clock.sleep(PAUSE_MS);
  } while (clock.now() < until);
  return {
    outcome: 'failed',
    detail: `${gone(step, pod)}, and ${owner} had no new Ready pod${sameNode ? ` on ${node}` : ''} within 3 minutes: ${last}.`,
  };
}

function gone({ namespace, name, node, owner }: PodDelete, pod: PodFacts | undefined): string {
  if (pod !== undefined) return `Pod ${namespace}/${pod.name} was deleted`;
  return name === null ? `${owner} had no pod on ${node}` : `Pod ${namespace}/${name} was gone already`;
}

function on({ node }: PodFacts): string {
  return node === null ? '' : ` on ${node}`;
}
