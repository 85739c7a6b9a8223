// A start of ipamd that sees the containers takes their addresses for used and frees no ENI with one of them: that ends the harm. So the
// DaemonSet mounts the socket that the node really has, where ipamd looks for it, and only this node's pod is made anew. As a brake, in case
// the new mount is wrong too: ipamd frees an ENI only while more addresses are free than WARM_ENI_TARGET ENIs hold (since 1.6 one ENI
// more), and ignores that target where WARM_IP_TARGET or MINIMUM_IP_TARGET is set. https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.6.0/ipamd/ipamd.go
// (shouldRemoveExtraENIs, ipTargetState); founding incident I5, where the mount alone cured it.
import { podWays } from '../check/pod-ways.ts';
import { mountedSocket, otherRuntimes, placeInContainer, samePath } from '../cni/aws-vpc/runtime-mount.ts';
import type { Bound, Finding } from '../model/index.ts';
import { ipRouteAll, ipRule, runtimeSockets } from '../probe/index.ts';
import { cniDaemonSet, cniPodDelete, patchOf, throughTheCluster } from './cluster.ts';
import { settings, template } from './daemon-set-patch.ts';
import { cordon, cordonedByUs, uncordon } from './node-cordon.ts';
import { fact } from './remediation.ts';
import type { Draft, Drafted, Remediation, Scene } from './remediation.ts';
import { brakes, stages } from './stop-eni-scale-in.ts';

const TARGET = 'WARM_ENI_TARGET';
/** Where one of these is set, the number of warm ENIs is not looked at. */
const INSTEAD = ['WARM_IP_TARGET', 'MINIMUM_IP_TARGET'];

export const correctRuntimeMount: Remediation = {
  id: 'correct-runtime-mount',
  fixes: ['ipamd-freed-eni-in-use', 'ipamd-cannot-see-containers'],
  risk: 2,
  draft(finding, scene): Drafted {
    const { bound } = scene;
    const left = brakes(finding, scene);
    if ('unfit' in left || left.length > 0) return { later: 'the roll-out has to be held first' };
    const daemonSet = cniDaemonSet(bound);
    if ('unfit' in daemonSet) return daemonSet;
    const restart = cniPodDelete(bound);
    if ('unfit' in restart) return restart;
    const trouble = untouchable(finding, scene);
    if (trouble !== null) return { unfit: trouble };
    const { object, container } = daemonSet;
    const last = stages(finding) === 2;
    const frees = last && cordonedByUs(bound);
    const common = {
      ...throughTheCluster(scene),
      stage: { at: 2, of: stages(finding) },
      verify: ['ipamd-runtime'],
      durable: durable(bound, finding),
    };
    const node = bound.subject.name;
    const mounted = fact(finding, 'mounted');
    const meanwhile = `Only ${node} gets it now; while aws-node restarts there, running pods keep their network.`;
    const ends = frees ? [uncordon(bound)] : [];
    if (mounted === '') {
      return {
        ...common,
        title: `restart aws-node on ${node}, so that it sees the containers`,
        safety: `The DaemonSet mounts the right socket by now, and the pod that runs on ${node} is older or started without it. ${meanwhile}`,
        steps: [restart, ...ends],
        undo: frees ? [cordon(bound)] : [],
      };
    }
    const wanted = fact(finding, 'wanted');
    const volume = fact(finding, 'volume');
    const warm = warmTarget(scene);
    const place = missingPlace(bound, wanted);
    const change = (path: string, way: 'apply' | 'undo') => ({
      spec: template(
        {
          name: container,
          ...(warm === null
            ? {}
            : { env: settings({ [TARGET]: way === 'apply' ? warm : (bound.cni.env[TARGET] ?? null) }) }),
          ...(place === null
            ? {}
            : {
                volumeMounts: [
                  way === 'apply' ? { mountPath: place, name: volume } : { mountPath: place, $patch: 'delete' },
                ],
              }),
        },
        [{ name: volume, hostPath: { path } }],
      ),
    });
    const says = [
      `mount ${wanted} instead of ${mounted}`,
      ...(place === null ? [] : [`at ${place} too, where ipamd looks for it`]),
      ...(warm === null ? [] : [`set ${TARGET} to ${warm}`]),
    ].join('; ');
    return {
      ...common,
      title: `mount ${wanted} into aws-node, and restart it on ${node} alone`,
      safety: `${meanwhile} ${brake(warm)} Taking it back changes the DaemonSet only: a restart with the former mount is what frees ENIs.`,
      steps: [patchOf(object, says, change(wanted, 'apply')), restart, ...ends],
      undo: [...(frees ? [cordon(bound)] : []), patchOf(object, `mount ${mounted} again`, change(mounted, 'undo'))],
    };
  },
};

/** Why the mount cannot be corrected for this node without doing harm; `null` where it can. */
function untouchable(finding: Finding, { bound, readings }: Scene): string | null {
  const { cni, subject } = bound;
  if (fact(finding, 'mounted') === '')
    return mountedSocket(cni) === null
      ? `DaemonSet ${cni.daemonSet} mounts no socket of a container runtime, so another start would see no container either`
      : null;
  const wanted = fact(finding, 'wanted');
  const sockets = readings.of('subject', runtimeSockets, {});
  if (wanted === '') return `the socket of ${subject.facts.runtime} is not known`;
  if (sockets?.known !== true) return `which sockets ${subject.name} has could not be read`;
  if (!sockets.value.paths.some(({ path, is }) => is === 'socket' && samePath(path, wanted)))
    return `${subject.name} has no socket at ${wanted}`;
  if (fact(finding, 'volume') === '') return 'the volume of the socket is not known';
  if (cni.version !== null && placeInContainer(cni, wanted) === null)
    return `version ${cni.version} of aws-node cannot ask ${subject.facts.runtime}: it needs a newer version, not another mount`;
  const others = otherRuntimes(bound, wanted);
  return others.length === 0
    ? null
    : `one DaemonSet cannot serve two runtimes, and other nodes run ${others.join(', ')}: give those a DaemonSet of their own first`;
}

/** The path in the container at which ipamd would not find the volume yet; `null` where it is there, or its mounts are not known. */
function missingPlace({ cni }: Bound, wanted: string): string | null {
  const place = placeInContainer(cni, wanted);
  if (place === null || cni.mounts === undefined) return null;
  return Object.keys(cni.mounts).some((path) => samePath(path, place)) ? null : place;
}

/** As many warm ENIs as the node's rules name, the primary included; `null` where that brakes nothing or is so already. */
function warmTarget({ bound: { cni }, readings }: Scene): string | null {
  const rules = readings.of('subject', ipRule, {});
  const routes = readings.of('subject', ipRouteAll, {});
  if (rules?.known !== true || routes?.known !== true) return null;
  if (INSTEAD.some((name) => Number(cni.env[name] ?? 0) > 0)) return null;
  const enis = podWays(rules.value.rules, routes.value.routes).length + 1;
  return enis === 1 || Number(cni.env[TARGET] ?? 1) >= enis ? null : String(enis);
}

function brake(warm: string | null): string {
  return warm === null
    ? 'No brake beside it is needed or possible.'
    : `${TARGET}=${warm} keeps ENIs from being freed even if this mount should be wrong too; ipamd may attach more of them for it.`;
}

function durable({ cni, runtimes }: Bound, finding: Finding): Draft['durable'] {
  const name = cni.daemonSet ?? 'aws-node';
  return [
    `Find who wrote the other mount into ${name}, and correct it there: a chart, an add-on or a manifest writes it again.`,
    `Delete the pod of ${name} on one other node at a time, and see its log find every container before the next.${runtimes === undefined ? ' Which runtimes the other nodes have could not be seen.' : ''}`,
    ...(fact(finding, 'mounted') === ''
      ? []
      : [
          `Then take ${TARGET} back to ${cni.env[TARGET] ?? 'its default'}, and last the updateStrategy to RollingUpdate.`,
        ]),
  ];
}
