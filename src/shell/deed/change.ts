import { canonical } from '../../model/json.ts';
import { sha256 } from '../../model/hash.ts';
import type { Effect, Happening, IncidentState, LedgerEntry, NodeIdentity, Plan } from '../../model/index.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from '../target.ts';

type Change = Extract<Effect, { do: 'change' }>;

/**
 * Hands an approved plan to the node. The node's ledger decides whether it begins: a fix id starts once, so running this
 * deed again after a crash only asks what became of it.
 */
export async function change(ports: Ports, state: IncidentState, { plan, approval }: Change): Promise<Happening> {
  const nothing = (detail: string): LedgerEntry => ({ fix: plan.id, state: 'refused', detail, difference: [] });
  const target = targetOf(ports, state, 'subject');
  if (target === null)
    return { is: 'change-unknown', plan: plan.id, sentence: `Nobody knows where ${plan.node.name} is any more.` };
  const reached = await ports.nodes.open(target);
  if (!reached.reached)
    return {
      is: 'change-unknown',
      plan: plan.id,
      sentence: `The fix could not be handed to ${plan.node.name}: ${reached.sentence}`,
    };
  const { session } = reached;
  try {
    const known = await session.ledger(plan.id, 'status');
    if (known !== null) return { is: 'changed', plan: plan.id, entry: known, door: session.door };
    const objection = objectionTo(plan, approval, session.identity, ports.clock.now());
    if (objection !== null) return { is: 'changed', plan: plan.id, entry: nothing(objection), door: session.door };
    const entry = await session.change({
      fix: plan.id,
      planHash: approval.planHash,
      rollbackSeconds: plan.rollbackSeconds,
      preconditions: plan.preconditions,
      apply: plan.steps.map(({ argv }) => argv),
      undo: plan.undo.map(({ argv }) => argv),
    });
    return entry.state === 'begun' || entry.state === 'armed'
      ? {
          is: 'change-unknown',
          plan: plan.id,
          sentence: `Whether the fix was applied on ${plan.node.name} is not known yet: ${entry.detail || 'the connection was lost'}. The node restores itself unless it is confirmed.`,
        }
      : { is: 'changed', plan: plan.id, entry, door: session.door };
  } finally {
    await session.close();
  }
}

/** Why this plan must not begin now; `null` when nothing stands against it. */
function objectionTo(plan: Plan, approval: Change['approval'], identity: NodeIdentity, now: number): string | null {
  if (sha256(canonical(plan)) !== approval.planHash || approval.planId !== plan.id)
    return 'the plan is not the one that was approved.';
  if (now >= approval.expiresAt) return 'the approval expired before the fix began.';
  for (const [what, then, today] of [
    ['machine id', plan.node.machineId, identity.machineId],
    ['boot id', plan.node.bootId, identity.bootId],
    ['host key', plan.node.hostKey, identity.hostKey],
  ] as const) {
    if (then !== null && then !== today)
      return `the node's ${what} is not the one in the plan: it restarted or is another machine.`;
  }
  return null;
}
