// Pods hang on the bridge `cni0`; another node's pods are reached through `flannel.1`, whose own address — the `.0` of the
// node's pod range, its VTEP — is local, so that a lookup of it says `local … dev lo` (flannel v0.27):
// https://github.com/flannel-io/flannel/blob/v0.27.4/Documentation/backends.md#vxlan
import type { Route } from '../../probe/ip-route.ts';
import type { Rule } from '../../probe/ip-rule.ts';
import type { Cni } from '../cni.ts';

const BRIDGE = 'cni0';
const TUNNEL = /^flannel(?:\.\d{1,8}|-wg|-v6\.\d{1,8})$/;

export const flannel: Cni = Object.freeze({
  name: 'flannel',
  container: 'kube-flannel',
  daemonSets: ['kube-flannel-ds', 'kube-flannel'],
  images: ['flannel-io/flannel', 'flannel/flannel', 'coreos/flannel'],
  podDevicePrefixes: ['veth'],
  prefixSetting: null,
  devices: [BRIDGE, 'flannel.1'],
  uplinkRpf: null,
  forwardsPodDevices: false,

  normalRoute(route: Route): boolean {
    if (route.device === null) return false;
    if (route.type === 'local' || route.type === 'broadcast') {
      return route.device === BRIDGE || TUNNEL.test(route.device) || route.device === 'lo';
    }
    if (route.type !== 'unicast') return false;
    if (route.device === BRIDGE) return route.via === null && route.scope === 'link';
    return TUNNEL.test(route.device);
  },

  normalRule: (_rule: Rule) => false,
});
