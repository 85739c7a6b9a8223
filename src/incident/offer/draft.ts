import { readingsOf } from '../../check/check.ts';
import { changesCluster } from '../../model/index.ts';
import type { Finding, IncidentState, Plan } from '../../model/index.ts';
import type { Draft, Drafted, Remediation } from '../../remediation/remediation.ts';
import { lookOf } from '../diagnosis/look.ts';
import { token, trouble } from '../turn.ts';
import type { Turn } from '../turn.ts';

/** Consents a plan needs, by risk 1, 2, 3. */
const APPROVALS = { 1: 1, 2: 1, 3: 2 } as const;
/** Stands on the card of a plan whose finding is not proven. */
const UNPROVEN = 'No counted packet proves this cause; it rests on what the node itself says. ';

/** What a remediation makes of a finding in the world as it is known now; `null` before the node was located. */
export function drafted(state: IncidentState, remediation: Remediation, finding: Finding): Drafted | null {
  const { bound, answers } = state;
  if (bound === null) return null;
  const made = remediation.draft(finding, {
    bound,
    readings: readingsOf(answers),
    door: lookOf(state, 'subject')?.door ?? null,
  });
  const twice = 'steps' in made ? (patchedTwice(made.steps) ?? patchedTwice(made.undo)) : null;
  return twice === null ? made : { unfit: `${twice} would be patched twice, and the second patch would count as done` };
}

/** An object of which a list has two patches: it bears the id of the fix after the first one, which is how a patch is known as done. */
function patchedTwice(steps: Plan['steps']): string | null {
  const names = steps.flatMap((step) => {
    if (step.kind !== 'kubernetes-patch') return [];
    const { kind, namespace, name } = step.object;
    return [`${kind} ${namespace === null ? '' : `${namespace}/`}${name}`];
  });
  return names.find((name, at) => names.indexOf(name) !== at) ?? null;
}

/** A whole plan for a finding; `null` where there is none to offer now. Why one does not fit is told to the person. */
export function planFor(turn: Turn, remediation: Remediation, finding: Finding): Plan | null {
  const { bound, playbook } = turn.state;
  const identity = lookOf(turn.state, 'subject')?.identity;
  if (bound === null || playbook === null || identity === null || identity === undefined) return null;
  const draft = drafted(turn.state, remediation, finding);
  if (draft === null || 'done' in draft || 'later' in draft) return null;
  if ('unfit' in draft) {
    trouble(turn, `The fix "${remediation.id}" does not fit ${bound.subject.name}: ${draft.unfit}.`);
    return null;
  }
  return complete(turn, remediation, finding, draft, identity, { id: playbook.id, digest: playbook.digest });
}

function complete(
  turn: Turn,
  remediation: Remediation,
  finding: Finding,
  draft: Draft,
  node: Plan['node'],
  playbook: Plan['playbook'],
): Plan {
  return {
    version: 1,
    id: token(turn),
    incident: turn.state.id,
    remediation: remediation.id,
    finding: finding.code,
    cluster: turn.state.cluster,
    node,
    title: draft.title,
    safety: `${finding.confidence === 'proven' ? '' : UNPROVEN}${draft.safety}`,
    steps: draft.steps,
    undo: draft.undo,
    preconditions: draft.preconditions,
    risk: remediation.risk,
    approvals: Math.max(APPROVALS[remediation.risk], byGate(node, draft, remediation.risk)),
    doors: draft.doors,
    rollbackSeconds: draft.rollbackSeconds,
    expiresAt: turn.event.at + turn.house.approval.expiresMs,
    verify: draft.verify,
    durable: draft.durable,
    stage: draft.stage ?? null,
    rehearsal: [],
    playbook,
  };
}

/** Signers that the node's own gate wants; the API server's steps do not go through it. */
function byGate({ gate }: Plan['node'], draft: Draft, risk: Plan['risk']): number {
  return gate === undefined || changesCluster(draft) ? 0 : (gate.approvals[risk - 1] ?? 0);
}
