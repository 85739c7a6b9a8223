import type { AnyProbe } from './probe.ts';
import { bridgeFdb } from './bridge-fdb.ts';
import { ipAddr } from './ip-addr.ts';
import { ipLink } from './ip-link.ts';
import { ipNeigh } from './ip-neigh.ts';
import { ipRouteAll } from './ip-route-all.ts';
import { ipRouteGet } from './ip-route-get.ts';
import { ipRoutePrefix } from './ip-route-prefix.ts';
import { ipRoute } from './ip-route.ts';
import { ipRule } from './ip-rule.ts';
import { iptablesFilter } from './iptables-filter.ts';
import { iptablesNat } from './iptables-nat.ts';
import { nstat } from './nstat.ts';
import { ssListen } from './ss-listen.ts';
import { sysctlIpv4 } from './sysctl-ipv4.ts';
import { sysctlValue } from './sysctl-value.ts';

/** Every probe; the directory and this list are equal. */
export const probes = [
  bridgeFdb,
  ipAddr,
  ipLink,
  ipNeigh,
  ipRouteAll,
  ipRouteGet,
  ipRoutePrefix,
  ipRoute,
  ipRule,
  iptablesFilter,
  iptablesNat,
  nstat,
  ssListen,
  sysctlIpv4,
  sysctlValue,
] as readonly AnyProbe[];

const byId: ReadonlyMap<string, AnyProbe> = new Map(probes.map((probe) => [probe.id, probe]));

/** The probe of that id, or `null`. */
export function probeById(id: string): AnyProbe | null {
  return byId.get(id) ?? null;
}

export {
  bridgeFdb,
  ipAddr,
  ipLink,
  ipNeigh,
  ipRouteAll,
  ipRouteGet,
  ipRoutePrefix,
  ipRoute,
  ipRule,
  iptablesFilter,
  iptablesNat,
  nstat,
  ssListen,
  sysctlIpv4,
  sysctlValue,
};
