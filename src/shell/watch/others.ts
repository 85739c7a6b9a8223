import type { CapturePoint, IncidentState, NodeRole } from '../../model/index.ts';
import type { NodeSession } from '../../port.ts';
import type { Ports } from '../ports.ts';
import { targetOf } from '../target.ts';

/** Opens the nodes of points that stand neither on the subject nor on the sender, all at once. One that does not open is left out. */
export async function others(
  ports: Ports,
  state: IncidentState,
  points: readonly CapturePoint[],
  known: readonly NodeRole[],
): Promise<ReadonlyMap<NodeRole, NodeSession>> {
  const roles = new Set(points.map(({ role }) => role).filter((role) => !known.includes(role)));
  const sessions = await Promise.all(
    [...roles].map(async (role) => {
      const target = targetOf(ports, state, role);
      const reached = target === null ? null : await ports.nodes.open(target);
      return reached?.reached === true ? ([[role, reached.session]] as const) : [];
    }),
  );
  return new Map(sessions.flat());
}
