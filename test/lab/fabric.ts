import { must } from './command.ts';
import { inNamespace } from './namespace.ts';
import type { Nic, Segment } from './topology/spec.ts';

/** One end of a cable: which namespace, and which of its interfaces. */
export interface Plug {
  namespace: string;
  nic: Nic;
}

/**
 * Builds the fabric: a bridge per segment, a veth pair per plug, and where a segment asks for it a cloud's behaviour. There the
 * bridge answers every ARP request for an address that it knows (bridge port flag proxy_arp with permanent neighbours,
 * https://man7.org/linux/man-pages/man8/ip-link.8.html), and nftables' bridge family drops packets by ingress port and source.
 * Foreign ARP senders are stopped only on their way to other ports, so that a node with the wrong source still gets its answer,
 * as in a VPC, and nobody learns a wrong neighbour from it.
 */
export async function buildFabric(
  namespace: string,
  segments: readonly Segment[],
  plugs: readonly Plug[],
): Promise<void> {
  await must(inNamespace(namespace, ['sysctl', '-q', '-p', '-']), { input: fabricSettings });
  const lines = segments.flatMap((segment) => bridgeLines(segment));
  plugs.forEach(({ namespace: node, nic }, index) => lines.push(...plugLines(node, nic, portName(index), segments)));
  await must(['ip', '-n', namespace, '-batch', '-'], { input: lines.join('\n') });
  const rules = sourceCheckRules(segments, plugs);
  if (rules) await must(inNamespace(namespace, ['nft', '-f', '-']), { input: rules });
}

const fabricSettings = [
  'net.ipv6.conf.all.disable_ipv6 = 1',
  'net.ipv6.conf.default.disable_ipv6 = 1',
  'net.ipv4.ip_forward = 1',
  ...['all', 'default'].flatMap((scope) => [
    `net.ipv4.conf.${scope}.rp_filter = 0`,
    `net.ipv4.conf.${scope}.send_redirects = 0`,
  ]),
].join('\n');

/** Bridge of a segment, as named in the fabric's namespace. */
export function bridgeName(segment: string): string {
  return `br-${segment}`;
}

function portName(index: number): string {
  return `p${index}`;
}

function bridgeLines({ name, gateway }: Segment): string[] {
  const bridge = bridgeName(name);
  const address = gateway ? ` address ${gateway.mac}` : '';
  const lines = [`link add ${bridge}${address} type bridge mcast_snooping 0`, `link set ${bridge} up`];
  if (gateway) lines.push(`address add ${gateway.address} dev ${bridge}`);
  return lines;
}

function plugLines(node: string, nic: Nic, port: string, segments: readonly Segment[]): string[] {
  const segment = segments.find(({ name }) => name === nic.segment);
  if (!segment) throw new Error(`interface ${nic.name} wants a segment ${nic.segment} that the fabric does not have`);
  const bridge = bridgeName(segment.name);
  const mtu = nic.mtu === undefined ? '' : ` mtu ${nic.mtu}`;
  const lines = [
    `link add name ${port}${mtu} type veth peer name ${nic.name} address ${nic.mac}${mtu} netns ${node}`,
    `link set ${port} master ${bridge}`,
    `link set ${port} up`,
  ];
  if (!segment.sourceCheck) return lines;
  lines.push(`link set ${port} type bridge_slave proxy_arp on`);
  for (const address of nic.owns) lines.push(`neigh replace ${address} lladdr ${nic.mac} dev ${bridge} nud permanent`);
  return lines;
}

function sourceCheckRules(segments: readonly Segment[], plugs: readonly Plug[]): string | null {
  const checked = new Set(segments.filter(({ sourceCheck }) => sourceCheck).map(({ name }) => name));
  const ports = plugs.flatMap(({ nic }, index) => (checked.has(nic.segment) ? [{ nic, port: portName(index) }] : []));
  if (ports.length === 0) return null;
  const owned = ports.flatMap(({ nic, port }) => nic.owns.map((address) => `"${port}" . ${address}`));
  const names = ports.map(({ port }) => `"${port}"`).join(', ');
  return `table bridge fabric {
  set owned { type ifname . ipv4_addr; elements = { ${owned.join(', ')} } }
  chain source {
    type filter hook prerouting priority -300; policy accept;
    iifname { ${names} } ip saddr != 0.0.0.0 iifname . ip saddr != @owned counter drop
  }
  chain neighbours {
    type filter hook forward priority 0; policy accept;
    iifname { ${names} } ether type arp iifname . arp saddr ip != @owned counter drop
  }
}
`;
}
