import { suggest } from '../playbook/index.ts';
import { ClusterError } from '../port.ts';
import type { Desk } from '../port.ts';
import { take } from './advance.ts';
import type { Ports } from './ports.ts';

/** Who may start and where; empty lists allow everybody and every channel. */
export interface DeskPolicy {
  readonly starters: readonly string[];
  readonly channels: readonly string[];
}

/** The desk where commands and button presses arrive, once they are recorded and acked. */
export function desk(ports: Ports, policy: DeskPolicy, nudge: () => void): Desk {
  return {
    async start({ key, node, by, place, symptom }) {
      if (policy.starters.length > 0 && !policy.starters.includes(by.id))
        return 'You may not start a diagnosis here; ask one of the configured starters.';
      if (policy.channels.length > 0 && !policy.channels.includes(place.channel))
        return 'Diagnoses are not started in this channel; use one of the configured ones.';
      const refusal = await unknownNode(ports, node);
      if (refusal !== null) return refusal;
      const running = (await ports.journal.open()).find(({ state }) => state.node === node);
      if (running !== undefined)
        return `${node} is being looked at already, started by ${running.state.by.name}: see the thread in this channel.`;
      const incident = ports.ids.token();
      const taken = await take(
        ports,
        incident,
        {
          is: 'opened',
          incident,
          node,
          cluster: ports.cluster.name,
          by,
          place,
          ...(symptom === undefined ? {} : { symptom }),
        },
        { inbox: `start ${key}` },
      );
      nudge();
      return taken.is === 'written' || taken.is === 'seen'
        ? null
        : 'The incident could not be recorded; nothing was started.';
    },
    async press({ key, token, by, reason }) {
      const open = await ports.journal.open();
      const incident = open.find(({ state }) => state.buttons[token] !== undefined);
      if (incident === undefined)
        return 'This incident is over, or the button belongs to an older message: nothing was done.';
      await take(
        ports,
        incident.incident,
        { is: 'pressed', token, by, ...(reason === undefined ? {} : { reason }) },
        { inbox: `press ${key}` },
      );
      nudge();
      return null;
    },
  };
}

/** Why this node cannot be looked at; `null` when the cluster has it, or cannot be asked (the incident then says so). */
async function unknownNode(ports: Ports, node: string): Promise<string | null> {
  try {
    const names = (await ports.cluster.nodes()).map(({ name }) => name);
    if (names.includes(node)) return null;
    const near = suggest(node, names);
    return `Cluster ${ports.cluster.name} has no node called that${near.length > 0 ? `. Did you mean ${near.join(' or ')}?` : `; it has ${names.length} nodes.`}`;
  } catch (error) {
    if (error instanceof ClusterError) return `${error.message} Nothing was started.`;
    throw error;
  }
}
