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
  /** Doors that open on a machine with another machine id than the cluster has for the node, and that id. */
  readonly strangers: readonly { readonly door: Door; readonly machineId: string }[];
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

/**
 * Tries every door by itself, one after the other; only when none opens, all of them through `jump`. `machineId`: the node's as the
 * cluster has it; `null` where it has none.
 */
export async function tryDoors(
  shell: NodeShell,
  target: NodeTarget,
  jump: NodeTarget | null,
  machineId: string | null,
): Promise<Tried> {
  const open: Door[] = [];
  const closed: ClosedDoor[] = [];
  const strangers: { door: Door; machineId: string }[] = [];
  let session: NodeSession | null = null;
  const take = async (given: NodeSession): Promise<void> => {
    const { door, identity } = given;
    const stranger = machineId !== null && identity.machineId !== null && identity.machineId !== machineId;
    if (stranger) strangers.push({ door, machineId: identity.machineId });
    else open.push(door);
    if (session === null && !stranger) session = given;
    else await given.close();
  };
  const tried = (): Tried => ({ session, open, closed, strangers, meant: target.addresses[0]?.address ?? null });
  for (const { address } of target.addresses) {
    const reached = await shell.open({ ...target, only: [address] });
    if (reached.reached) {
      await take(reached.session);
      continue;
    }
    closed.push(...reached.tried);
    if (reached.tried.some(({ because }) => REFUSED.test(because))) return tried();
  }
  if (session !== null || strangers.length > 0 || jump === null || target.addresses.length === 0) return tried();
  const reached = await shell.open({ ...target, jump });
  if (reached.reached) await take(reached.session);
  else closed.push(...reached.tried.filter(({ door }) => door.jump !== undefined));
  return tried();
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
  { open, closed, session, meant, strangers }: Tried,
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
  const [stranger] = strangers;
  if (stranger !== undefined) {
    const says = `${named(stranger.door)} leads to another machine (machine id ${stranger.machineId}), so nothing may be done through it`;
    const mend = `Correct the address of ${node}: in ssh.nodes.${node}.address, or what translates ${stranger.door.address} on the way.`;
    return [fault(door, says, mend), keyItem(), loginItem()];
  }
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
