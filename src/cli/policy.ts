import { signaturesBy } from '../adapter/ssh-keygen/index.ts';
import type { ServeConfig } from '../config.ts';
import type { ApprovalPolicy } from '../incident/index.ts';
import type { Signatures } from '../port.ts';

/** Who may approve and under which ids, the same for everything that netdiag does: the bot, `diagnose` and `apply`. */
export function policyOf({ approval, starters }: Pick<ServeConfig, 'approval' | 'starters'>): ApprovalPolicy {
  return {
    approvers: approval.approvers.map((id) => ({ id, name: id.replace(/^terminal:/, '') })),
    expiresMs: approval.expiresMinutes * 60_000,
    identities: approval.identities,
    starters: starters ?? [],
    breakers: approval.breakGlass,
    ...(approval.signersFile === null ? {} : { verifies: true }),
  };
}

/** What verifies approvers' signatures; `undefined` where no signers are configured. */
export function signaturesOf({ approval }: Pick<ServeConfig, 'approval'>): Signatures | undefined {
  return approval.signersFile === null ? undefined : signaturesBy(approval.signersFile);
}

/** Every Slack id under which somebody may approve, and the user groups that may. */
export function approverIds({ approvers, identities = [] }: ApprovalPolicy): readonly string[] {
  const ids = approvers.flatMap(({ id }) => [id, ...(identities.find((all) => all.includes(id)) ?? [])]);
  return [...new Set(ids)].filter((id) => /^[UWS]/.test(id));
}
