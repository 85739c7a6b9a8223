import type { Clock, Cluster, Ids, Journal, NodeShell, Thread } from '../port.ts';
import type { IncidentState } from '../model/index.ts';
import type { House } from '../incident/index.ts';

/** Where a node may be reached besides what the API says of it. */
export interface ConfiguredDoor {
  readonly address: string;
  readonly port?: number;
}

/** Says something to whoever operates netdiag. Never a secret, never raw node bytes. */
export type Log = (level: 'info' | 'warn' | 'error', sentence: string) => void;

/** Everything the shell works with: the doors to the outside and the house to choose from. */
export interface Ports {
  readonly journal: Journal;
  readonly nodes: NodeShell;
  readonly cluster: Cluster;
  readonly thread: Thread;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly house: House;
  /** Addresses from the configuration, by node name; tried before the ones in `node.status`. */
  readonly doors: Readonly<Record<string, ConfiguredDoor>>;
  readonly log: Log;
  /** Told of every state once it is written. */
  readonly written?: (state: IncidentState) => void;
}
