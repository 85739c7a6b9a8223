import type { AnyProbe } from './probe.ts';
import { bootId } from './boot-id.ts';
import { bridgeFdb } from './bridge-fdb.ts';
import { conntrackStat } from './conntrack-stat.ts';
import { dmesgNet } from './dmesg-net.ts';
import { interfaceConfig } from './interface-config.ts';
import { ipAddr } from './ip-addr.ts';
import { ipLink } from './ip-link.ts';
import { ipLinkStats } from './ip-link-stats.ts';
import { ipNeigh } from './ip-neigh.ts';
import { ipRoute } from './ip-route.ts';
import { ipRouteAll } from './ip-route-all.ts';
import { ipRouteGet } from './ip-route-get.ts';
import { ipRoutePrefix } from './ip-route-prefix.ts';
import { ipRule } from './ip-rule.ts';
import { ipamdLog } from './ipamd-log.ts';
import { iptablesCounters } from './iptables-counters.ts';
import { iptablesFilter } from './iptables-filter.ts';
import { iptablesMangle } from './iptables-mangle.ts';
import { iptablesNat } from './iptables-nat.ts';
import { kubeletConfig } from './kubelet-config.ts';
import { machineId } from './machine-id.ts';
import { nftCounters } from './nft-counters.ts';
import { nftRuleset } from './nft-ruleset.ts';
import { nstat } from './nstat.ts';
import { osRelease } from './os-release.ts';
import { procNetDev } from './proc-net-dev.ts';
import { procNetSnmp } from './proc-net-snmp.ts';
import { resolvConf } from './resolv-conf.ts';
import { runtimeSockets } from './runtime-sockets.ts';
import { services } from './services.ts';
import { softnetStat } from './softnet-stat.ts';
import { ssListen } from './ss-listen.ts';
import { sysctlConntrack } from './sysctl-conntrack.ts';
import { sysctlFiles } from './sysctl-files.ts';
import { sysctlIpv4 } from './sysctl-ipv4.ts';
import { sysctlValue } from './sysctl-value.ts';
import { tcQdisc } from './tc-qdisc.ts';
import { uname } from './uname.ts';
import { uptime } from './uptime.ts';
import { vxlanLink } from './vxlan-link.ts';

/** Every probe; the directory and this list are equal. */
export const probes = [
  bootId,
  bridgeFdb,
  conntrackStat,
  dmesgNet,
  interfaceConfig,
  ipAddr,
  ipLink,
  ipLinkStats,
  ipNeigh,
  ipRoute,
  ipRouteAll,
  ipRouteGet,
  ipRoutePrefix,
  ipRule,
  ipamdLog,
  iptablesCounters,
  iptablesFilter,
  iptablesMangle,
  iptablesNat,
  kubeletConfig,
  machineId,
  nftCounters,
  nftRuleset,
  nstat,
  osRelease,
  procNetDev,
  procNetSnmp,
  resolvConf,
  runtimeSockets,
  services,
  softnetStat,
  ssListen,
  sysctlConntrack,
  sysctlFiles,
  sysctlIpv4,
  sysctlValue,
  tcQdisc,
  uname,
  uptime,
  vxlanLink,
] as readonly AnyProbe[];

const byId: ReadonlyMap<string, AnyProbe> = new Map(probes.map((probe) => [probe.id, probe]));

/** The probe of that id, or `null`. */
export function probeById(id: string): AnyProbe | null {
  return byId.get(id) ?? null;
}

export {
  bootId,
  bridgeFdb,
  conntrackStat,
  dmesgNet,
  interfaceConfig,
  ipAddr,
  ipLink,
  ipLinkStats,
  ipNeigh,
  ipRoute,
  ipRouteAll,
  ipRouteGet,
  ipRoutePrefix,
  ipRule,
  ipamdLog,
  iptablesCounters,
  iptablesFilter,
  iptablesMangle,
  iptablesNat,
  kubeletConfig,
  machineId,
  nftCounters,
  nftRuleset,
  nstat,
  osRelease,
  procNetDev,
  procNetSnmp,
  resolvConf,
  runtimeSockets,
  services,
  softnetStat,
  ssListen,
  sysctlConntrack,
  sysctlFiles,
  sysctlIpv4,
  sysctlValue,
  tcQdisc,
  uname,
  uptime,
  vxlanLink,
};
