// Pods hold addresses of the VPC: each is routed to its `eni…` veth in table main, and traffic from pods on a secondary
// ENI is sent back through a table of that ENI by rules 512, 1024 and 1536 (amazon-vpc-cni-k8s v1.20):
// https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.20.4/docs/cni-proposal.md
// The uplink gets loose RPF, because replies of NodePort traffic may arrive by another way than they left:
// https://github.com/aws/amazon-vpc-cni-k8s/blob/v1.20.4/README.md (AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER)
import type { Route } from '../../probe/ip-route.ts';
import type { Rule } from '../../probe/ip-rule.ts';
import { type Cni, isPodRoute } from '../cni.ts';

export const awsVpc: Cni = Object.freeze({
  name: 'aws-vpc',
  container: 'aws-node',
  daemonSets: ['aws-node'],
  images: ['amazon-k8s-cni'],
  podDevicePrefixes: ['eni', 'vlan'],
  prefixSetting: 'AWS_VPC_K8S_CNI_VETHPREFIX',
  devices: [],
  uplinkRpf: 'loose',
  forwardsPodDevices: false,

  normalRoute: (route: Route, prefixes: readonly string[]) =>
    route.table === null || route.table === 'main' ? isPodRoute(route, prefixes) : isEniRoute(route, prefixes),

  normalRule(rule: Rule): boolean {
    if (rule.action !== 'lookup') return false;
    switch (rule.priority) {
      case 10: // A pod with a branch ENI of its own: by its VLAN or its veth.
        return rule.iif !== null && isEniTable(rule.table);
      case 20: // The local table, moved behind the branch ENIs' rules.
        return rule.table === 'local' && rule.from === null && rule.to === null;
      case 512: // To a pod: always by table main.
        return rule.to !== null && rule.from === null && rule.table === 'main';
      case 1024: // Marked as arrived on the uplink, or (older) to the outside of the VPC.
        return rule.table === 'main' && (rule.fwmark !== null || (rule.not && rule.to !== null));
      case 1536: // From a pod on a secondary ENI, to the VPC's ranges only or (external SNAT) to everywhere.
        return rule.from !== null && isEniTable(rule.table);
      default:
        return false;
    }
  },
});

/** A secondary ENI's table: its gateway, and the default through it. Branch ENIs' tables also hold their pod. */
function isEniRoute(route: Route, prefixes: readonly string[]): boolean {
  if (!isEniTable(route.table) || route.type !== 'unicast') return false;
  return route.destination === '0.0.0.0/0' ? route.via !== null : route.scope === 'link' || isPodRoute(route, prefixes);
}

/** Tables are numbered from 2 on by the ENI's device index, branch ENIs' ones by 100 + VLAN. */
function isEniTable(table: string | null): boolean {
  return table !== null && /^\d{1,4}$/.test(table) && Number(table) >= 2;
}
