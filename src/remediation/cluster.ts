import type { Bound, Json, KubernetesPatch, PatchedObject, PodDelete, WorkloadFacts } from '../model/index.ts';
import type { Draft, Scene } from './remediation.ts';
import { sameDoors } from './remediation.ts';

/** Why a remediation does not fit, one clause. */
export interface Unfit {
  readonly unfit: string;
}

/** A DaemonSet with what a patch of it must know. */
export interface PatchableDaemonSet {
  readonly object: PatchedObject;
  readonly container: string;
  readonly updateStrategy: WorkloadFacts['updateStrategy'];
}

/** The CNI's DaemonSet, ready to be patched; or why it cannot be. */
export function cniDaemonSet({ cni }: Bound): PatchableDaemonSet | Unfit {
  const named = daemonSetName(cni.daemonSet);
  if (named === null) return { unfit: 'the DaemonSet of the CNI was not recognised' };
  const { workload, container } = cni;
  if (workload === undefined || container === undefined)
    return { unfit: `the API did not say enough of DaemonSet ${cni.daemonSet} to patch it safely` };
  const { uid, generation, updateStrategy } = workload;
  return { object: { kind: 'DaemonSet', ...named, uid, generation }, container, updateStrategy };
}

/** The deletion of the CNI's own pod on the subject, which its DaemonSet then makes again; or why there is none to delete. */
export function cniPodDelete({ cni, subject }: Bound): PodDelete | Unfit {
  const named = daemonSetName(cni.daemonSet);
  if (named === null) return { unfit: 'the DaemonSet of the CNI was not recognised' };
  const { cniPod } = subject;
  const owner = `DaemonSet/${named.name}`;
  if (cniPod === undefined) return { unfit: `it is not known which pod of ${owner} runs on ${subject.name}` };
  if (cniPod === null)
    return { unfit: `${owner} has no pod on ${subject.name}: find out why it is not scheduled there` };
  if (cniPod.owner !== owner || cniPod.namespace !== named.namespace)
    return {
      unfit: `pod ${cniPod.namespace}/${cniPod.name} does not belong to DaemonSet ${cni.daemonSet}, so nobody would make it again`,
    };
  const { namespace, name, uid } = cniPod;
  return { kind: 'pod-delete', namespace, name, uid, node: subject.name, owner };
}

/** The same deletion for the way back: of the pod that the owner has there by then. */
export function byThen(step: PodDelete): PodDelete {
  return { ...step, name: null, uid: null };
}

/** A strategic merge patch of an object. */
export function patchOf(object: PatchedObject, says: string, patch: { readonly [key: string]: Json }): KubernetesPatch {
  return { kind: 'kubernetes-patch', object, says, patch };
}

/** What all plans of Kubernetes steps have in common: no lookup on the node, no door, no rollback on the node. */
export function throughTheCluster(scene: Scene): Pick<Draft, 'preconditions' | 'doors' | 'rollbackSeconds'> {
  return { preconditions: [], doors: sameDoors(scene), rollbackSeconds: 0 };
}

function daemonSetName(daemonSet: string | null): { readonly namespace: string; readonly name: string } | null {
  const [namespace, name, ...more] = (daemonSet ?? '').split('/');
  if (namespace === undefined || name === undefined || namespace === '' || name === '' || more.length > 0) return null;
  return { namespace, name };
}
