import type { House } from '../incident/index.ts';
import type { IncidentState } from '../model/index.ts';
import type { Clock, Cluster, Ids, Journal, NodeShell, Painter, Signatures, Thread } from '../port.ts';

/** Where a node may be reached besides what the API says of it. */
export interface ConfiguredDoor {
  readonly address: string;
  readonly port?: number;
}

/** Says something to whoever operates netdiag. Never a secret, never raw node bytes. */
export type Log = (level: 'info' | 'warn' | 'error', sentence: string) => void;

/** One cluster and the way to its nodes. */
export interface Site {
  readonly cluster: Cluster;
  readonly nodes: NodeShell;
  /** Addresses from the configuration, by node name; tried before the ones in `node.status`. */
  readonly doors: Readonly<Record<string, ConfiguredDoor>>;
}

/** What all sites share: people, memory, time, and the house to choose from. */
export interface Commons {
  readonly journal: Journal;
  readonly thread: Thread;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly house: House;
  readonly log: Log;
  /** Draws what captures show. Absent: the thread shows no pictures. */
  readonly painter?: Painter;
  /** Verifies what approvers sign. Absent: where a node demands signatures, it alone decides. */
  readonly signatures?: Signatures;
  /** Told of every state once it is written. */
  readonly written?: (state: IncidentState) => void;
}

/** Everything that netdiag works with: the doors to the outside. */
export interface Workplace extends Commons {
  readonly sites: readonly Site[];
}

/** Everything that one effect works with. */
export type Ports = Commons & Site;

/** The ports of the site whose cluster the incident is in. Throws when netdiag serves that cluster no more. */
export function portsFor(workplace: Workplace, cluster: string): Ports {
  const site = workplace.sites.find((one) => one.cluster.name === cluster);
  if (site === undefined) throw new Error(`cluster ${cluster} is not configured any more`);
  return { ...workplace, ...site };
}
