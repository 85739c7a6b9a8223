import { alwaysMounted } from '../lab/always-mounted.ts';
import { must } from '../lab/command.ts';
import type { ClusterState } from '../lab/cluster/state.ts';
import type { Lab } from '../lab/index.ts';
import { daemonPod, kubeMust, replacePod } from '../lab/kube-call.ts';
import { podPort, podsOn, subject as eniNode } from '../lab/topology/eni.ts';
import { vteps, subject as flannelNode } from '../lab/topology/flannel.ts';
import type { Cured } from './cure.ts';
import type { Script } from './play.ts';

/** One incident from the command to its end, as people want to have lived it. */
export interface Cure {
  readonly name: string;
  readonly lab: string;
  readonly node: string;
  readonly symptom: string;
  /** Done to the lab before anybody asks netdiag: a second fault, or another version of things. */
  readonly first?: (lab: Lab) => Promise<void>;
  /** Codes of the first diagnosis, the right cause first; `proven`: those that packets must prove, the first one unless told. */
  readonly found: readonly string[];
  readonly proven?: readonly string[];
  /** Remediations in the order in which they wait for approval. */
  readonly fixes: readonly string[];
  /** A step or remediation that must not be offered: the trap. */
  readonly never?: RegExp;
  /** What people do; absent: approve whatever is offered, the lasting form too. */
  readonly script?: Pick<Script, 'approve' | 'lasting' | 'reject'>;
  /** Other nodes that have the cause too. */
  readonly others?: readonly string[];
  /** Lines of node state that may differ afterwards; empty: none; absent: not judged, because pods come and go. */
  readonly changed?: readonly RegExp[];
  /** Processes and files that may stay on the node. */
  readonly leaves?: readonly RegExp[];
  /** Something goes wrong between the offer of that fix (from 0) and its approval. */
  readonly harm?: { readonly at: number; readonly do: (lab: Lab) => Promise<void> };
  /** Outcome where it is not to end repaired and healthy. */
  readonly ends?: string;
  /** What it says on its way to a repair. */
  readonly troubles?: RegExp;
  /** Every DaemonSet has to be as it was before the last change. */
  readonly takenBack?: true;
  /** Further judgement. */
  readonly last?: (lab: Lab, cured: Cured & { readonly complaints: string[] }) => Promise<void>;
}

const AWS_NODE = 'kube-system/aws-node';
const DAEMON_SET = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
const CONTAINERD = '/run/containerd/containerd.sock';
const I1 = { node: 'ip-10-0-10-207', symptom: 'kubelet-unreachable' } as const;
const I2 = { node: flannelNode, symptom: 'pods-cannot-get-out' } as const;
const I3 = { node: 'dev-slave-110', symptom: 'pods-unreachable' } as const;
const ENI = { node: eniNode, symptom: 'connections-time-out' } as const;
const I4A = { ...ENI, lab: 'i4a', found: ['eni-pod-request-dropped'], never: /rp_filter/ } as const;

/** What a CNI that starts leaves: the file of a lock of its iptables, a directory that its pod mounts. */
const LOCK = [/^\+\/run\/(xtables\.lock|aws-node)$/];
const I5 = {
  ...ENI,
  lab: 'i5',
  found: ['ipamd-freed-eni-in-use'],
  leaves: [...LOCK, /^[+-]\/run\/netns\/cni-/],
} as const;
const STAGES = ['stop-eni-scale-in', 'correct-runtime-mount', 'recreate-orphaned-pods'] as const;

/** Every founding incident with its variants and traps, the ways in which a repair fails, and pairs of faults on one node. */
export const CURES: readonly Cure[] = [
  {
    ...I1,
    name: 'i1',
    lab: 'i1',
    found: ['reply-leaves-other-interface', 'outside-reply-leaves-other-interface'],
    fixes: ['delete-connected-route'],
    changed: [/^-10\.0\.10\.0\/24 dev eth1 /],
  },
  {
    ...I1,
    name: 'i1-strict',
    lab: 'i1-strict',
    found: ['request-dropped-by-strict-rpf', 'outside-reply-leaves-other-interface'],
    fixes: ['delete-connected-route'],
    changed: [/^-10\.0\.10\.0\/24 dev eth1 /],
  },
  {
    ...I1,
    name: 'i1-one-door',
    lab: 'i1-one-door',
    found: ['reply-leaves-other-interface', 'outside-reply-leaves-other-interface'],
    fixes: ['delete-connected-route'],
    changed: [/^-10\.0\.10\.0\/24 dev eth1 /],
    // The server's end of a connection that the change cut stays until its kernel gives up retransmitting.
    leaves: [/^\+sshd: root@notty$/],
  },
  {
    ...I2,
    name: 'i2-mac',
    lab: 'i2-mac',
    found: ['vtep-mac-not-announced'],
    fixes: ['restart-flannel'],
    leaves: LOCK,
    never: /NetworkManager|"ip"/,
    changed: [],
  },
  {
    ...I2,
    name: 'i2-local',
    lab: 'i2-local',
    found: ['remote-vtep-is-local'],
    fixes: ['release-remote-vtep'],
    never: /restart-flannel/,
    changed: [/^-local 10\.187\.1\.0 /],
  },
  {
    ...I3,
    name: 'i3',
    lab: 'i3',
    found: ['forwarding-off'],
    fixes: ['switch-forwarding-on', 'keep-forwarding-on'],
    last: (lab, cured) => fileOf(lab, cured, /^net\.ipv4\.ip_forward = 1$/m),
  },
  {
    ...I3,
    name: 'i3-uplink',
    lab: 'i3-uplink',
    found: ['uplink-forwarding-off'],
    fixes: ['switch-uplink-forwarding-on', 'keep-forwarding-on'],
    never: /net\/ipv4\/ip_forward=/,
    changed: [/conf\.eth0\.forwarding/],
    last: (lab, cured) => fileOf(lab, cured, /^net\.ipv4\.conf\.eth0\.forwarding = 1$/m),
  },
  {
    ...I4A,
    name: 'i4a',
    fixes: ['route-replies-by-eni'],
    leaves: LOCK,
    others: ['ip-172-31-52-10'],
    changed: [/^[+-]1536:|AWS-SNAT-CHAIN|AWS, SNAT|jump AWS|saddr|daddr|oifname|counter/],
  },
  {
    ...I4A,
    name: 'i4a-loosened',
    first: (lab) => on(lab, eniNode, ['sysctl', '-w', 'net.ipv4.conf.eth1.rp_filter=2']),
    found: ['eni-pod-reply-leaves-uplink'],
    fixes: ['route-replies-by-eni'],
    leaves: LOCK,
  },
  {
    ...I4A,
    name: 'i4a-other-runtime',
    first: async (lab) => lab.changeCluster(alwaysMounted(AWS_NODE, 'dockershim', CONTAINERD)),
    found: ['eni-pod-request-dropped', 'ipamd-cannot-see-containers'],
    fixes: ['stop-eni-scale-in'],
    script: { approve: 'every', reject: 'A' },
    never: /EXTERNALSNAT|rp_filter/,
    ends: 'advice',
    changed: [],
    takenBack: true,
  },
  {
    ...I4A,
    name: 'i4a-other-runtime-mended',
    first: async (lab) => lab.changeCluster(alwaysMounted(AWS_NODE, 'dockershim', CONTAINERD)),
    found: ['eni-pod-request-dropped', 'ipamd-cannot-see-containers'],
    fixes: ['stop-eni-scale-in', 'correct-runtime-mount', 'route-replies-by-eni'],
    troubles: /could free ENIs that pods use/,
    leaves: LOCK,
    others: ['ip-172-31-52-10'],
  },
  {
    ...ENI,
    name: 'i4b',
    lab: 'i4b',
    found: ['node-port-dropped-by-strict-rpf'],
    fixes: ['loosen-uplink-rpf', 'keep-uplink-rpf-loose'],
    changed: [/conf\.eth0\.rp_filter/],
    last: (lab, cured) => fileOf(lab, cured, /^net\.ipv4\.conf\.eth0\.rp_filter = 2$/m),
  },
  {
    ...ENI,
    name: 'i4b-and-i3',
    lab: 'i4b',
    first: (lab) => on(lab, eniNode, ['sysctl', '-w', 'net.ipv4.ip_forward=0']),
    found: ['forwarding-off', 'node-port-dropped-by-strict-rpf'],
    fixes: ['switch-forwarding-on', 'loosen-uplink-rpf', 'keep-forwarding-on', 'keep-uplink-rpf-loose'],
  },
  { ...I5, name: 'i5', fixes: STAGES },
  {
    ...I5,
    name: 'i5-rejected',
    fixes: STAGES.slice(0, 2),
    script: { approve: 'every', reject: 'B' },
    ends: 'advice',
    changed: [],
  },
  {
    ...I5,
    name: 'i5-held-by-hand',
    first: (lab) => patched(lab, DAEMON_SET, { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }),
    fixes: STAGES,
  },
  {
    ...I5,
    name: 'i5-cordoned-by-hand',
    first: async (lab) => {
      await patched(lab, DAEMON_SET, { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } });
      await patched(lab, `/api/v1/nodes/${eniNode}`, { spec: { unschedulable: true } });
    },
    fixes: STAGES.slice(1),
    // New pods come back where people let them, so people decide.
    script: { approve: 'every', reject: 'B' },
    ends: 'advice',
  },
  {
    ...I5,
    name: 'i5-own-record',
    first: async (lab) => {
      lab.changeCluster(keepsOwnRecord);
      await replacePod(lab, await daemonPod(lab, AWS_NODE, eniNode));
    },
    found: ['pods-without-eni'],
    fixes: ['recreate-orphaned-pods'],
    never: /docker\.sock|updateStrategy/,
  },
  {
    ...I2,
    name: 'i2-mac-fails',
    lab: 'i2-mac',
    found: ['vtep-mac-not-announced'],
    fixes: ['restart-flannel'],
    leaves: LOCK,
    harm: { at: 0, do: (lab) => drop(lab, `ip daddr ${vteps[flannelNode].publicIp} udp dport 8472`) },
    ends: 'unknown',
    changed: [],
    takenBack: true,
  },
  {
    ...I4A,
    name: 'i4a-fails',
    fixes: ['route-replies-by-eni'],
    leaves: LOCK,
    harm: { at: 0, do: (lab) => drop(lab, `ip saddr { ${podsOn('eth1').join(', ')} } tcp sport ${podPort}`) },
    ends: 'rolled-back',
    changed: [],
    takenBack: true,
  },
  {
    ...I5,
    name: 'i5-fails',
    fixes: STAGES.slice(0, 2),
    harm: { at: 1, do: (lab) => on(lab, eniNode, ['rm', '/run/docker.sock']) },
    ends: 'rolled-back',
    takenBack: true,
  },
  {
    ...I2,
    name: 'i2-mac-and-i2-local',
    lab: 'i2-mac',
    first: (lab) => on(lab, flannelNode, ['ip', 'route', 'add', 'local', '10.187.1.0', 'dev', 'lo', 'table', 'local']),
    found: ['vtep-mac-not-announced', 'remote-vtep-is-local'],
    // Flannel that starts cannot make its way to a peer whose tunnel address is taken for our own.
    fixes: ['release-remote-vtep', 'restart-flannel'],
    leaves: LOCK,
    changed: [/^-local 10\.187\.1\.0 /],
  },
  {
    ...I1,
    name: 'i1-and-i3',
    lab: 'i1',
    first: (lab) => on(lab, I1.node, ['sysctl', '-w', 'net.ipv4.ip_forward=0']),
    found: ['reply-leaves-other-interface', 'forwarding-off', 'outside-reply-leaves-other-interface'],
    proven: ['reply-leaves-other-interface', 'forwarding-off'],
    fixes: ['delete-connected-route', 'switch-forwarding-on', 'keep-forwarding-on'],
  },
];

/** What a cure of that name is; all where none is named. Throws for a name that there is not. */
export function curesNamed(names: readonly string[]): readonly Cure[] {
  const strange = names.find((name) => !CURES.some((cure) => cure.name === name));
  if (strange !== undefined)
    throw new Error(`there is no "${strange}"; there are ${CURES.map(({ name }) => name).join(', ')}`);
  return names.length === 0 ? CURES : CURES.filter(({ name }) => names.includes(name));
}

async function patched(lab: Lab, path: string, body: object): Promise<void> {
  await kubeMust(lab, 'PATCH', path, { body });
}

async function on(lab: Lab, node: string, argv: readonly string[]): Promise<void> {
  await must(lab.enter(node, argv));
}

/** The fabric drops what matches, from now on. */
async function drop(lab: Lab, what: string): Promise<void> {
  const rules = `table bridge harm {\n  chain harm {\n    type filter hook prerouting priority -200; policy accept;\n    ${what} drop\n  }\n}\n`;
  await must(lab.enter('fabric', ['nft', '-f', '-']), { input: rules });
}

/** Since 1.12 aws-node keeps its own record instead of asking the runtime. */
function keepsOwnRecord(state: ClusterState): ClusterState {
  const text = JSON.stringify(state.objects)
    .replaceAll('v1.5.3', 'v1.12.6')
    .replaceAll('"mountPath":"/var/run/docker.sock"', '"mountPath":"/var/run/aws-node"');
  const objects = JSON.parse(text) as ClusterState['objects'];
  return alwaysMounted(AWS_NODE, 'dockersock', '/var/run/aws-node')({ ...state, objects });
}

/** The lasting form has written its file, and its own undo takes it away again. */
async function fileOf(
  lab: Lab,
  { plans, complaints }: Cured & { readonly complaints: string[] },
  holds: RegExp,
): Promise<void> {
  const plan = plans.at(-1);
  const node = plan?.node.name ?? '';
  const path = plan?.steps
    .flatMap((step) => (step.kind === 'node-command' ? step.argv : []))
    .find((word) => word.startsWith('/etc/'));
  const read = async (): Promise<string> => (await lab.exec(node, ['cat', path ?? ''])).stdout;
  const written = await read();
  if (!holds.test(written)) complaints.push(`${path ?? 'no file'} says ${JSON.stringify(written)}`);
  for (const step of plan?.undo ?? [])
    if (step.kind === 'node-command')
      await lab.exec(node, step.argv, step.stdin === undefined ? {} : { input: step.stdin });
  const left = await read();
  if (left !== '') complaints.push(`after its undo ${path ?? ''} still says ${JSON.stringify(left)}`);
}
