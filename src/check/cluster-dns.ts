import type { Evidence } from '../model/index.ts';
import { iptablesNat, kubeletConfig } from '../probe/index.ts';
import { evidence, lineFrom, lineOf } from './check.ts';
import type { Readings } from './check.ts';
import { behindAddress } from './service-ports.ts';

/** The way to the cluster DNS as pods of the subject go it. */
export interface ClusterDns {
  /** What pods are told to ask under; `null` where the kubelet has none. */
  readonly domain: string | null;
  /** Address of the service that pods are told to ask. */
  readonly service: string;
  /** Pods behind it. */
  readonly pods: readonly string[];
  readonly evidence: readonly Evidence[];
}

/**
 * Domain and service as the kubelet has them, and the pods that the node itself translates the service to. `null` where the
 * kubelet's file or the rules were not read, or name none: kube-proxy in other modes than iptables.
 */
export function clusterDns(readings: Readings): ClusterDns | null {
  const config = readings.of('subject', kubeletConfig, {});
  const nat = readings.of('subject', iptablesNat, {});
  const said = readings.answer('subject', kubeletConfig, {});
  const translated = readings.answer('subject', iptablesNat, {});
  if (config?.known !== true || nat?.known !== true || said === null || translated === null) return null;
  const { clusterDomain: domain, clusterDns: services, line } = config.value;
  for (const service of services) {
    const found = behindAddress(nat.value, service);
    if (found === null) continue;
    const rows = [
      ...(line === null
        ? []
        : [
            evidence(
              'domain of the cluster',
              lineOf(said, line),
              lineFrom(readings, 'peer', kubeletConfig, {}, (peer) => peer.line ?? undefined),
            ),
          ]),
      evidence(
        'where questions to the cluster DNS go',
        lineOf(translated, found.line),
        lineFrom(readings, 'peer', iptablesNat, {}, (peer) => behindAddress(peer, service)?.line),
      ),
    ];
    return { domain, service, pods: found.endpoints.map(({ address }) => address), evidence: rows };
  }
  return null;
}
