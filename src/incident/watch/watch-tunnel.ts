import type { Readings } from '../../check/check.ts';
import type { BoundNode, CaptureFilter, CaptureLimits, CapturePoint, IncidentState } from '../../model/index.ts';
import { ipRoute, vxlanLink } from '../../probe/index.ts';
import type { VxlanLink } from '../../probe/vxlan-link.ts';

/** Outer Ethernet, IPv4, UDP and VXLAN come before the inner headers. */
export const ENCAPSULATED: Pick<CaptureLimits, 'snap'> = { snap: 192 };

/** The VXLAN device by which packets of another node's pods and of its tunnel address arrive; `null` without one. */
export function tunnelTo(readings: Readings, other: BoundNode | null): VxlanLink | null {
  const links = readings.of('subject', vxlanLink, {});
  const routes = readings.of('subject', ipRoute, {});
  if (other === null || links?.known !== true || routes?.known !== true) return null;
  const way = routes.value.routes.find(({ destination }) => other.facts.podCidrs.includes(destination));
  return links.value.links.find(({ device }) => device === way?.device) ?? null;
}

/** The subject's devices on the way between another node's tunnel and a pod here: outside the tunnel, inside, at the pod. */
export function tunnelPoints(
  node: string,
  tunnel: VxlanLink,
  other: BoundNode,
  devices: { readonly uplink: string; readonly pod: string | null },
): CapturePoint[] {
  const point = (device: string, onWay: boolean): CapturePoint => ({ role: 'subject', node, device, onWay });
  const wire = { ...point(devices.uplink, false), filter: outside(tunnel, other) };
  const inside = point(tunnel.device, true);
  return devices.pod === null ? [inside, wire] : [wire, inside, point(devices.pod, true)];
}

/**
 * The pod of another node whose answers the leading finding says are lost on their way back: then this node itself sends, and
 * what its users see is what is counted. `null` where no finding says so.
 */
export function lostAnswersFrom(state: IncidentState): string | null {
  for (const { facts } of state.findings) {
    const { answersLostFrom } = facts;
    if (typeof answersLostFrom === 'string' && answersLostFrom !== '') return answersLostFrom;
  }
  return null;
}

/** The tunnel's outer packets between the two nodes. */
function outside({ port }: VxlanLink, other: BoundNode): CaptureFilter {
  return { all: [{ port, proto: 'udp' }, { host: other.address }], none: [] };
}
