import type { PodSpec, Step } from './spec.ts';

/** What flannel knows of a node: its range of pod addresses, and what the node's annotations announce. */
export interface Vtep {
  /** `10.187.0.0/24`; the VTEP's own address is the `.0`. */
  podCidr: string;
  publicIp: string;
  /** `VtepMAC` of the annotation: what other nodes send to. */
  announcedMac: string;
}

/** A pod on the bridge. */
export interface BridgedPod extends PodSpec {
  mac: string;
}

/** The VTEP's own address. */
export function vtepAddress({ podCidr }: Vtep): string {
  return podCidr.replace(/\/\d+$/, '');
}

/** What flannel writes into a node's annotations with the VXLAN backend and the Kubernetes subnet manager. */
export function flannelAnnotations({ publicIp, announcedMac }: Vtep): Record<string, string> {
  return {
    'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: 1, VtepMAC: announcedMac }),
    'flannel.alpha.coreos.com/backend-type': 'vxlan',
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    'flannel.alpha.coreos.com/public-ip': publicIp,
    'node.alpha.kubernetes.io/ttl': '0',
  };
}

/**
 * What flannel's VXLAN backend sets up: `flannel.1` with the `.0` of the node's range, and per other node a route, a permanent
 * neighbour and a forwarding entry, all three from that node's annotations; its CNI plug-in hangs the pods on the bridge `cni0`.
 * https://github.com/flannel-io/flannel/blob/v0.27.4/pkg/backend/vxlan/vxlan_network.go
 */
export function flannelSteps(
  own: Vtep,
  linkMac: string,
  others: readonly Vtep[],
  pods: readonly BridgedPod[],
  bridgeMac: string,
): Step[] {
  const gateway = own.podCidr.replace(/\.0\/24$/, '.1');
  const lines = [
    `link add flannel.1 mtu 1450 address ${linkMac} type vxlan id 1 local ${own.publicIp} dev eth0 dstport 8472 nolearning`,
    `address add ${vtepAddress(own)}/32 dev flannel.1`,
    'link set flannel.1 up',
    ...others.flatMap(reach),
    `link add cni0 mtu 1450 address ${bridgeMac} type bridge`,
    `address add ${gateway}/24 brd + dev cni0`,
    'link set cni0 up',
    ...pods.flatMap((pod) => bridgeLines(pod)),
  ];
  const forward = others.map(({ announcedMac, publicIp }) => `fdb add ${announcedMac} dev flannel.1 dst ${publicIp}`);
  return [{ do: 'ip', lines }, { do: 'bridge', lines: forward }, ...pods.map((pod) => insidePod(pod, gateway))];
}

/** Neighbour and route to another node's range. */
export function reach(other: Vtep): string[] {
  const address = vtepAddress(other);
  return [
    `neigh replace ${address} lladdr ${other.announcedMac} dev flannel.1 nud permanent`,
    `route replace ${other.podCidr} via ${address} dev flannel.1 onlink`,
  ];
}

/** What the CNI plug-in sets up on the node for one pod. */
export function bridgeLines({ netns, hostVeth, mac }: BridgedPod): string[] {
  return [
    `netns add ${netns}`,
    `link add name ${hostVeth} mtu 1450 type veth peer name eth0 mtu 1450 address ${mac} netns ${netns}`,
    `link set ${hostVeth} master cni0`,
    `link set ${hostVeth} up`,
  ];
}

/** And inside the pod. */
export function insidePod(
  { netns, address }: Pick<BridgedPod, 'netns' | 'address'>,
  gateway: string,
): Extract<Step, { do: 'pod-ip' }> {
  return {
    do: 'pod-ip',
    pod: netns,
    lines: [
      'link set lo up',
      `address add ${address}/24 brd + dev eth0`,
      'link set eth0 up',
      `route add default via ${gateway} dev eth0`,
    ],
  };
}

/** One service with one endpoint, as kube-proxy writes it. */
export interface DnatService {
  address: string;
  endpoint: string;
  ports: readonly (readonly ['tcp' | 'udp', number])[];
}

/** kube-proxy's rules for a service with one endpoint. */
export function serviceRules({ address, ports }: Omit<DnatService, 'endpoint'>, endpoint: string): string[] {
  return ports.map(
    ([proto, port]) =>
      `-A KUBE-SERVICES -d ${address}/32 -p ${proto} -m ${proto} --dport ${port} -j DNAT --to-destination ${endpoint}:${port}`,
  );
}

/**
 * iptables of a node: flannel forwards and masquerades (https://github.com/flannel-io/flannel/blob/v0.27.4/pkg/trafficmngr/iptables/iptables.go),
 * kube-proxy translates the service.
 */
export function flannelRules(own: Vtep, network: string, { address, endpoint, ports }: DnatService): string {
  const comment = '-m comment --comment "flanneld masq"';
  const translations = serviceRules({ address, ports }, endpoint);
  return `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:FLANNEL-FWD - [0:0]
-A FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD
-A FLANNEL-FWD -s ${network} -m comment --comment "flanneld forward" -j ACCEPT
-A FLANNEL-FWD -d ${network} -m comment --comment "flanneld forward" -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:FLANNEL-POSTRTG - [0:0]
:KUBE-SERVICES - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG
${translations.join('\n')}
-A FLANNEL-POSTRTG -s ${own.podCidr} -d ${network} ${comment} -j RETURN
-A FLANNEL-POSTRTG -s ${network} -d ${own.podCidr} ${comment} -j RETURN
-A FLANNEL-POSTRTG ! -s ${network} -d ${own.podCidr} ${comment} -j RETURN
-A FLANNEL-POSTRTG -s ${network} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE
-A FLANNEL-POSTRTG ! -s ${network} -d ${network} ${comment} -j MASQUERADE
COMMIT
`;
}
