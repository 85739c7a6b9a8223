import { canonical } from '../model/json.ts';
import { sha256 } from '../model/hash.ts';
import type { Approval, Plan } from '../model/index.ts';

/** Why a plan must not begin, whatever the world is like; `null` when exactly this plan was approved and has not expired. */
export function notApproved(plan: Plan, approval: Approval, now: number): string | null {
  if (sha256(canonical(plan)) !== approval.planHash || approval.planId !== plan.id)
    return 'The plan is not the one that was approved.';
  const people = approval.consents.filter(({ planHash, at }) => planHash === approval.planHash && at < plan.expiresAt);
  if (new Set(people.map(({ by }) => by.id)).size < (approval.glass === true ? 1 : plan.approvals))
    return 'Fewer people have approved the plan than it wants.';
  return now >= approval.expiresAt ? 'The approval expired before the fix began.' : null;
}
