import { type ClosedDoor, type Door, doorName } from '../../model/index.ts';
import type { NodeTarget } from '../../port.ts';
import type { World } from './world.ts';

/** Where sshd listens when the target does not say. */
const SSH = 22;

/** A door that opened, or none, and those tried before. */
export interface Knocked {
  readonly door: Door | null;
  readonly tried: readonly ClosedDoor[];
}

/** Tries a target's doors as recorded for the present state: each address directly, then through the jump node. */
export function knock(world: World, target: NodeTarget): Knocked {
  const direct = tryEach(world, target.name, doorsOf(target));
  const { jump } = target;
  if (direct.door !== null || jump === undefined) return direct;
  const doors = doorsOf(target).map((door) => ({ ...door, jump: jump.name }));
  if (knock(world, jump).door === null) {
    const because = `${jump.name} could not be reached either`;
    return { door: null, tried: [...direct.tried, ...doors.map((door) => ({ door, because }))] };
  }
  const through = tryEach(world, target.name, doors);
  return { door: through.door, tried: [...direct.tried, ...through.tried] };
}

/** Whether a door that opened once still carries a connection. */
export function stillOpen(world: World, node: string, door: Door): boolean {
  return world.present?.doors.get(node)?.get(doorName(door)) === true;
}

/** Configured addresses first, each once, `only` obeyed. */
function doorsOf({ addresses, only }: NodeTarget): readonly Door[] {
  const allowed = addresses.filter(({ address }) => only === undefined || only.includes(address));
  const ordered = [
    ...allowed.filter(({ from }) => from === 'configured'),
    ...allowed.filter(({ from }) => from !== 'configured'),
  ];
  return ordered
    .filter(({ address }, index) => ordered.findIndex((one) => one.address === address) === index)
    .map(({ address, port }): Door => ({ address, port: port ?? SSH, from: 'recording' }));
}

function tryEach(world: World, node: string, doors: readonly Door[]): Knocked {
  const recorded = world.present?.doors.get(node);
  const tried: ClosedDoor[] = [];
  for (const door of doors) {
    const opens = recorded?.get(doorName(door)) ?? 'the recording does not say whether it opens';
    if (opens === true) return { door, tried };
    tried.push({ door, because: opens });
  }
  return { door: null, tried };
}
