import { randomBytes, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { revisionOf } from '../cluster/daemonsets.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { isOwnedBy, isReady, type Owner, pendingPod, type PodTemplate, templateHash } from '../cluster/pod-object.ts';
import type { ClusterState } from '../cluster/state.ts';
import { isTerminating, markedForDeletion } from './deletion.ts';

interface Spec {
  template: PodTemplate;
  updateStrategy: { type: string; rollingUpdate?: { maxUnavailable?: number | string } };
}

/**
 * What the DaemonSet controller does next: a pod on every node that has none (one that is ending still counts), a record of a new
 * template, and with RollingUpdate as many old pods deleted as may be unavailable at once. With OnDelete an old pod stays until
 * somebody deletes it. https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
 */
export function daemonSets(state: ClusterState, now: Date): ClusterState {
  return (state.objects['apps/daemonsets'] ?? []).reduce((before, set) => oneSet(before, set, now), state);
}

function oneSet(state: ClusterState, set: KubeObject, now: Date): ClusterState {
  const time = `${now.toISOString().slice(0, 19)}Z`;
  const spec = set['spec'] as Spec;
  const hash = templateHash(spec.template);
  const nodes = (state.objects['/nodes'] ?? []).filter((node) => isFor(spec.template, node));
  const all = state.objects['/pods'] ?? [];
  const own = all.filter(isOwnedBy(set.metadata.uid));
  const on = (node: KubeObject) => own.filter((pod) => nodeOf(pod) === node.metadata.name);
  const made = nodes
    .filter((node) => on(node).length === 0)
    .map((node) => newPod(set, spec.template, { node, hash, time }));
  const old = new Set(spec.updateStrategy.type === 'RollingUpdate' ? nextToGo(spec, nodes.map(on), hash) : []);
  const pods =
    made.length === 0 && old.size === 0
      ? all
      : [...all.flatMap((pod) => (old.has(pod) ? (markedForDeletion(pod, undefined, now) ?? []) : pod)), ...made];
  const status = statusOf(set, nodes.map(on), hash);
  const changed = isDeepStrictEqual(status, set['status']) ? set : { ...set, status };
  const revisions = withRevision(state.objects['apps/controllerrevisions'] ?? [], set, { hash, time });
  if (pods === all && changed === set && revisions === state.objects['apps/controllerrevisions']) return state;
  return {
    ...state,
    objects: {
      ...state.objects,
      '/pods': pods,
      'apps/controllerrevisions': revisions,
      'apps/daemonsets': (state.objects['apps/daemonsets'] ?? []).map((one) => (one === set ? changed : one)),
    },
  };
}

/** Whether a DaemonSet's pods belong on a node; its pods tolerate every taint here, and a cordon does not concern them. */
function isFor({ spec }: PodTemplate, { metadata }: KubeObject): boolean {
  return Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => metadata.labels?.[key] === value);
}

function nodeOf(pod: KubeObject): string | undefined {
  return (pod['spec'] as { nodeName?: string }).nodeName;
}

function newPod(
  set: KubeObject,
  template: PodTemplate,
  { node, hash, time }: { node: KubeObject; hash: string; time: string },
): KubeObject {
  const { name, namespace = '', uid = '', annotations } = set.metadata;
  const owner: Owner = { kind: 'DaemonSet', name, uid, namespace };
  const count =
    (annotations as Record<string, string> | undefined)?.['deprecated.daemonset.template.generation'] ?? '1';
  const labels = { 'controller-revision-hash': hash, 'pod-template-generation': count };
  return pendingPod(owner, template, {
    name: `${name}-${suffix()}`,
    uid: randomUUID(),
    node: node.metadata.name,
    labels,
    time,
  });
}

/** Five characters that the API server ends generated names with. */
export function suffix(): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  return [...randomBytes(5)].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** Old pods that a rolling update may delete now: those that do not work anyway, and of the others what the budget allows. */
function nextToGo({ updateStrategy }: Spec, byNode: readonly KubeObject[][], hash: string): KubeObject[] {
  const old = byNode
    .flat()
    .filter((pod) => !isTerminating(pod) && pod.metadata.labels?.['controller-revision-hash'] !== hash);
  const unavailable = byNode.filter((pods) => !pods.some((pod) => isReady(pod) && !isTerminating(pod))).length;
  const budget = Math.max(0, atOnce(updateStrategy.rollingUpdate?.maxUnavailable ?? 1, byNode.length) - unavailable);
  return [...old.filter((pod) => !isReady(pod)), ...old.filter((pod) => isReady(pod)).slice(0, budget)];
}

/** `maxUnavailable` as a number: a percentage rounds up. */
function atOnce(wanted: number | string, nodes: number): number {
  return typeof wanted === 'number' ? wanted : Math.ceil((Number.parseInt(wanted, 10) * nodes) / 100);
}

function statusOf(set: KubeObject, byNode: readonly KubeObject[][], hash: string): object {
  const living = byNode.map((pods) => pods.filter((pod) => !isTerminating(pod)));
  const count = (test: (pod: KubeObject) => boolean) => living.filter((pods) => pods.some(test)).length;
  const ready = count(isReady);
  const missing = byNode.length - ready;
  return {
    currentNumberScheduled: count(() => true),
    numberMisscheduled: 0,
    desiredNumberScheduled: byNode.length,
    numberReady: ready,
    observedGeneration: set.metadata['generation'],
    updatedNumberScheduled: count(({ metadata }) => metadata.labels?.['controller-revision-hash'] === hash),
    numberAvailable: ready,
    ...(missing > 0 ? { numberUnavailable: missing } : {}),
  };
}

/** The records with one of the present template; a template that was there before gets the newest number again. */
function withRevision(
  all: KubeObject[],
  set: KubeObject,
  { hash, time }: { hash: string; time: string },
): KubeObject[] {
  const own = all.filter(isOwnedBy(set.metadata.uid));
  const newest = Math.max(0, ...own.map(({ revision }) => Number(revision)));
  const same = own.find(({ metadata }) => metadata.labels?.['controller-revision-hash'] === hash);
  if (same === undefined) return [...all, revisionOf(set, newest + 1, time)];
  if (Number(same['revision']) === newest) return all;
  return all.map((one) => (one === same ? { ...one, revision: newest + 1 } : one));
}
