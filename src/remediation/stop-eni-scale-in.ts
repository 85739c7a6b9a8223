// What stops the harm of a blind address manager, and what does not. Each start without the runtime frees ENIs in use some minutes later,
// so the roll-out must not reach another node: OnDelete holds it, and restarts nothing. On this node the blind ipamd takes every address
// for free and would give one in use to the next pod, so no new pod may come: cordon. Neither stops it from freeing another ENI here; only a
// start that sees the containers does, the next step. v1.5.3 ipamd/ipamd.go (nodeInit, decreaseIPPool); founding incident I5, whose log has
// 19 minutes between the blind start and the freed ENI. https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/
import type { Finding, KubernetesPatch } from '../model/index.ts';
import { cniDaemonSet, patchOf, throughTheCluster } from './cluster.ts';
import type { Unfit } from './cluster.ts';
import { strategy } from './daemon-set-patch.ts';
import { cordon, uncordon } from './node-cordon.ts';
import { fact, facts } from './remediation.ts';
import type { Drafted, Remediation, Scene } from './remediation.ts';

export const stopEniScaleIn: Remediation = {
  id: 'stop-eni-scale-in',
  fixes: ['ipamd-freed-eni-in-use', 'ipamd-cannot-see-containers'],
  risk: 2,
  draft(finding, scene): Drafted {
    const { subject } = scene.bound;
    const left = brakes(finding, scene);
    if ('unfit' in left) return left;
    if (left.length === 0) return { done: 'aws-node is not rolled by itself, and no new pod comes to this node' };
    const cordons = left.some(({ apply }) => apply.object.kind === 'Node');
    const holds = left.some(({ apply }) => apply.object.kind === 'DaemonSet');
    return {
      title: [
        ...(holds ? ['hold the roll-out of aws-node'] : []),
        ...(cordons ? [`let no new pod come to ${subject.name}`] : []),
      ].join(' and '),
      safety: `Nothing restarts and no running pod is touched. It keeps the fault from other nodes${blind(finding) ? ', and keeps new pods from being given addresses that are in use here' : ''}. The aws-node that runs on ${subject.name} can still free an ENI: only the next step stops that, so approve it soon.`,
      steps: left.map(({ apply }) => apply),
      undo: left.map(({ undo }) => undo).toReversed(),
      ...throughTheCluster(scene),
      stage: { at: 1, of: stages(finding) },
      verify: ['ipamd-runtime'],
      durable: [],
    };
  },
};

/** Pods that have lost their ENI have to be made anew, in a step of their own. */
export function stages(finding: Finding): number {
  return facts(finding, 'orphans').length > 0 ? 3 : 2;
}

/** Whether the address manager that runs now saw no container when it started. */
export function blind(finding: Finding): boolean {
  return fact(finding, 'blind') === 'yes';
}

/** What still has to be changed so that the fault stays where it is; empty when it is held already. */
export function brakes(
  finding: Finding,
  { bound }: Pick<Scene, 'bound'>,
): readonly { readonly apply: KubernetesPatch; readonly undo: KubernetesPatch }[] | Unfit {
  const daemonSet = cniDaemonSet(bound);
  if ('unfit' in daemonSet) return daemonSet;
  const { object, updateStrategy } = daemonSet;
  const hold = {
    apply: patchOf(object, 'give a new template to a node only when its pod there is deleted (OnDelete)', {
      spec: strategy('OnDelete'),
    }),
    undo: patchOf(object, 'roll by itself again (RollingUpdate)', { spec: strategy('RollingUpdate') }),
  };
  return [
    ...(updateStrategy === 'OnDelete' ? [] : [hold]),
    ...(!blind(finding) || bound.subject.facts.unschedulable ? [] : [{ apply: cordon(bound), undo: uncordon(bound) }]),
  ];
}
