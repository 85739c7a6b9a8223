// Whoever configures an interface writes its addresses and connected routes again at every boot or lease: NetworkManager keyfiles,
// ifcfg and ifupdown files, netplan and networkd. https://networkmanager.dev/docs/api/latest/nm-settings-keyfile.html,
// https://man7.org/linux/man-pages/man5/systemd.network.5.html, https://netplan.readthedocs.io/en/stable/netplan-yaml/
import { cleanText, probe } from './probe.ts';
import type { FoundLine } from './text/searched.ts';
import { SEARCHED, searched, searching } from './text/searched.ts';

export { configuresDevice } from './text/configured.ts';

const PLACES = [
  '/etc/NetworkManager/system-connections',
  '/run/NetworkManager/system-connections',
  '/etc/sysconfig/network-scripts',
  '/etc/netplan',
  '/run/netplan',
  '/etc/network/interfaces',
  '/etc/network/interfaces.d',
  '/etc/systemd/network',
  '/run/systemd/network',
];

/** Scripts that lie beside ifcfg files, and leftovers that nobody reads. */
const PASSED_OVER = [
  'ifup*',
  'ifdown*',
  'network-functions*',
  'init.ipv6-global',
  '*~',
  '*.bak',
  '*.orig',
  '*.rpmnew',
  '*.rpmsave',
];

/** Only keys that name an interface, an address, a route or DHCP: passwords lie in the same files. */
const LINES = [
  String.raw`\[[A-Za-z0-9_-]+\][[:space:]]*$`,
  '(interface-name|mac-address|method|address[0-9]*|addresses|route[0-9]*|gateway|never-default|ignore-auto-routes|route-table|autoconnect)=',
  '(DEVICE|HWADDR|BOOTPROTO|ONBOOT|IPADDR[0-9]*|PREFIX[0-9]*|NETMASK[0-9]*|ADDRESS[0-9]*|GATEWAY[0-9]*|DEFROUTE|NM_CONTROLLED)=',
  '(Name|MACAddress|PermanentMACAddress|DHCP|Address|Gateway|Destination|Table|UseRoutes|KeepConfiguration|Unmanaged)[[:space:]]*=',
  '(auto|allow-hotplug|iface|address|netmask|gateway)[[:space:]]',
  '(dhcp4|dhcp6|addresses|gateway4|set-name|macaddress|name|renderer|use-routes|to|via):([[:space:]]|$)',
  '"?[A-Za-z0-9._*-]+"?:[[:space:]]*$',
  '(-[[:space:]]*)?"?(default|[0-9a-fA-F.:]+/[0-9]+)"?([[:space:]]|$)',
];

/** Lines that say how interfaces are configured, file by file. */
export const interfaceConfig = probe({
  id: 'interface-config',
  reads: 'the files that configure interfaces',
  cheap: true,
  exits: SEARCHED,
  argv: () =>
    searching(
      PLACES,
      2,
      PASSED_OVER.flatMap((name) => ['!', '-name', name]),
      `^[[:space:]]*(${LINES.join('|')})`,
    ),
  parse: (text, output): { readonly entries: readonly FoundLine[] } => ({
    entries: searched(text, cleanText(output.stderr)).found,
  }),
});
