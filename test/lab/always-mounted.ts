import { revisionOf } from './cluster/daemonsets.ts';
import type { KubeObject } from './cluster/objects.ts';
import { isOwnedBy, type PodBody, type PodTemplate, templateHash } from './cluster/pod-object.ts';
import type { ClusterState } from './cluster/state.ts';

/**
 * The state of a cluster whose DaemonSet has mounted another path of the node from the beginning: its pods too, so that nothing is
 * rolled. For `lab.changeCluster`; a patch of the DaemonSet alone would roll its pods, as in every cluster.
 */
export function alwaysMounted(daemonSet: string, volume: string, path: string): (state: ClusterState) => ClusterState {
  return (state) => {
    const isSet = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}` === daemonSet;
    const old = (state.objects['apps/daemonsets'] ?? []).find(isSet);
    if (old === undefined) throw new Error(`there is no DaemonSet ${daemonSet}`);
    const spec = old['spec'] as { template: PodTemplate };
    const template: PodTemplate = { ...spec.template, spec: mounting(spec.template.spec, volume, path) };
    const set = { ...old, spec: { ...spec, template } };
    const isOwn = isOwnedBy(old.metadata.uid);
    const hash = templateHash(template);
    const pods = (state.objects['/pods'] ?? []).map((pod) =>
      isOwn(pod)
        ? {
            ...pod,
            metadata: { ...pod.metadata, labels: { ...pod.metadata.labels, 'controller-revision-hash': hash } },
            spec: mounting(pod['spec'] as PodBody, volume, path),
          }
        : pod,
    );
    const revisions = (state.objects['apps/controllerrevisions'] ?? []).filter((revision) => !isOwn(revision));
    const born = (old.metadata['creationTimestamp'] ?? '') as string;
    return {
      ...state,
      objects: {
        ...state.objects,
        '/pods': pods,
        'apps/daemonsets': (state.objects['apps/daemonsets'] ?? []).map((one) => (one === old ? set : one)),
        'apps/controllerrevisions': [...revisions, revisionOf(set, 1, born)],
      },
    };
  };
}

function mounting(spec: PodBody, volume: string, path: string): PodBody {
  const volumes = (spec.volumes ?? []).map((one) =>
    one.name === volume && one.hostPath !== undefined ? { ...one, hostPath: { ...one.hostPath, path } } : one,
  );
  return { ...spec, volumes };
}
