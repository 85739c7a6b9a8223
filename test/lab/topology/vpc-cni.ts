import type { PodSpec, Step } from './spec.ts';

/** A pod of the VPC CNI and the ENI on whose secondary addresses it lives. */
export interface VpcPod extends PodSpec {
  eni: 'eth0' | 'eth1';
  /** MAC of the host-side veth, a permanent neighbour inside the pod. */
  vethMac: string;
}

const linkLocalGateway = '169.254.1.1';

/**
 * What amazon-vpc-cni-k8s sets up on a node: per pod a host route and a rule `to POD lookup main` (512), the mark rule for
 * NodePort replies on the primary ENI (1024), and for pods on a secondary ENI `from POD lookup TABLE` (1536). `onlyTo` narrows that last rule to one range, as
 * versions before https://github.com/aws/amazon-vpc-cni-k8s/pull/1475 do with AWS_VPC_K8S_CNI_EXTERNALSNAT=false.
 * https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/cni-proposal.md
 */
export function vpcCniSteps(
  gateway: string,
  pods: readonly VpcPod[],
  hasEth1: boolean,
  onlyTo: string | null = null,
): Step[] {
  const lines = ['rule add fwmark 0x80/0x80 lookup main priority 1024'];
  if (hasEth1) {
    lines.push(`route add ${gateway} dev eth1 scope link table 2`, `route add default via ${gateway} dev eth1 table 2`);
  }
  for (const pod of pods) lines.push(...podLines(pod, pod.eni === 'eth1' ? 2 : null, onlyTo));
  return [{ do: 'ip', lines }, ...pods.map((pod) => insidePod(pod))];
}

/** What the CNI plug-in sets up on the node for one pod; `table` is that of a secondary ENI. */
export function podLines(pod: Omit<VpcPod, 'eni'>, table: number | null, onlyTo: string | null): string[] {
  const narrowed = onlyTo === null ? '' : ` to ${onlyTo}`;
  return [
    `netns add ${pod.netns}`,
    `link add name ${pod.hostVeth} address ${pod.vethMac} mtu 9001 type veth peer name eth0 mtu 9001 netns ${pod.netns}`,
    `link set ${pod.hostVeth} up`,
    `route add ${pod.address} dev ${pod.hostVeth} scope link`,
    `rule add to ${pod.address} lookup main priority 512`,
    ...(table === null ? [] : [`rule add from ${pod.address}${narrowed} lookup ${table} priority 1536`]),
  ];
}

/** And inside the pod. */
export function insidePod(pod: Omit<VpcPod, 'eni'>): Extract<Step, { do: 'pod-ip' }> {
  return {
    do: 'pod-ip',
    pod: pod.netns,
    lines: [
      'link set lo up',
      `address add ${pod.address}/32 dev eth0`,
      'link set eth0 up',
      `route add ${linkLocalGateway} dev eth0 scope link`,
      `route add default via ${linkLocalGateway} dev eth0`,
      `neigh add ${linkLocalGateway} lladdr ${pod.vethMac} dev eth0 nud permanent`,
    ],
  };
}

/**
 * iptables of a node with the VPC CNI and kube-proxy; nothing in it drops good traffic. With AWS_VPC_K8S_CNI_EXTERNALSNAT=true the
 * node does not translate what pods send out of the VPC.
 */
export function vpcCniRules(vpcCidr: string, primary: string, apiEndpoint: string, externalSnat = false): string {
  const snat = `-A AWS-SNAT-CHAIN-0 -d ${vpcCidr} -m comment --comment "AWS SNAT CHAIN" -j RETURN
-A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source ${primary} --random-fully
`;
  return `*mangle
:PREROUTING ACCEPT [0:0]
:KUBE-KUBELET-CANARY - [0:0]
:KUBE-PROXY-CANARY - [0:0]
-A PREROUTING -i eth0 -m comment --comment "AWS, primary ENI" -m addrtype --dst-type LOCAL --limit-iface-in -j CONNMARK --set-xmark 0x80/0x80
-A PREROUTING -i eni+ -m comment --comment "AWS, primary ENI" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FIREWALL - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-SERVICES - [0:0]
-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES
-A INPUT -j KUBE-FIREWALL
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -j KUBE-FIREWALL
-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:AWS-SNAT-CHAIN-0 - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SEP-6E7XQMQ4RAYOWTTM - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-NPX46M4PTMTKRN6Y - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
${externalSnat ? '' : '-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0\n'}${externalSnat ? '' : snat}-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-SEP-6E7XQMQ4RAYOWTTM -p tcp -m comment --comment "default/kubernetes:https" -m tcp -j DNAT --to-destination ${apiEndpoint}
-A KUBE-SERVICES -d 10.100.0.1/32 -p tcp -m comment --comment "default/kubernetes:https cluster IP" -m tcp --dport 443 -j KUBE-SVC-NPX46M4PTMTKRN6Y
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-SVC-NPX46M4PTMTKRN6Y -m comment --comment "default/kubernetes:https -> ${apiEndpoint}" -j KUBE-SEP-6E7XQMQ4RAYOWTTM
COMMIT
`;
}
