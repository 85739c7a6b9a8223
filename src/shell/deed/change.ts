import { canonical } from '../../model/json.ts';
import { sha256 } from '../../model/hash.ts';
import type { Effect, Happening, IncidentState, LedgerEntry, NodeIdentity, Plan } from '../../model/index.ts';
import type { NodeSession } from '../../port.ts';
import type { Ports } from '../ports.ts';
import { within } from '../within.ts';
import { targetOf } from '../target.ts';

type Change = Extract<Effect, { do: 'change' }>;

/** How long to ask again after a change cut its own connection; the rollback fires long after it. */
const ASK_AGAIN_MS = 20_000;
const PAUSE_MS = 1_000;

/**
 * Hands an approved plan to the node. The node's ledger decides whether it begins: a fix id starts once, so running this
 * deed again after a crash only asks what became of it.
 */
export async function change(ports: Ports, state: IncidentState, deed: Change): Promise<Happening> {
  const { plan } = deed;
  const unknown = (sentence: string): Happening => ({ is: 'change-unknown', plan: plan.id, sentence });
  const target = targetOf(ports, state, 'subject');
  if (target === null) return unknown(`Nobody knows where ${plan.node.name} is any more.`);
  const reached = await ports.nodes.open(target);
  if (!reached.reached) return unknown(`The fix could not be handed to ${plan.node.name}: ${reached.sentence}`);
  const { session } = reached;
  const entry = await within(session, () => begin(ports, session, deed));
  const { door } = session;
  return underWay(entry) ? askAgain(ports, state, plan) : { is: 'changed', plan: plan.id, entry, door };
}

/** Starts the change unless the node knows the fix already, or something stands against it now. */
async function begin(ports: Ports, session: NodeSession, { plan, approval }: Change): Promise<LedgerEntry> {
  const known = await session.ledger(plan.id, 'status');
  if (known !== null) return known;
  const detail = objectionTo(plan, approval, session.identity, ports.clock.now());
  if (detail !== null) return { fix: plan.id, state: 'refused', detail, difference: [] };
  return session.change({
    fix: plan.id,
    planHash: approval.planHash,
    rollbackSeconds: plan.rollbackSeconds,
    preconditions: plan.preconditions,
    apply: plan.steps.map(({ argv }) => argv),
    undo: plan.undo.map(({ argv }) => argv),
  });
}

/** The change may have taken its own connection with it: asks the ledger again through the doors that must work now. */
async function askAgain(ports: Ports, state: IncidentState, plan: Plan): Promise<Happening> {
  const until = ports.clock.now() + Math.min(ASK_AGAIN_MS, plan.rollbackSeconds * 500);
  let last = 'the connection was lost with the change.';
  while (ports.clock.now() < until) {
    const target = targetOf(ports, state, 'subject', plan.doors.confirmThrough);
    const reached = target === null ? null : await ports.nodes.open(target);
    if (reached?.reached === true) {
      const { session } = reached;
      const entry = await within(session, () => session.ledger(plan.id, 'status'));
      if (entry !== null && !underWay(entry)) return { is: 'changed', plan: plan.id, entry, door: session.door };
      last = entry === null ? 'its ledger does not know the fix.' : `its ledger says ${entry.state}.`;
    } else if (reached !== null) {
      last = reached.sentence;
    }
    await ports.clock.sleep(PAUSE_MS);
  }
  const sentence = `Whether the fix was applied on ${plan.node.name} is not known: ${last} The node restores itself unless it is confirmed.`;
  return { is: 'change-unknown', plan: plan.id, sentence };
}

function underWay({ state }: LedgerEntry): boolean {
  return state === 'begun' || state === 'armed';
}

/** Why this plan must not begin now; `null` when nothing stands against it. */
function objectionTo(plan: Plan, approval: Change['approval'], identity: NodeIdentity, now: number): string | null {
  if (sha256(canonical(plan)) !== approval.planHash || approval.planId !== plan.id) {
    return 'The plan is not the one that was approved.';
  }
  if (now >= approval.expiresAt) return 'The approval expired before the fix began.';
  for (const [what, then, today] of [
    ['machine id', plan.node.machineId, identity.machineId],
    ['boot id', plan.node.bootId, identity.bootId],
    ['host key', plan.node.hostKey, identity.hostKey],
  ] as const) {
    if (then !== null && then !== today) {
      return `The node's ${what} is not the one in the plan: it restarted or is another machine.`;
    }
  }
  return null;
}
