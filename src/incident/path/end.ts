import type { BoundNode, NodeRole } from '../../model/index.ts';

/** A node at one end of the traffic, and the part it plays. */
export interface End {
  readonly role: NodeRole;
  readonly node: BoundNode;
}
