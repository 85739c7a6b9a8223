// Pods see the gateway 169.254.1.1, which every `cali…` veth answers for by proxy ARP; each pod has a host route over its
// veth, and each address block of the node a blackhole route that catches its unused addresses (Calico v3.31):
// https://docs.tigera.io/calico/latest/reference/faq#why-does-my-container-have-a-route-to-16925411
// Felix sets `forwarding=1` on the veths it makes, but never on the uplink:
// https://github.com/projectcalico/calico/blob/v3.31.0/felix/dataplane/linux/endpoint_mgr.go
import type { Route } from '../../probe/ip-route.ts';
import type { Rule } from '../../probe/ip-rule.ts';
import { type Cni, isPodRoute } from '../cni.ts';

/** The address that pods of Calico use as their gateway; no device holds it. */
export const POD_GATEWAY = '169.254.1.1';

const TUNNELS: readonly string[] = ['tunl0', 'vxlan.calico', 'vxlan-v6.calico', 'wireguard.cali', 'wg-v6.cali'];

export const calico: Cni = Object.freeze({
  name: 'calico',
  container: 'calico-node',
  daemonSets: ['calico-node', 'canal'],
  images: ['calico/node'],
  podDevicePrefixes: ['cali'],
  prefixSetting: 'FELIX_INTERFACEPREFIX',
  devices: TUNNELS,
  uplinkRpf: null,
  forwardsPodDevices: true,

  normalRoute(route: Route, prefixes: readonly string[]): boolean {
    if (isPodRoute(route, prefixes)) return true;
    // Felix writes routes under protocol 80, BIRD under its own name or number 12.
    const isOwn = route.protocol === '80' || route.protocol === 'bird' || route.protocol === '12';
    if (route.type === 'blackhole') return isOwn && route.destination.includes('/');
    if (route.type !== 'unicast') return false;
    return isOwn || (route.device !== null && TUNNELS.includes(route.device));
  },

  /** Only WireGuard needs a rule: what it has not yet encrypted goes to its table. */
  normalRule: (rule: Rule) => rule.action === 'lookup' && rule.not && rule.fwmark !== null && rule.table === '1',
});
