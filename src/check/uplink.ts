import type { Bound, NodeRole, Reading } from '../model/index.ts';
import { nodeInRole } from '../model/index.ts';
import { ipAddr } from '../probe/index.ts';
import type { Readings } from './check.ts';

/** The device that holds the node's primary address, with the line that says so. */
export interface Uplink {
  readonly device: string;
  readonly prefix: number;
  readonly line: string;
}

/**
 * Finds the device that holds the primary address of the node in `role`. A gap when `ip addr` was not answered or no
 * device holds the address (behind NAT, or the address was removed).
 */
export function uplink(bound: Bound, readings: Readings, role: NodeRole): Reading<Uplink> {
  const node = nodeInRole(bound, role);
  if (node === null) return { known: false, gap: 'unreachable', detail: `nobody plays the ${role}` };
  const reading = readings.of(role, ipAddr, {});
  if (reading === null)
    return { known: false, gap: 'unreachable', detail: `the addresses of ${node.name} were not read` };
  if (!reading.known) return reading;
  const held = reading.value.addresses.find((held) => held.address === node.address);
  return held === undefined
    ? { known: false, gap: 'unparsable', detail: `no device of ${node.name} holds its address ${node.address}` }
    : { known: true, value: { device: held.device, prefix: held.prefix, line: held.line } };
}
