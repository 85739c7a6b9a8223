import type { ClosedDoor, Door } from '../../model/index.ts';
import type { NodeTarget } from '../../port.ts';

/** Direct doors of a node in the order to try: configured addresses first, each address and port once, `only` obeyed. */
export function directDoors(target: NodeTarget, port: number): readonly Door[] {
  const { addresses, only } = target;
  const allowed = addresses.filter(({ address }) => only === undefined || only.includes(address));
  const ordered = [
    ...allowed.filter(({ from }) => from === 'configured'),
    ...allowed.filter(({ from }) => from !== 'configured'),
  ];
  const doors = ordered.map((one): Door => ({ address: one.address, port: one.port ?? port, from: one.from }));
  const name = (door: Door) => `${door.address} ${door.port}`;
  return doors.filter((door, index) => doors.findIndex((other) => name(other) === name(door)) === index);
}

/** The sentence for a node none of whose doors opened. */
export function allClosed(node: string, tried: readonly ClosedDoor[]): string {
  if (tried.length === 0)
    return `netdiag knows no address at which to reach ${node}, so it cannot look at the node itself.`;
  const direct = tried
    .filter(({ door }) => door.jump === undefined)
    .map(({ door, because }) => `${door.address}: ${because}`);
  const jumped = tried
    .filter(({ door }) => door.jump !== undefined)
    .map(({ door, because }) => `${door.address} through ${door.jump ?? ''}: ${because}`);
  const reasons = [...direct, ...jumped].join('; ');
  return `No SSH door of ${node} opened (${reasons}), so netdiag cannot look at the node itself.`;
}
