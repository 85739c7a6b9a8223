// With AWS_VPC_K8S_CNI_EXTERNALSNAT=true ipamd writes, when it starts, each pod's rule as "from POD lookup N" instead of "from POD to VPC
// lookup N", for running pods too; so a client outside is answered by the ENI of its request, and that ENI's strict reverse path filter
// lets it in (v1.7.5, pkg/ipamd/ipamd.go nodeInit, UpdateRuleListBySrc). Loosening the filter alone lets only the request in.
// https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.7.5/README.md, https://github.com/aws/amazon-vpc-cni-k8s/pull/1475
import { rollTrouble } from '../cni/aws-vpc/runtime-mount.ts';
import { runtimeSockets } from '../probe/index.ts';
import { byThen, cniDaemonSet, cniPodDelete, patchOf, throughTheCluster } from './cluster.ts';
import { settings, strategy, template } from './daemon-set-patch.ts';
import { fact } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';

const SETTING = 'AWS_VPC_K8S_CNI_EXTERNALSNAT';
/** What Go's strconv.ParseBool takes for true. */
const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

export const routeRepliesByEni: Remediation = {
  id: 'route-replies-by-eni',
  fixes: ['eni-pod-request-dropped', 'eni-pod-reply-leaves-uplink'],
  risk: 2,
  draft(finding, scene): Drafted {
    const { bound, readings } = scene;
    const trouble = rollTrouble(bound, readings.of('subject', runtimeSockets, {}));
    if (trouble !== null) return { unfit: `a start of aws-node could free ENIs that pods use: ${trouble}` };
    const daemonSet = cniDaemonSet(bound);
    if ('unfit' in daemonSet) return daemonSet;
    const restart = cniPodDelete(bound);
    if ('unfit' in restart) return restart;
    const { object, container, updateStrategy } = daemonSet;
    const node = bound.subject.name;
    const eni = fact(finding, 'eni');
    const common = {
      ...throughTheCluster(scene),
      verify: ['eni-pod-rpf'],
    };
    const before = bound.cni.env[SETTING];
    const out = 'From then on the node translates no pod address: pods need a NAT gateway to reach the internet.';
    const meanwhile = 'While aws-node restarts, running pods keep their network and new ones wait.';
    if (before !== undefined && TRUE.has(before)) {
      return {
        ...common,
        title: `restart aws-node on ${node}, where an older one still runs`,
        safety: `${SETTING} is true already, but the rules of the pods on ${eni} are still of the other setting: aws-node writes them when it starts. ${out} ${meanwhile}`,
        steps: [restart],
        undo: [],
        durable: [ADD_ON],
      };
    }
    const rolls = updateStrategy === 'RollingUpdate';
    const stay = rolls ? strategy('OnDelete') : {};
    const back = rolls ? strategy('RollingUpdate') : {};
    const hold = rolls ? ' and keep it from rolling by itself' : '';
    return {
      ...common,
      title: `answer by the ENI of the request: ${SETTING}=true, on ${node} first`,
      safety: `${out} ${meanwhile} No other node is rolled: the DaemonSet waits until somebody deletes its pod there (OnDelete). What aws-node must mount to start without freeing ENIs is right for every node. Loose reverse path filtering on ${eni} instead would let requests in and lose their answers.`,
      steps: [
        patchOf(object, `set ${SETTING} to true${hold}`, {
          spec: { ...stay, ...template({ name: container, env: settings({ [SETTING]: 'true' }) }) },
        }),
        restart,
      ],
      undo: [
        patchOf(object, before === undefined ? `take ${SETTING} away again` : `set ${SETTING} back to ${before}`, {
          spec: { ...back, ...template({ name: container, env: settings({ [SETTING]: before ?? null }) }) },
        }),
        byThen(restart),
      ],
      durable: [
        `Roll the other nodes one at a time: delete the pod of ${restart.owner} there, and look at the node before the next.`,
        ...(rolls
          ? [`When all of them run the new setting, give ${object.name} its updateStrategy RollingUpdate back.`]
          : []),
        ADD_ON,
      ],
    };
  },
};

const ADD_ON =
  'Where aws-node is an add-on of EKS or comes from a chart, put the setting there as well: its next update takes it away otherwise.';
