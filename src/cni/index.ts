import type { CniFacts, DaemonSetFacts } from '../model/index.ts';
import { awsVpc } from './aws-vpc/index.ts';
import { calico } from './calico/index.ts';
import { type Cni, cniFacts, type CniNorm, normOf, ownContainer } from './cni.ts';
import { flannel } from './flannel/index.ts';

export type { CniNorm } from './cni.ts';

/**
 * Every CNI that netdiag knows; the first that a cluster runs is the one. aws-vpc before calico, because Calico is often
 * added to it for policy alone; calico before flannel, because in Canal the pods' veths are Calico's.
 */
export const CNIS: readonly Cni[] = Object.freeze([awsVpc, calico, flannel]);

/** The CNI of a cluster from its DaemonSets; `{name: 'unknown', …}` when none is known. */
export function recogniseCni(daemonSets: readonly DaemonSetFacts[]): CniFacts {
  for (const cni of CNIS) {
    for (const daemonSet of daemonSets) {
      const container = ownContainer(cni, daemonSet);
      if (container !== null) return cniFacts(cni, daemonSet, container);
    }
  }
  return { name: 'unknown', version: null, daemonSet: null, image: null, env: {}, hostPaths: {} };
}

/** What is normal under a CNI as its authors ship it; `null` for a name that netdiag does not know. */
export function cniByName(name: string): CniNorm | null {
  const cni = CNIS.find((one) => one.name === name);
  return cni === undefined ? null : normOf(cni, cni.podDevicePrefixes);
}

/** The same with the cluster's own settings, such as another prefix for pod devices. */
export function cniNorm(facts: CniFacts): CniNorm | null {
  const cni = CNIS.find((one) => one.name === facts.name);
  if (cni === undefined) return null;
  const said = cni.prefixSetting === null ? undefined : facts.env[cni.prefixSetting];
  const own = (said ?? '').split(',').filter((prefix) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,13}$/.test(prefix));
  return normOf(cni, own.length === 0 ? cni.podDevicePrefixes : own);
}
