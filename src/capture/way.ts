import type { CapturePoint } from '../model/index.ts';

/** Names of host-side veths: Calico, amazon-vpc-cni, bridge and kindnet and Flannel, Cilium, Azure, GKE. */
const HOST_SIDE = /^(?:cali|eni[0-9a-f]{8}|veth|lxc|azv|gke)/;

/** Whether a request that was seen at point `from` reached every later point that it has to pass on its way to the target. */
export type Forwarded = (from: number, seenAt: (point: number) => boolean) => boolean;

/**
 * Which points a request has to pass after the one where it came in. A point says so itself (`onWay`); else host-side veths
 * are on the way to a pod, and what comes out of a host-side veth has to leave by one of the node's other devices.
 */
export function wayThrough(points: readonly CapturePoint[]): Forwarded {
  const told = points.some(({ onWay }) => onWay !== undefined);
  return (from, seenAt) => {
    const first = points[from];
    if (first === undefined) return true;
    const later = points.map((point, index) => ({ point, index })).filter(({ index }) => index !== from);
    const must = later.filter(({ point }) => (told ? point.onWay === true : hostSide(point)));
    if (told || !hostSide(first)) return must.every(({ index }) => seenAt(index));
    const exits = later.filter(({ point }) => point.node === first.node && !hostSide(point));
    return exits.length === 0 || [...exits, ...must].some(({ index }) => seenAt(index));
  };
}

/** Whether the name is that of the node's end of a pod's interface. */
export function hostSide({ device }: Pick<CapturePoint, 'device'>): boolean {
  return HOST_SIDE.test(device);
}
