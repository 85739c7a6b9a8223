import type { Step } from './spec.ts';

/**
 * Settings of a freshly booted node, written before it has interfaces. Needed because a new network namespace copies its IPv4
 * settings from the machine's (net.core.devconf_inherit_init_net = 0,
 * https://docs.kernel.org/admin-guide/sysctl/net.html), and the lab must not depend on the machine. Duplicate address
 * detection is off so that link-local addresses are usable at once.
 */
export const baseline: Step = {
  do: 'sysctl',
  settings: [
    ['net.ipv4.ip_forward', '1'],
    ...(['all', 'default'] as const).flatMap((scope) =>
      [
        ['rp_filter', '0'],
        ['accept_redirects', scope === 'all' ? '0' : '1'],
        ['send_redirects', '1'],
        ['accept_source_route', '0'],
        ['log_martians', '0'],
        ['arp_ignore', '0'],
        ['arp_announce', '0'],
        ['proxy_arp', '0'],
        ['route_localnet', '0'],
        ['src_valid_mark', '0'],
        ['accept_local', '0'],
      ].map(([key, value]) => [`net.ipv4.conf.${scope}.${key}`, value] as [string, string]),
    ),
    ['net.ipv6.conf.all.disable_ipv6', '0'],
    ['net.ipv6.conf.default.disable_ipv6', '0'],
    ['net.ipv6.conf.all.forwarding', '0'],
    ['net.ipv6.conf.default.accept_dad', '0'],
    ['net.ipv6.conf.default.accept_ra', '0'],
  ],
};

/** A host that is no node (controller, outside client): one interface, one address, one way out. */
export function plainHost(ifname: string, address: string, gateway: string | null): Step[] {
  const lines = [`address add ${address} brd + dev ${ifname}`, `link set ${ifname} up`];
  if (gateway !== null) lines.push(`route add default via ${gateway} dev ${ifname}`);
  return [{ do: 'ip', lines }];
}
