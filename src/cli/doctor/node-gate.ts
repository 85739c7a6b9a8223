import type { NodeSession } from '../../port.ts';
import { count, fault, type Item, ok, warning } from './item.ts';

/** Names an entry that no ledger has: asking to roll it back does nothing, and needs the key for changes. */
const NOBODYS = 'doctor-asks';

/** Whether a gate holds netdiag's keys on this node, which one, and whether it takes both of them. */
export async function gateItem(session: NodeSession, node: string): Promise<Item> {
  const about = { id: 'node.gate', title: 'gate', of: node };
  const { gate } = session.identity;
  if (gate === undefined) return ok(about, 'no gate on this node: whoever has the key has a shell');
  const { version, approvals, signers } = gate;
  const says = `gate ${version}, which takes the key for check and demands ${approvals.join(', ')} signatures by risk`;
  if (signers === null) {
    const mend = 'On the node: chown root /etc/netdiag /etc/netdiag/allowed_signers; chmod go-w the same.';
    return fault(about, `${says}, but has no list of signers to trust, so nothing can be changed there`, mend);
  }
  const told = await session.ledger(NOBODYS, 'roll-back');
  if (told !== null) {
    const mend = 'Name the key of its `fix` line in ssh.fixKeyFile, or install the gate again with that key.';
    return fault(about, `${says}, but it takes no key for fix: ${told.detail.replace(/\.$/, '')}`, mend);
  }
  const whole = `${says}, and takes the key for fix; ${count(signers, 'key')} may sign`;
  if (Math.max(...approvals) <= signers) return ok(about, whole);
  return warning(
    about,
    `${whole}, fewer than it demands`,
    'On the node: name more people in /etc/netdiag/allowed_signers.',
  );
}
