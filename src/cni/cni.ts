import type { CniFacts, DaemonSetFacts } from '../model/index.ts';
import type { Route } from '../probe/ip-route.ts';
import type { Rule } from '../probe/ip-rule.ts';

/** How to recognise one CNI, and what is normal on its nodes. Data and pure predicates. */
export interface Cni {
  /** The directory's name. */
  readonly name: string;
  /** The container that is the CNI in a DaemonSet that belongs to it. */
  readonly container: string;
  /** Names of its DaemonSet, as its authors ship it. */
  readonly daemonSets: readonly string[];
  /** Last parts of its image's path, for a DaemonSet that was renamed. */
  readonly images: readonly string[];
  /** Host-side veths of pods begin with one of these. */
  readonly podDevicePrefixes: readonly string[];
  /** The container's setting that gives another prefix; `null` when the prefix is fixed. */
  readonly prefixSetting: string | null;
  /** Devices that it makes beside the pods' ones, by exact name. */
  readonly devices: readonly string[];
  /** RPF mode that it sets on the uplink; `null` when it leaves it alone. */
  readonly uplinkRpf: 'off' | 'strict' | 'loose' | null;
  /** It sets `forwarding=1` on its own pod devices, whatever `ip_forward` says; so theirs proves nothing for the uplink's. */
  readonly forwardsPodDevices: boolean;
  /** A route that it made, or that comes with its devices. False says nothing bad of a route: only that it is not from here. */
  normalRoute(route: Route, prefixes: readonly string[]): boolean;
  /** A policy rule that it made. */
  normalRule(rule: Rule): boolean;
}

/** One CNI as it is set up in one cluster. */
export interface CniNorm {
  readonly name: string;
  readonly podDevicePrefixes: readonly string[];
  readonly uplinkRpf: Cni['uplinkRpf'];
  readonly forwardsPodDevices: boolean;
  isPodDevice(device: string): boolean;
  normalRoute(route: Route): boolean;
  normalRule(rule: Rule): boolean;
}

/** The norm of a CNI with the pod device prefixes of one cluster. */
export function normOf(cni: Cni, prefixes: readonly string[]): CniNorm {
  return Object.freeze({
    name: cni.name,
    podDevicePrefixes: prefixes,
    uplinkRpf: cni.uplinkRpf,
    forwardsPodDevices: cni.forwardsPodDevices,
    isPodDevice: (device: string) =>
      !cni.devices.includes(device) && prefixes.some((prefix) => device.startsWith(prefix)),
    normalRoute: (route: Route) => cni.normalRoute(route, prefixes),
    normalRule: (rule: Rule) => cni.normalRule(rule),
  });
}

/** The CNI's own container in a DaemonSet, or `null` when the DaemonSet is not of this CNI or runs nowhere. */
export function ownContainer(cni: Cni, daemonSet: DaemonSetFacts): DaemonSetFacts['containers'][number] | null {
  if (daemonSet.desired === 0) return null;
  const byImage = daemonSet.containers.find(({ image }) =>
    cni.images.some((path) => imagePath(image) === path || imagePath(image).endsWith(`/${path}`)),
  );
  if (byImage !== undefined) return byImage;
  if (!cni.daemonSets.includes(daemonSet.name)) return null;
  return daemonSet.containers.find(({ name }) => name === cni.container) ?? null;
}

/** What is known of a CNI from its DaemonSet. */
export function cniFacts(
  cni: Cni,
  daemonSet: DaemonSetFacts,
  container: DaemonSetFacts['containers'][number],
): CniFacts {
  return {
    name: cni.name,
    version: imageVersion(container.image),
    daemonSet: `${daemonSet.namespace}/${daemonSet.name}`,
    image: container.image,
    env: container.env,
    hostPaths: daemonSet.hostPaths,
    container: container.name,
    ...(container.mounts === undefined ? {} : { mounts: container.mounts }),
    ...(daemonSet.workload === undefined ? {} : { workload: daemonSet.workload }),
  };
}

/** `host:5000/calico/node` of `host:5000/calico/node:v3.31.0@sha256:…`. */
function imagePath(image: string): string {
  return (image.split('@')[0] ?? '').replace(/:[^/:]*$/, '');
}

/** `1.20.4` of the tag `v1.20.4-eksbuild.2`; `null` when the tag is missing or no version. */
export function imageVersion(image: string): string | null {
  return /:v?(\d+\.\d+(?:\.\d+)?)(?:[-+.][\w.+-]*)?$/.exec(image.split('@')[0] ?? '')?.[1] ?? null;
}

/** A route to one address over a pod's host-side veth, as routed CNIs make for each pod. */
export function isPodRoute(route: Route, prefixes: readonly string[]): boolean {
  return (
    route.type === 'unicast' &&
    route.via === null &&
    (!route.destination.includes('/') || route.destination.endsWith('/32')) &&
    prefixes.some((prefix) => route.device?.startsWith(prefix) === true)
  );
}
