import type { ClosedDoor, Door, NodeFacts } from '../../model/index.ts';
import type { NodeSession, NodeShell, NodeTarget } from '../../port.ts';
import type { ConfiguredDoor } from '../../shell/index.ts';
import { gather } from './files.ts';
import { typed } from './typed.ts';
import { fault, type Item, ok, unseen, warning } from './item.ts';

/** A node's doors after each was tried by itself. */
export interface Tried {
  /** Through the first that opened; `null` when none did. */
  readonly session: NodeSession | null;
  readonly open: readonly Door[];
  readonly closed: readonly ClosedDoor[];
  /** The address that should open: the configured one, else the first of `node.status`. A node may have others for other things. */
  readonly meant: string | null;
}

/** The doors of a node as an incident would try them. Its addresses are those that `node.status` calls IP. */
export function targetOf(name: string, facts: NodeFacts | null, configured: ConfiguredDoor | undefined): NodeTarget {
  const known = (facts?.addresses ?? []).filter(({ type }) => type.endsWith('IP')).map(({ address }) => address);
  return {
    name,
    addresses: [
      ...(configured === undefined ? [] : [{ ...configured, from: 'configured' as const }]),
      ...[...new Set(known)]
        .filter((address) => address !== configured?.address)
        .map((address) => ({ address, from: 'node-status' as const })),
    ],
  };
}

/** sshd counts refused keys and then shuts out the address (PerSourcePenalties), so the first refusal ends the trying. */
const REFUSED = /^the key was refused\b/;

/** Tries every door by itself, one after the other; only when none opens, all of them through `jump`. */
export async function tryDoors(shell: NodeShell, target: NodeTarget, jump: NodeTarget | null): Promise<Tried> {
  const open: Door[] = [];
  const closed: ClosedDoor[] = [];
  let session: NodeSession | null = null;
  const meant = target.addresses[0]?.address ?? null;
  for (const { address } of target.addresses) {
    const reached = await shell.open({ ...target, only: [address] });
    if (reached.reached) {
      open.push(reached.session.door);
      if (session === null) ({ session } = reached);
      else await reached.session.close();
      continue;
    }
    closed.push(...reached.tried);
    if (reached.tried.some(({ because }) => REFUSED.test(because))) return { session, open, closed, meant };
  }
  if (session !== null || jump === null || target.addresses.length === 0) return { session, open, closed, meant };
  const reached = await shell.open({ ...target, jump });
  const through = (one: ClosedDoor) => one.door.jump !== undefined;
  if (!reached.reached) return { session, open, closed: [...closed, ...reached.tried.filter(through)], meant };
  return { session: reached.session, open: [reached.session.door], closed, meant };
}

/**
 * What to do about a host key that is not trusted. Whether the node or somebody in between shows it, only the node's own console tells.
 */
function keyMend(node: string, { door, because }: ClosedDoor, hosts: string | null): string {
  const compared = "once you have compared the fingerprint with the node's own console";
  if (hosts === null) return `Pin the right fingerprint in ssh.hostKeys under ${node}, ${compared}.`;
  const file = typed([hosts]);
  const forget = / but known_hosts says /.test(because) ? `ssh-keygen -f ${file} -R ${typed([node])}; ` : '';
  return `Run ${forget}${gather(door.address, door.port, hosts)}, ${compared}.`;
}

/** The door, the host key and the login of one node. `hosts`: the known_hosts file; `null` where keys are pinned. */
export function doorItems(
  node: string,
  { open, closed, session, meant }: Tried,
  hosts: string | null,
): readonly Item[] {
  const about = (id: string, title: string) => ({ id: `node.${id}`, title, of: node });
  const [door, key, login] = [about('door', 'doors'), about('host-key', 'host key'), about('login', 'login')];
  const why = closed.map(({ door: one, because }) => `${named(one)} closed: ${because}`);
  const strange = closed.find(({ because }) => /\bhost key\b/.test(because));
  const refused = closed.find(({ because }) => REFUSED.test(because));
  const keyItem = (): Item => {
    if (strange !== undefined) {
      return fault(key, `${named(strange.door)}: ${strange.because}`, keyMend(node, strange, hosts));
    }
    const seen = session?.identity.hostKey ?? null;
    if (seen !== null) return ok(key, `known: ${seen}`);
    return refused === undefined ? unseen(key, 'no door got so far') : ok(key, 'known');
  };
  const loginItem = (): Item => {
    if (session !== null) return ok(login, 'the key is accepted');
    if (refused === undefined) return unseen(login, 'no door got so far');
    return fault(login, refused.because, "Put the public key into that user's ~/.ssh/authorized_keys on the node.");
  };
  if (open.length === 0) {
    const says = why.length === 0 ? 'netdiag knows no address of this node' : `none opened; ${why.join('; ')}`;
    const mend =
      why.length === 0
        ? `Give ssh.nodes.${node}.address in the configuration.`
        : `Give an address that netdiag can reach in ssh.nodes.${node}.address, and let it through to sshd.`;
    return [
      strange === undefined && refused === undefined ? fault(door, says, mend) : unseen(door, says),
      keyItem(),
      loginItem(),
    ];
  }
  const opened = `${open.map(named).join(', ')} opened`;
  const says = [opened, ...why].join('; ');
  if (!closed.some((one) => one.door.address === meant)) return [ok(door, says), keyItem(), loginItem()];
  const mend = `Let netdiag through to sshd there, unless this is the fault: netdiag diagnose ${node}`;
  return [warning(door, says, mend), keyItem(), loginItem()];
}

function named({ address, port, jump }: Door): string {
  const at = port === 22 ? address : `${address} port ${port}`;
  return jump === undefined ? at : `${at} through ${jump}`;
}
