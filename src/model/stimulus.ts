import type { NodeRole } from './role.ts';

/**
 * How our own packets are told from everybody else's by headers alone:
 * TCP SYNs by a range of source ports, ICMP echo requests by their unusual IP total length, DNS queries on UDP by both a range of
 * transaction ids and such a length.
 */
export type Mark =
  | { readonly proto: 'tcp'; readonly firstPort: number; readonly lastPort: number }
  | { readonly proto: 'icmp'; readonly totalLength: number }
  | { readonly proto: 'dns'; readonly firstId: number; readonly lastId: number; readonly totalLength: number };

/** A few marked packets to be sent: from which vantage, to where, how many. */
export interface StimulusPlan {
  /** File name under `src/stimulus`. */
  readonly stimulus: string;
  /** Role of the sending node. */
  readonly from: NodeRole;
  readonly to: string;
  /** TCP port, or 53 for DNS queries; absent for ICMP. */
  readonly port?: number;
  /** DNS queries only: the name that is asked for. */
  readonly name?: string;
  readonly count: number;
}

/** One of several batches of marked packets. */
export interface Round {
  readonly count: number;
  readonly answered: number;
  readonly mark: Mark;
}

/** What the vantage reports after sending; all rounds together. */
export interface Sent {
  readonly from: NodeRole;
  readonly node: string;
  /** Source address the kernel chose; `null` when the tool does not tell. */
  readonly source: string | null;
  readonly to: string;
  readonly port: number | null;
  /** Pods that `to` is translated to, as far as known; absent: none. */
  readonly behind?: readonly string[];
  readonly count: number;
  /** How many were answered, as the sender saw it. */
  readonly answered: number;
  /** The mark of the first round. */
  readonly mark: Mark;
  /** Each round by itself, each under its own mark, with a quiet window between. Absent: there was one. */
  readonly rounds?: readonly Round[];
  /** `user`: people repeated what fails for them, and `answered` is what the captures saw of it. Absent: netdiag. */
  readonly by?: 'netdiag' | 'user';
}

/** Traffic that people send themselves where no vantage can reproduce what fails for them. */
export interface ExpectedTraffic {
  /** Who sends; `null` when unknown: then everybody's packets to the target count. */
  readonly from: string | null;
  readonly to: string;
  /** TCP port; `null`: ICMP echo. With `dns`, the port of name lookups on UDP. */
  readonly port: number | null;
  /** Name lookups; `behind`: pods that `to` is translated to, as far as known. Absent: TCP or ICMP echo. */
  readonly dns?: { readonly behind: readonly string[] };
}
