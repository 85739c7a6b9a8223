import type { Bound, NodeRole, Reading } from '../model/index.ts';
import { nodeInRole } from '../model/index.ts';
import { ipAddr } from '../probe/index.ts';
import { isAddress4 } from './subnet.ts';
import type { Readings } from './check.ts';

/** The device that holds the node's primary address, with the line that says so. */
export interface Uplink {
  readonly device: string;
  readonly prefix: number;
  readonly line: string;
}

/**
 * Finds the device that holds the primary address of the node in `role`; of several the one that has its subnet, because
 * kube-proxy's IPVS mode holds addresses once more as /32. A gap when `ip addr` was not answered, when no device holds the
 * address (behind NAT, or the address was removed), when only lo does (any interface may carry it then), and for IPv6.
 */
export function uplink(bound: Bound, readings: Readings, role: NodeRole): Reading<Uplink> {
  const node = nodeInRole(bound, role);
  if (node === null) return { known: false, gap: 'unreachable', detail: `nobody plays the ${role}` };
  const reading = readings.of(role, ipAddr, {});
  if (reading === null)
    return { known: false, gap: 'unreachable', detail: `the addresses of ${node.name} were not read` };
  if (!reading.known) return reading;
  const gap = (detail: string): Reading<Uplink> => ({ known: false, gap: 'unparsable', detail });
  if (!isAddress4(node.address)) return gap(`${node.name} goes by ${node.address}, and netdiag judges IPv4 only`);
  const holders = reading.value.addresses.filter(({ address }) => address === node.address);
  const outward = holders.filter(({ device }) => device !== 'lo');
  const held = outward.find(({ prefix }) => prefix < 32) ?? outward[0];
  if (held !== undefined) return { known: true, value: { device: held.device, prefix: held.prefix, line: held.line } };
  return gap(
    holders.length > 0
      ? `only lo of ${node.name} holds its address ${node.address}, so any interface may carry its traffic`
      : `no device of ${node.name} holds its address ${node.address}`,
  );
}
