import type { BoundNode, IncidentState, NodeRole } from '../model/index.ts';
import { nodeInRole } from '../model/role.ts';
import type { NodeTarget } from '../port.ts';
import type { Ports } from './ports.ts';

/**
 * The doors of the node in this role: configured ones first, then every address of `node.status`, the one that opened
 * before in front, then through the peer.
 */
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
  const { name, addresses } = direct(ports, node);
  const opened = state.looks.find((look) => look.role === role && look.node === name)?.door?.address;
  const known = addresses.toSorted((a, b) => rank(a, opened) - rank(b, opened));
  return { name, addresses: known, ...(jump === null ? {} : { jump }), ...(only === undefined ? {} : { only }) };
}

/** The doors of a node that plays no role in the incident; through `jump` when none of its own opens. */
export function targetFor(ports: Ports, node: BoundNode, jump: BoundNode | null): NodeTarget {
  return { ...direct(ports, node), ...(jump === null || jump.name === node.name ? {} : { jump: direct(ports, jump) }) };
}

/** A closed door may take seconds to say nothing: where one opened before, it comes before its equals. */
function rank({ address, from }: NodeTarget['addresses'][number], opened: string | undefined): number {
  if (from === 'configured') return 0;
  return address === opened ? 1 : 2;
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
