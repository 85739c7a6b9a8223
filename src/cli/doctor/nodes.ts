import type { NodeFacts } from '../../model/index.ts';
import { suggest } from '../../playbook/index.ts';
import type { Clock, NodeShell } from '../../port.ts';
import type { ConfiguredDoor } from '../../shell/index.ts';
import { doorItems, targetOf, tryDoors } from './doors.ts';
import { factItems } from './node-facts.ts';
import { fault, type Item, unseen } from './item.ts';

/** How the nodes are asked. */
export interface NodePatients {
  readonly shell: NodeShell;
  readonly clock: Clock;
  /** Nodes of the cluster; `null` where it did not list them. */
  readonly known: readonly NodeFacts[] | null;
  readonly doors: Readonly<Record<string, ConfiguredDoor>>;
  /** The known_hosts file; `null` where keys are pinned. */
  readonly hosts: string | null;
  /** Told after each node how many are done. Absent: nobody wants to know. */
  readonly progress?: (done: number, all: number) => void;
}

/** Nodes asked at once, and the pause between the beginnings of two: many logins in one moment look like an attack. */
const AT_ONCE = 4;
const PAUSE_MS = 100;

/** The nodes to ask: those named, every one, or one of each pool; without the cluster's list, the first that has an address configured. */
export function chosen(
  wanted: { readonly nodes: readonly string[]; readonly all: boolean },
  { known, doors }: Pick<NodePatients, 'known' | 'doors'>,
): readonly string[] {
  if (wanted.nodes.length > 0) return wanted.nodes;
  const names = (known ?? []).map(({ name }) => name).toSorted();
  if (known === null)
    return Object.keys(doors)
      .toSorted()
      .slice(0, wanted.all ? undefined : 1);
  if (wanted.all) return names;
  const pools = Map.groupBy(known, ({ pool, controlPlane }) => `${pool ?? ''} ${controlPlane}`);
  return [...pools.values()].map((those) => sample(those)).toSorted();
}

/** One that is Ready, if there is one; among equals the first by name, so that the same one is asked the next time. */
function sample(those: readonly NodeFacts[]): string {
  const rank = ({ ready }: NodeFacts): number => (ready === 'True' ? 0 : 1);
  const [first] = those.toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  return first?.name ?? '';
}

/** Everything that was seen of the nodes, in the order of `names`. A few at a time. */
export async function nodeItems(patients: NodePatients, names: readonly string[]): Promise<readonly Item[]> {
  const seen = new Map<string, readonly Item[]>();
  const waiting = [...names];
  const work = async (nth: number): Promise<void> => {
    await patients.clock.sleep(nth * PAUSE_MS);
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      seen.set(name, await oneNode(patients, name));
      patients.progress?.(seen.size, names.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, names.length) }, (_, nth) => work(nth)));
  return names.flatMap((name) => seen.get(name) ?? []);
}

async function oneNode(patients: NodePatients, name: string): Promise<readonly Item[]> {
  const { known, doors, shell } = patients;
  const facts = known?.find((one) => one.name === name) ?? null;
  if (known !== null && facts === null) {
    const near = suggest(
      name,
      known.map((one) => one.name),
    ).join(' or ');
    const mend = near === '' ? 'Write the name as kubectl get nodes shows it.' : `Did you mean ${near}?`;
    return [fault({ id: 'node.known', title: 'node', of: name }, 'the cluster has no node of this name', mend)];
  }
  const configured = (node: string) => (Object.hasOwn(doors, node) ? doors[node] : undefined);
  const peer = known?.find((one) => one.name !== name && one.pool === facts?.pool && one.ready === 'True');
  const jump = peer === undefined ? null : targetOf(peer.name, peer, configured(peer.name));
  const target = targetOf(name, facts, configured(name));
  if (known === null && target.addresses.length === 0) {
    const says = 'the cluster did not say its addresses, and the configuration has none';
    return [unseen({ id: 'node.door', title: 'doors', of: name }, says, 'Mend the way to the cluster first.')];
  }
  const tried = await tryDoors(shell, target, jump, facts?.machineId ?? null);
  const items = doorItems(name, tried, patients.hosts);
  if (tried.session === null) {
    return [
      ...items,
      unseen(
        { id: 'node.inside', title: 'inside', of: name },
        'privilege, programs, space, clock and kernel are not seen: no door opened',
      ),
    ];
  }
  try {
    return [...items, ...(await factItems(tried.session, name, facts, patients.clock))];
  } finally {
    await tried.session.close();
  }
}
