import { doorName } from '../../model/index.ts';
import type { NodeShell, NodeTarget, Reached } from '../../port.ts';
import { knock } from './door.ts';
import { recordedSession } from './session.ts';
import type { World } from './world.ts';

/** Reaches recorded nodes through the doors that were open when they were recorded. */
export function recordedNodeShell(world: World): NodeShell {
  return {
    open: async (target: NodeTarget, signal?: AbortSignal): Promise<Reached> => {
      const node = target.name;
      const known = world.recording.nodes.get(node);
      if (known === undefined) return unreached('not-recorded', `The recording has no node ${node}.`, []);
      if (signal?.aborted === true) return unreached('timed-out', `Reaching ${node} was given up.`, []);
      const { door, tried } = knock(world, target);
      if (door !== null) {
        const { machineId, bootId } = known;
        const identity = { name: node, machineId, bootId, hostKey: null };
        return { reached: true, session: recordedSession(world, { door, tried, identity }) };
      }
      const reasons = tried.map((one) => `${doorName(one.door)}: ${one.because}`).join('; ');
      const sentence =
        tried.length === 0
          ? `netdiag knows no address at which to reach ${node}, so it cannot look at the node itself.`
          : `No door of ${node} opened (${reasons}), so netdiag cannot look at the node itself.`;
      return unreached('unreachable', sentence, tried);
    },
  };
}

type Unreached = Extract<Reached, { reached: false }>;

function unreached(gap: Unreached['gap'], sentence: string, tried: Unreached['tried']): Unreached {
  return { reached: false, gap, sentence, tried };
}
