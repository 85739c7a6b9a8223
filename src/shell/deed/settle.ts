import type { Effect, Happening, IncidentState, LedgerEntry } from '../../model/index.ts';
import type { Ports } from '../ports.ts';
import { otherThan } from '../same-node.ts';
import { targetOf } from '../target.ts';

type Settle = Extract<Effect, { do: 'settle' }>;

/** Beyond the rollback's own deadline: undo steps, the comparison of node state and a slow connection. */
const MARGIN_MS = 45_000;
const PAUSE_MS = 1_000;
const RESTING = new Set<LedgerEntry['state']>(['confirmed', 'rolled-back', 'refused']);

/**
 * Brings a fix to rest: disarms its rollback, asks for it, or waits for it, and asks the node's ledger until it says
 * confirmed, rolled back or refused. A lost connection is only another try; the node keeps its own deadline.
 */
export async function settle(ports: Ports, state: IncidentState, { plan, verb }: Settle): Promise<Happening> {
  const fires = ports.clock.now() + plan.rollbackSeconds * 1000;
  const until = fires + MARGIN_MS;
  const applied = state.change?.entry?.state === 'applied';
  let last = `${plan.node.name} was not asked yet`;
  do {
    // Once the rollback may have fired, the doors are as they were before, and only the outcome is of interest.
    const confirming = verb === 'confirm' && ports.clock.now() < fires;
    const target = targetOf(ports, state, 'subject', confirming ? plan.doors.confirmThrough : undefined);
    if (target === null) break;
    const reached = await ports.nodes.open(target);
    if (reached.reached) {
      const { session } = reached;
      try {
        const entry = await session.ledger(
          plan.id,
          verb === 'await' || (verb === 'confirm' && !confirming) ? 'status' : verb,
        );
        const other = otherThan(plan.node, session.identity);
        if (entry === null && other === null && !applied)
          return {
            is: 'settled',
            plan: plan.id,
            entry: { fix: plan.id, state: 'refused', detail: 'the node never recorded this fix', difference: [] },
            door: session.door,
          };
        if (entry !== null && RESTING.has(entry.state))
          return { is: 'settled', plan: plan.id, entry, door: session.door };
        last =
          entry === null ? `its ledger does not know the fix. ${other ?? ''}`.trim() : `its ledger says ${entry.state}`;
      } finally {
        await session.close();
      }
    } else {
      last = reached.sentence;
    }
    await ports.clock.sleep(PAUSE_MS);
  } while (ports.clock.now() < until);
  return {
    is: 'unsettled',
    plan: plan.id,
    sentence: `What became of the fix on ${plan.node.name} is not known: ${last.replace(/\.$/, '')}. The node should have restored itself by now; look at it from its console (its record is /var/lib/netdiag/fix/${plan.id}).`,
  };
}
