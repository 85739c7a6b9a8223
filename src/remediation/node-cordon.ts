import type { Bound, KubernetesPatch, PatchedObject } from '../model/index.ts';
import { patchOf } from './cluster.ts';

/** Stands on a node that netdiag cordoned, so that it never gives free what people have cordoned. */
const CORDONED = 'netdiag/cordoned';

/** Whether it was netdiag who cordoned the subject. */
export function cordonedByUs({ subject: { facts } }: Bound): boolean {
  return facts.unschedulable && facts.annotations[CORDONED] === 'true';
}

export function cordon(bound: Bound): KubernetesPatch {
  return patchOf(nodeObject(bound), 'cordon it, so that no new pod comes here', {
    metadata: { annotations: { [CORDONED]: 'true' } },
    spec: { unschedulable: true },
  });
}

export function uncordon(bound: Bound): KubernetesPatch {
  return patchOf(nodeObject(bound), 'let new pods come here again', {
    metadata: { annotations: { [CORDONED]: null } },
    spec: { unschedulable: null },
  });
}

/** A Node counts no generation. */
function nodeObject({ subject }: Bound): PatchedObject {
  return { kind: 'Node', namespace: null, name: subject.name, uid: subject.facts.uid, generation: null };
}
