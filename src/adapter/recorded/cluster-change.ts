import type { PatchedObject, PodFacts } from '../../model/index.ts';
import type { Cluster, Granted } from '../../port.ts';
import { type RecordedDeletion, type RecordedPatch, sameStep } from './recording.ts';
import type { World } from './world.ts';

/** Changes of a recorded cluster: those that were recorded from the present state lead to the state that they led to then. */
export function clusterChanges(world: World): Pick<Cluster, 'patch' | 'deletePod'> {
  const take = (what: RecordedPatch | RecordedDeletion): Granted => {
    const step = world.take((one) => sameStep(one, what), what.is === 'patch' && what.taking === 'back');
    return step === null ? refused('This change is not recorded, so nothing was changed.') : done(step.detail);
  };
  return {
    patch: async ({ object, patch }, fix, taking) => {
      const { kind, namespace, name, uid } = object;
      const key = nameOf(object);
      const bears = world.bears.get(key);
      const back = `${fix} taken back`;
      if (taking === 'back' && bears !== fix) return done(`${key} does not bear this change, so it was left alone.`);
      if (taking === 'effect') {
        if (bears === fix) return done(`${key} bears this change already.`);
        if (bears === back) return refused(`This change of ${key} was taken back; nothing was changed again.`);
        const against = changedSince(world, object);
        if (against !== null) return refused(against);
      }
      const what = { is: 'patch', object: { kind, namespace, name, uid }, patch } as const;
      const taken = take({ ...what, taking });
      // Somebody who undoes a change does what takes it back.
      const granted = taken.is === 'refused' && taking === 'effect' ? take({ ...what, taking: 'back' }) : taken;
      if (granted.is === 'done') world.bears.set(key, taking === 'effect' ? fix : back);
      return granted;
    },
    deletePod: async ({ uid }) => {
      const pod = shown(world).find((one) => one.uid === uid);
      if (pod === undefined) return done('There is no such pod any more.');
      const { namespace, owner, node, name } = pod;
      return take({ is: 'pod-delete', namespace, owner, node, name });
    },
  };
}

/** Why a plan does not hold for an object any more, as far as the present state shows it; `null` when nothing is against it. */
export function changedSince({ present }: World, object: PatchedObject): string | null {
  const { uid, generation } = object;
  const key = nameOf(object);
  const cni = present?.cluster.cni ?? null;
  if (cni === null || !('fact' in cni) || key !== `DaemonSet ${cni.fact.daemonSet}`) return null;
  const { workload } = cni.fact;
  if (workload === undefined || (workload.uid === uid && workload.generation === generation)) return null;
  return `${key} was changed since the plan was made (its generation was ${generation} and is ${workload.generation}); nothing was changed.`;
}

function nameOf({ kind, namespace, name }: PatchedObject): string {
  return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

/** Every pod that the present state shows. */
function shown({ present }: World): readonly PodFacts[] {
  const facts = present === null ? [] : [...present.cluster.podsOf.values(), ...present.cluster.pods.values()];
  return facts.flatMap((fact) => ('fact' in fact ? fact.fact : []));
}

function done(detail: string): Granted {
  return { is: 'done', detail };
}

function refused(detail: string): Extract<Granted, { is: 'refused' }> {
  return { is: 'refused', detail };
}
