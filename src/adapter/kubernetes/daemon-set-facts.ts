import type { V1DaemonSet } from '@kubernetes/client-node';
import type { DaemonSetFacts, WorkloadFacts } from '../../model/index.ts';
import { clean, hexId, objectName } from './clean.ts';
import { Failure } from './failure.ts';

/** A DaemonSet as the API describes it, as much as recognising a CNI needs. Throws Failure without a proper name. */
export function daemonSetFacts(daemonSet: V1DaemonSet): DaemonSetFacts {
  const name = objectName(daemonSet.metadata?.name);
  const namespace = objectName(daemonSet.metadata?.namespace);
  if (name === null || namespace === null) {
    throw new Failure({ is: 'shape', words: 'a DaemonSet without a proper name' });
  }
  const pod = daemonSet.spec?.template.spec;
  const workload = workloadFacts(daemonSet);
  const desired = daemonSet.status?.desiredNumberScheduled;
  return {
    namespace,
    name,
    desired: Number.isSafeInteger(desired) ? (desired ?? null) : null,
    containers: (pod?.containers ?? []).map((container) => ({
      name: clean(container.name, 63),
      image: clean(container.image, 300),
      env: Object.fromEntries(
        (container.env ?? [])
          .filter(({ value, valueFrom }) => typeof value === 'string' && valueFrom === undefined)
          .map(({ name, value }) => [clean(name, 200), clean(value, 500)]),
      ),
      mounts: Object.fromEntries(
        (container.volumeMounts ?? []).map(({ mountPath, name }) => [clean(mountPath, 500), clean(name, 63)]),
      ),
    })),
    hostPaths: Object.fromEntries(
      (pod?.volumes ?? [])
        .filter(({ hostPath }) => typeof hostPath?.path === 'string')
        .map(({ name, hostPath }) => [clean(name, 63), clean(hostPath?.path, 500)]),
    ),
    ...(workload === null ? {} : { workload }),
  };
}

function workloadFacts({ metadata, spec }: V1DaemonSet): WorkloadFacts | null {
  const uid = hexId(metadata?.uid);
  const generation = metadata?.generation;
  const updateStrategy = spec?.updateStrategy?.type;
  if (uid === null || generation === undefined || !Number.isSafeInteger(generation)) return null;
  if (updateStrategy !== 'RollingUpdate' && updateStrategy !== 'OnDelete') return null;
  return { uid, generation, updateStrategy };
}
