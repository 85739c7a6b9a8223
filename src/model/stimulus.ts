import type { NodeRole } from './role.ts';

/**
 * How our own packets are told from everybody else's by headers alone:
 * TCP SYNs by a range of source ports, ICMP echo requests by their unusual IP total length.
 */
export type Mark =
  | { readonly proto: 'tcp'; readonly firstPort: number; readonly lastPort: number }
  | { readonly proto: 'icmp'; readonly totalLength: number };

/** A few marked packets to be sent: from which vantage, to where, how many. */
export interface StimulusPlan {
  /** File name under `src/stimulus`. */
  readonly stimulus: string;
  /** Role of the sending node. */
  readonly from: NodeRole;
  readonly to: string;
  /** TCP port; absent for ICMP. */
  readonly port?: number;
  readonly count: number;
}

/** What the vantage reports after sending. */
export interface Sent {
  readonly from: NodeRole;
  readonly node: string;
  /** Source address the kernel chose; `null` when the tool does not tell. */
  readonly source: string | null;
  readonly to: string;
  readonly port: number | null;
  readonly count: number;
  /** How many were answered, as the sender saw it. */
  readonly answered: number;
  readonly mark: Mark;
}
