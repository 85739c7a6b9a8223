import { blastObjection, SWITCH, switchAfter } from '../incident/index.ts';
import type { Plan } from '../model/index.ts';
import { ClusterError } from '../port.ts';
import { passing } from './passing.ts';
import type { Ports } from './ports.ts';

/** Incidents that count besides the open ones: what was begun within ten minutes is among the newest. */
const NEWEST = 50;
const TRIES = 3;
const PAUSE_MS = 1_000;

/**
 * Why this plan must not begin now, asked afresh of the journal and of the API server: other changes, the health of the cluster, the
 * switch that stops all changes. One sentence; `null` where nothing is against it. What cannot be seen is against it.
 */
export async function againstBeginning(ports: Ports, plan: Plan): Promise<string | null> {
  const { journal, cluster, clock } = ports;
  const stopped = switchAfter(await journal.audit(SWITCH));
  const known = new Map(
    [...(await journal.latest(NEWEST)), ...(await journal.open())].map((one) => [one.incident, one]),
  );
  known.delete(plan.incident);
  const others = [...known.values()].map(({ state }) => state);
  for (let tries = 1; ; tries += 1) {
    try {
      const nodes = await cluster.nodes();
      return blastObjection(plan, { now: clock.now(), stopped, nodes, others });
    } catch (error) {
      if (!(error instanceof ClusterError)) throw error;
      if (!passing(error) || tries === TRIES) return `How many nodes are healthy could not be seen: ${error.message}`;
      await clock.sleep(PAUSE_MS);
    }
  }
}
