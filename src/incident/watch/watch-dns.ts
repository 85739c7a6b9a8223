import { ask, readingsOf } from '../../check/check.ts';
import { clusterDns } from '../../check/cluster-dns.ts';
import { behindAddress } from '../../check/service-ports.ts';
import { hostSide } from '../../capture/index.ts';
import type { CaptureLimits, CapturePoint, IncidentState, PodFacts, Question } from '../../model/index.ts';
import { iptablesNat, ipRouteGet, kubeletConfig } from '../../probe/index.ts';

/** Where DNS servers are asked. */
export const DNS_PORT = 53;
/** Every name lookup of a node is seen, not ours alone. */
export const LOOKUPS: Pick<CaptureLimits, 'packets'> = { packets: 5000 };

/** The way from pods of the subject to the cluster DNS on another node. */
export interface DnsWay {
  /** Address of the service that pods are told to ask. */
  readonly service: string;
  /** Pods behind it, all on other nodes. */
  readonly behind: readonly string[];
  /** A name that every cluster has, under the domain that the kubelet tells its pods. */
  readonly name: string | null;
  /** The one pod whose lookups pass the first device; `null` where all pods' do. */
  readonly asker: PodFacts | null;
  /** Where lookups leave the pod. */
  readonly inner: string;
  /** Where they leave the node. */
  readonly outer: string;
}

/** What has to be known of the subject before name lookups can be watched: first where they go, then by which devices. */
export function dnsQuestions(state: IncidentState): readonly Question[] {
  const dns = clusterDns(readingsOf(state.answers));
  const ways = dns === null ? [] : [dns.pods[0], askerOf(state, dns.pods)?.address];
  return [
    ask('subject', kubeletConfig, {}),
    ask('subject', iptablesNat, {}),
    ...ways.flatMap((to) => (to === undefined || to === null ? [] : [ask('subject', ipRouteGet, { to })])),
  ];
}

/**
 * The way to the cluster DNS; `null` where it is not known, where a pod of it runs on the subject (then lookups may never leave the
 * node), where pods answer on another port than 53, which a capture does not take for DNS, or without a pod here that could ask.
 */
export function dnsWay(state: IncidentState): DnsWay | null {
  const readings = readingsOf(state.answers);
  const dns = clusterDns(readings);
  const nat = readings.of('subject', iptablesNat, {});
  const own = new Set(state.bound?.subject.pods.map(({ address }) => address));
  if (dns === null || nat?.known !== true || dns.pods.some((pod) => own.has(pod))) return null;
  const served = behindAddress(nat.value, dns.service)?.endpoints ?? [];
  const asker = askerOf(state, dns.pods);
  const device = (to: string | null | undefined): string | null => {
    const way = readings.of('subject', ipRouteGet, { to: to ?? '' });
    return way?.known === true ? way.value.device : null;
  };
  const [inner, outer] = [device(asker?.address), device(dns.pods[0])];
  if (asker === null || inner === null || outer === null || inner === outer) return null;
  if (served.some(({ port }) => port !== DNS_PORT)) return null;
  return {
    service: dns.service,
    behind: dns.pods,
    name: dns.domain === null ? null : `kubernetes.default.svc.${dns.domain.replace(/\.$/, '')}`,
    asker: hostSide({ device: inner }) ? asker : null,
    inner,
    outer,
  };
}

/** Both devices that lookups of pods pass, in their order. */
export function lookupPoints(node: string, { inner, outer }: DnsWay): CapturePoint[] {
  return [inner, outer].map((device) => ({ role: 'subject', node, device, onWay: true }));
}

function askerOf({ bound }: IncidentState, servers: readonly string[]): PodFacts | null {
  return bound?.subject.pods.find(({ address }) => address !== null && !servers.includes(address)) ?? null;
}
