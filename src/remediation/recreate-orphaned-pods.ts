// A pod keeps its address for life, so one whose ENI is gone can only be made anew; a controller of Kubernetes does that when the pod is
// deleted. One at a time, each only when the one before it is Ready again. Nobody makes a bare pod, or a kubelet's own, anew: those are
// left for people. https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-lifetime
import type { Bound, Finding, PodDelete, PodFacts } from '../model/index.ts';
import { throughTheCluster } from './cluster.ts';
import { cordon, cordonedByUs, uncordon } from './node-cordon.ts';
import { facts } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';

/** Controllers that certainly make another pod. */
const MAKERS = new Set(['ReplicaSet', 'ReplicationController', 'StatefulSet', 'DaemonSet', 'Job']);
/** Pods of one plan: more than that nobody reads on a card, or wants to see go at one click. */
const MOST = 20;

export const recreateOrphanedPods: Remediation = {
  id: 'recreate-orphaned-pods',
  fixes: ['ipamd-freed-eni-in-use', 'pods-without-eni'],
  risk: 3,
  draft(finding, scene): Drafted {
    const { bound } = scene;
    if (finding.code !== 'pods-without-eni') return { later: 'the address manager has to see the containers first' };
    const { made, bare } = orphans(bound, finding);
    const frees = cordonedByUs(bound);
    const deletes = made.slice(0, MOST).flatMap((pod) => deletion(pod, bound.subject.name));
    const rest = made.length - deletes.length;
    const people = bare.length === 0 ? [] : [`Left for people, because nobody would make them again: ${named(bare)}.`];
    if (deletes.length === 0 && !frees)
      return { done: ['No pod is left that its owner would make again.', ...people].join(' ') };
    const whole = rest === 0 && bare.length === 0;
    return {
      title:
        deletes.length === 0
          ? `let new pods come to ${bound.subject.name} again`
          : `make ${deletes.length === 1 ? 'the pod' : `the ${deletes.length} pods`} without an ENI anew, one at a time`,
      safety: [
        ...(deletes.length === 0
          ? []
          : [
              'These pods have no network and never get it back: their addresses went with the ENI. Each next one goes only when the one before is Ready again; disruption budgets are not asked.',
            ]),
        ...(frees ? ['I cordoned the node; that ends first, so that no pod is left without a place.'] : []),
        ...(rest === 0 ? [] : [`${rest} more follow in a plan of their own.`]),
        ...people,
      ].join(' '),
      steps: [...(frees ? [uncordon(bound)] : []), ...deletes],
      undo: frees ? [cordon(bound)] : [],
      ...throughTheCluster(scene),
      ...stage(frees, whole),
      verify: ['ipamd-runtime'],
      durable: people,
    };
  },
};

/** Alone it repairs by itself; after the steps that stop the harm it is the third; and it is not the last one where pods stay behind. */
function stage(third: boolean, whole: boolean): { stage?: { readonly at: number; readonly of: number } } {
  if (!third && whole) return {};
  const at = third ? 3 : 1;
  return { stage: { at, of: whole ? at : at + 1 } };
}

/** The pods without an ENI: those that a controller makes anew, and the others. */
function orphans({ subject }: Bound, finding: Finding): Record<'made' | 'bare', readonly PodFacts[]> {
  const names = new Set(facts(finding, 'orphans'));
  const lost = subject.pods.filter(({ namespace, name }) => names.has(`${namespace}/${name}`));
  return {
    made: lost.filter(({ owner }) => hasMaker(owner)),
    bare: lost.filter(({ owner }) => !hasMaker(owner)),
  };
}

function hasMaker(owner: string | null): boolean {
  return MAKERS.has(owner?.split('/')[0] ?? '');
}

function deletion({ namespace, name, uid, owner }: PodFacts, node: string): PodDelete[] {
  return owner === null ? [] : [{ kind: 'pod-delete', namespace, name, uid, node, owner }];
}

function named(pods: readonly PodFacts[]): string {
  const shown = pods.slice(0, 5).map(({ namespace, name }) => `${namespace}/${name}`);
  return `${shown.join(', ')}${pods.length > 5 ? ` and ${pods.length - 5} more` : ''}`;
}
