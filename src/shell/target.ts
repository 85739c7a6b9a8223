import type { BoundNode, IncidentState, NodeRole } from '../model/index.ts';
import { nodeInRole } from '../model/role.ts';
import type { NodeTarget } from '../port.ts';
import type { Ports } from './ports.ts';

/** The doors of the node in this role: configured ones first, then every address of `node.status`, then through the peer. */
export function targetOf(
  ports: Ports,
  state: IncidentState,
  role: NodeRole,
  only?: readonly string[],
): NodeTarget | null {
  const { bound } = state;
  const node = bound === null ? null : nodeInRole(bound, role);
  if (bound === null || node === null) return null;
  const jump =
    role === 'peer' || bound.peer === null || bound.peer.name === node.name ? null : direct(ports, bound.peer);
  return { ...direct(ports, node), ...(jump === null ? {} : { jump }), ...(only === undefined ? {} : { only }) };
}

function direct(ports: Ports, node: BoundNode): NodeTarget {
  const configured = Object.hasOwn(ports.doors, node.name) ? ports.doors[node.name] : undefined;
  return {
    name: node.name,
    addresses: [
      ...(configured === undefined ? [] : [{ ...configured, from: 'configured' as const }]),
      ...node.addresses
        .filter((address) => address !== configured?.address)
        .map((address) => ({ address, from: 'node-status' as const })),
    ],
  };
}
