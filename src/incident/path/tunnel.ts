import type { Readings } from '../../check/check.ts';
import { ipRouteGet, vxlanLink } from '../../probe/index.ts';
import { tunnelTo } from '../watch/watch-tunnel.ts';
import type { End } from './end.ts';

/** Devices of IP in IP, by the names that the kernel itself gives them. */
const IN_IP = /^(?:tunl|ip6tnl|sit|gre)\d+$/;

/**
 * The device inside of which packets to this address cross from one node to the other: the one that the sender's own lookup names
 * when it is a tunnel; before that lookup is known, the one by which the subject reaches the other node's pods.
 */
export function tunnelBetween(readings: Readings, sender: End, receiver: End, to: string): string | null {
  const links = readings.of('subject', vxlanLink, {});
  const vxlan = links?.known === true ? links.value.links.map(({ device }) => device) : [];
  const way = readings.of(sender.role, ipRouteGet, { to });
  if (way?.known === true) {
    const { device } = way.value;
    return device !== null && (vxlan.includes(device) || IN_IP.test(device)) ? device : null;
  }
  if (receiver.node.addresses.includes(to)) return null;
  const other = receiver.role === 'subject' ? sender : receiver;
  return tunnelTo(readings, other.node)?.device ?? null;
}
