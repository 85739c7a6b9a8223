import { ask } from '../../check/check.ts';
import type { Readings } from '../../check/check.ts';
import { podWays, vethOf } from '../../check/pod-ways.ts';
import { endpoints } from '../../check/service-ports.ts';
import type { IncidentState, Question } from '../../model/index.ts';
import { iptablesNat, ipRouteAll, ipRule } from '../../probe/index.ts';

/** What has to be known to choose a service to provoke. */
export const SERVICE_QUESTIONS: readonly Question[] = [iptablesNat, ipRule, ipRouteAll].map((probe) =>
  ask('subject', probe, {}),
);

/** Where a client of a service comes in: address and port, and the devices to watch, that of the arriving request first. */
export interface ServiceTarget {
  readonly to: string;
  readonly port: number;
  readonly devices: readonly string[];
}

/**
 * The target that separates the suspects: the one that the leading finding says it would lose, else a pod that has another way out
 * than the uplink, else any pod of this node behind a service; `null` when none is known.
 */
export function serviceTarget(state: IncidentState, readings: Readings, uplink: string): ServiceTarget | null {
  for (const { facts } of state.findings) {
    const { sendTo, sendPort, watchAt } = facts;
    if (typeof sendTo === 'string' && typeof sendPort === 'string' && Array.isArray(watchAt))
      return { to: sendTo, port: Number(sendPort), devices: watchAt };
  }
  const nat = readings.of('subject', iptablesNat, {});
  const rules = readings.of('subject', ipRule, {});
  const routes = readings.of('subject', ipRouteAll, {});
  if (nat?.known !== true || rules?.known !== true || routes?.known !== true) return null;
  const own = new Set(state.bound?.subject.pods.map(({ address }) => address));
  const served = endpoints(nat.value).filter(({ address }) => own.has(address));
  const ways = podWays(rules.value.rules, routes.value.routes);
  const wayOf = (address: string): string | null =>
    ways.find(({ pods }) => pods.some((pod) => pod.address === address))?.device ?? null;
  const chosen = served.find(({ address }) => wayOf(address) !== null && wayOf(address) !== uplink) ?? served[0];
  if (chosen === undefined) return null;
  const veth = vethOf(chosen.address, routes.value.routes);
  const devices = [wayOf(chosen.address) ?? uplink, uplink, ...(veth === null ? [] : [veth])];
  return { to: chosen.address, port: chosen.port, devices: [...new Set(devices)] };
}
