import { checks as everywhere } from '../../../src/check/index.ts';
import { cniChecks } from '../../../src/cni/checks.ts';
import { sha256 } from '../../../src/model/hash.ts';
import type { Answer, Bound, Finding, Plan } from '../../../src/model/index.ts';
import { interfaceConfig, sysctlFiles } from '../../../src/probe/index.ts';
import { remediations } from '../../../src/remediation/index.ts';
import type { Draft, Remediation } from '../../../src/remediation/remediation.ts';
import { DOCKER, eniAnswers, eniBound, I4A, I4B, I5 } from '../../fake/eni.ts';
import { I2, I2_CAPTURED, I2_STALE, i2Answers } from '../../fake/flannel.ts';
import { answered, I1, I1_SICK, I3, I3_SICK, I3_TRAP, i1Answers, i3Answers, readings } from '../../fake/scene.ts';
import { NODE_DOOR } from '../../remediation/draft.ts';
import { rollable } from '../../remediation/rollable.ts';

const KEYFILE = '/etc/NetworkManager/system-connections/eth0';
const FILES = answered('subject', sysctlFiles, {}, '');
const MANAGED = answered('subject', interfaceConfig, {}, `file ${KEYFILE} -> \n${KEYFILE}:1:[ipv4]\n`);
const FLANNEL: Bound = { ...I2, cni: { ...I2.cni, daemonSet: 'kube-flannel/kube-flannel-ds' } };
const RIGHT = { ...I4A, version: '1.5.3', runtime: 'docker://19.3', mount: '/var/run/docker.sock' };

/** Sick nodes, of every family of incidents. */
const NODES: readonly (readonly [Bound, readonly Answer[]])[] = [
  [I1, i1Answers(I1_SICK)],
  [I2, [...i2Answers(I2_CAPTURED), MANAGED]],
  [rollable(FLANNEL), i2Answers(I2_STALE)],
  [I3, [...i3Answers(I3_SICK), FILES]],
  [I3, [...i3Answers(I3_TRAP), FILES]],
  [eniBound(I4B), [...eniAnswers(I4B), FILES]],
  [rollable(eniBound(RIGHT)), eniAnswers(RIGHT)],
  [rollable(eniBound(I5)), eniAnswers(I5)],
  [rollable(eniBound(I5), { updateStrategy: 'OnDelete', facts: { unschedulable: true } }), eniAnswers(I5)],
  [rollable(eniBound(DOCKER)), eniAnswers({ ...DOCKER, attached: false })],
];

/** A whole plan of every remediation, as it would be offered for one of these nodes. */
export function realPlans(): readonly Plan[] {
  const plans = new Map<string, Plan>();
  for (const [bound, answers] of NODES) {
    const known = readings(...answers);
    const findings = [...everywhere, ...cniChecks]
      .filter(({ cni }) => cni === undefined || cni === bound.cni.name)
      .flatMap((check) => {
        const verdict = check.judge(bound, known);
        return verdict.is === 'found' ? verdict.findings : [];
      });
    for (const finding of findings) {
      for (const remediation of remediations.filter(({ fixes }) => fixes.includes(finding.code))) {
        const draft = remediation.draft(finding, { bound, readings: known, door: NODE_DOOR });
        if ('steps' in draft && !plans.has(remediation.id))
          plans.set(remediation.id, planOf(remediation, finding, draft, bound));
      }
    }
  }
  return [...plans.values()];
}

function planOf({ id, risk }: Remediation, { code }: Finding, draft: Draft, bound: Bound): Plan {
  return {
    version: 1,
    id: sha256(id).slice(0, 32),
    incident: 'incident-1',
    remediation: id,
    finding: code,
    cluster: 'prod-east',
    node: { name: bound.subject.name, machineId: 'a'.repeat(32), bootId: 'b'.repeat(36), hostKey: 'SHA256:k' },
    title: draft.title,
    safety: draft.safety,
    steps: draft.steps,
    undo: draft.undo,
    preconditions: draft.preconditions,
    risk,
    approvals: risk === 3 ? 2 : 1,
    doors: draft.doors,
    rollbackSeconds: draft.rollbackSeconds,
    expiresAt: 2_000_000_000_000,
    verify: draft.verify,
    durable: draft.durable,
    stage: draft.stage ?? null,
    rehearsal: draft.steps.some(({ kind }) => kind === 'kubernetes-patch') ? ['-value: old', '+value: new'] : [],
    playbook: { id: 'kubelet-unreachable', digest: 'd'.repeat(64) },
  };
}
