import type { CniFacts, NodeFacts, PodFacts } from './node.ts';

/** The part a node plays in an incident: *subject* is the named node, *peer* a healthy one of the same pool. */
export type NodeRole = 'subject' | 'peer' | 'farEnd';

/** A node bound to a role. */
export interface BoundNode {
  readonly name: string;
  /** The node's primary InternalIP: the address that the API server dials. */
  readonly address: string;
  /** Every IP address in `node.status`, the primary first. */
  readonly addresses: readonly string[];
  readonly facts: NodeFacts;
  /** Running pods with an address of their own (not hostNetwork), at most 50, ready ones first. */
  readonly pods: readonly PodFacts[];
  /** The CNI's own pod on this node; `null` when it has none, absent where that is not known. */
  readonly cniPod?: PodFacts | null;
}

/**
 * The other end of the failing traffic. `sender` is the node from which netdiag can send marked packets in its place;
 * `null` where none is known, then the peer sends.
 */
export interface FarEnd {
  readonly kind: 'api-server' | 'node' | 'pod' | 'outside';
  readonly address: string;
  readonly sender: BoundNode | null;
}

/** Roles bound to real nodes and addresses, once per incident, when the node was found in the cluster. */
export interface Bound {
  readonly cluster: string;
  readonly cni: CniFacts;
  readonly subject: BoundNode;
  /** `null` when the pool has no healthy second node; every comparison is then a gap, never green. */
  readonly peer: BoundNode | null;
  readonly farEnd: FarEnd | null;
  /** Container runtimes of all nodes, as `node.status` names them, with at most five of their nodes; absent where not known. */
  readonly runtimes?: readonly {
    readonly runtime: string;
    readonly nodes: number;
    readonly examples: readonly string[];
  }[];
}

/** The node that plays `role`, or `null` where nobody does. */
export function nodeInRole(bound: Bound, role: NodeRole): BoundNode | null {
  if (role === 'subject') return bound.subject;
  return role === 'peer' ? bound.peer : (bound.farEnd?.sender ?? null);
}
