import type { PodSpec, Step } from './spec.ts';

/** A pod of Calico; the veth's MAC is what the pod learns for its gateway. */
export interface CalicoPod extends PodSpec {
  vethMac: string;
}

/** An address block of 64 and the node that holds it. */
export interface Block {
  cidr: string;
  nodeAddress: string;
}

const linkLocalGateway = '169.254.1.1';

/**
 * What Calico without an overlay sets up: per pod a host route to its veth, the node's own block as blackhole (protocol 80),
 * the blocks of other nodes through those nodes as BIRD writes them. The pod's gateway is a link-local address that the veth
 * answers for by proxy ARP. https://docs.tigera.io/calico/latest/reference/faq#why-does-my-container-have-a-route-to-16925411
 */
export function calicoSteps(own: Block, others: readonly Block[], pods: readonly CalicoPod[]): Step[] {
  const lines = [
    `route add blackhole ${own.cidr} proto 80`,
    ...others.map(({ cidr, nodeAddress }) => `route add ${cidr} via ${nodeAddress} dev eth0 proto bird`),
    ...pods.flatMap(({ netns, hostVeth, vethMac, address }) => [
      `netns add ${netns}`,
      `link add name ${hostVeth} address ${vethMac} type veth peer name eth0 netns ${netns}`,
      `link set ${hostVeth} up`,
      `route add ${address} dev ${hostVeth} scope link`,
    ]),
  ];
  return [{ do: 'ip', lines }, { do: 'sysctl', settings: pods.flatMap(felixSettings) }, ...pods.map(insidePod)];
}

/** What Felix writes for each of its interfaces. https://github.com/projectcalico/calico/blob/master/felix/dataplane/linux/endpoint_mgr.go */
export function felixSettings({ hostVeth }: CalicoPod): [key: string, value: string][] {
  return [
    [`net.ipv4.conf.${hostVeth}.rp_filter`, '1'],
    [`net.ipv4.conf.${hostVeth}.route_localnet`, '1'],
    [`net.ipv4.neigh.${hostVeth}.proxy_delay`, '0'],
    [`net.ipv4.conf.${hostVeth}.proxy_arp`, '1'],
    [`net.ipv4.conf.${hostVeth}.forwarding`, '1'],
  ];
}

function insidePod({ netns, address }: CalicoPod): Step {
  return {
    do: 'pod-ip',
    pod: netns,
    lines: [
      'link set lo up',
      `address add ${address}/32 dev eth0`,
      'link set eth0 up',
      `route add ${linkLocalGateway} dev eth0 scope link`,
      `route add default via ${linkLocalGateway} dev eth0`,
    ],
  };
}

/** The IP sets that Calico's masquerade rule matches. */
export function calicoSets(pool: string): Step {
  return {
    do: 'ipset',
    lines: ['cali40all-ipam-pools', 'cali40masq-ipam-pools'].flatMap((name) => [
      `create ${name} hash:net family inet maxelem 1048576`,
      `add ${name} ${pool}`,
    ]),
  };
}

/** Calico's iptables on a node: every workload is accepted, pods are masqueraded on their way out of the pool. */
export function calicoRules(pods: readonly CalicoPod[]): string {
  const cali = (hash: string) => `-m comment --comment "cali:${hash}"`;
  const mark = '0x10000/0x10000';
  const chains = pods.flatMap(({ hostVeth }) => [`:cali-fw-${hostVeth} - [0:0]`, `:cali-tw-${hostVeth} - [0:0]`]);
  const workloads = pods.flatMap(({ hostVeth }) => [
    `-A cali-from-wl-dispatch -i ${hostVeth} ${cali('zTj6P0TIgYvgz-md')} -g cali-fw-${hostVeth}`,
    `-A cali-to-wl-dispatch -o ${hostVeth} ${cali('7KNphB1nNHw80nIO')} -g cali-tw-${hostVeth}`,
    ...['fw', 'tw'].flatMap((way) => [
      `-A cali-${way}-${hostVeth} ${cali('qrb_ZE0Ti3Zx6ulU')} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `-A cali-${way}-${hostVeth} ${cali('ZYzgVmlTpYHMsU05')} -m conntrack --ctstate INVALID -j DROP`,
      `-A cali-${way}-${hostVeth} ${cali('l4fVmGwGNDCPBk2r')} -j MARK --set-xmark ${mark}`,
    ]),
  ]);
  return `*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:cali-PREROUTING - [0:0]
-A PREROUTING ${cali('6gwbT8clXdHdC1b1')} -j cali-PREROUTING
-A cali-PREROUTING ${cali('XFX5xbM8B9qR10JG')} -j MARK --set-xmark 0x0/0xf0000
-A cali-PREROUTING -i cali+ ${cali('EWMPb0zVROM-woQp')} -j MARK --set-xmark 0x40000/0x40000
-A cali-PREROUTING ${cali('V6ooGP15glg7wm91')} -m mark ! --mark 0x40000/0x40000 -j RETURN
COMMIT
*mangle
:PREROUTING ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:cali-PREROUTING - [0:0]
-A PREROUTING ${cali('6gwbT8clXdHdC1b1')} -j cali-PREROUTING
-A cali-PREROUTING ${cali('6BJqBjBC7crtA-7-')} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A cali-PREROUTING ${cali('KX7AGNd6rMcDUai6')} -m mark --mark ${mark} -j ACCEPT
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:cali-FORWARD - [0:0]
:cali-INPUT - [0:0]
:cali-OUTPUT - [0:0]
:cali-from-wl-dispatch - [0:0]
:cali-to-wl-dispatch - [0:0]
${chains.join('\n')}
-A INPUT ${cali('Cz_u1IQiXIMmKD4c')} -j cali-INPUT
-A FORWARD ${cali('wUHhoiAYhphO9Mso')} -j cali-FORWARD
-A OUTPUT ${cali('tVnHkvAo15HuiPy0')} -j cali-OUTPUT
-A cali-FORWARD ${cali('vjrMJCRpqwy5oRoX')} -j MARK --set-xmark 0x0/0xe0000
-A cali-FORWARD -i cali+ ${cali('8ZoYfO5HKXWbB3pk')} -j cali-from-wl-dispatch
-A cali-FORWARD -o cali+ ${cali('jdEuaPBe14V2hutn')} -j cali-to-wl-dispatch
-A cali-FORWARD ${cali('MH9kMp5aNICL-Olv')} -m comment --comment "Policy explicitly accepted packet." -m mark --mark ${mark} -j ACCEPT
-A cali-INPUT -i cali+ ${cali('msRIDfJRWnYwzW4g')} -m mark --mark ${mark} -j ACCEPT
${workloads.join('\n')}
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:cali-POSTROUTING - [0:0]
:cali-PREROUTING - [0:0]
:cali-nat-outgoing - [0:0]
-A PREROUTING ${cali('6gwbT8clXdHdC1b1')} -j cali-PREROUTING
-A POSTROUTING ${cali('O3lYWMrLQYEMJtB5')} -j cali-POSTROUTING
-A cali-POSTROUTING ${cali('Z-c7XtVd2Bq7s_hA')} -j cali-nat-outgoing
-A cali-nat-outgoing ${cali('Wd76s91357Uv7N3v')} -m set --match-set cali40masq-ipam-pools src -m set ! --match-set cali40all-ipam-pools dst -j MASQUERADE
COMMIT
`;
}
