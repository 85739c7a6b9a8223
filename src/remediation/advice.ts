import { UNMANAGED } from './unmanaged.ts';

import type { Finding } from '../model/index.ts';

/** What to do about a finding that netdiag does not mend itself; `null` where nothing is advised. */
export function advise({ code, facts }: Pick<Finding, 'code' | 'facts'>): string | null {
  const said = (name: string): string => {
    const value = facts[name] ?? '';
    return typeof value === 'string' ? value : value.join(', ');
  };
  return advice[code]?.replaceAll(/\{([a-zA-Z]+)\}/g, (_, name: string) => said(name)) ?? null;
}

/** The texts, by code; `{name}` stands for a fact of the finding. */
export const advice: Readonly<Record<string, string>> = {
  'kubelet-not-listening': 'Look at the kubelet: systemctl status kubelet, journalctl -u kubelet.',
  'uplink-down': 'Look at the link from the console: cable, virtual switch, ip link set up.',
  'no-way-back':
    'Compare routes and policy rules with the peer, and find who wrote an unreachable, prohibit or blackhole route.',
  'no-default-route':
    'Compare the network configuration with the peer; renewing the lease or reapplying the profile brings the route back.',
  'conntrack-full': 'Raise net.netfilter.nf_conntrack_max and find who opens the connections (conntrack -L).',
  'firewall-blocks-kubelet': 'Remove the rule where it is managed (firewalld, ufw, a configuration tool), not by hand.',
  'forward-policy-drop':
    'Restart kube-proxy or the CNI, whose accepting chains are missing, or set the policy where it is managed.',
  'gateway-not-answering': 'Ask the network team about the gateway; look at VLAN and virtual switch of the uplink.',
  'pod-route-missing': 'Restart the CNI pod of this node; it writes these routes.',
  'vtep-mac-not-announced': `Restart flannel on this node: kubectl -n {namespace} delete pod -l app=flannel --field-selector spec.nodeName={node}; restarting NetworkManager alone does not mend it. ${UNMANAGED} Then look at the other nodes: what changed one MAC usually changed them all.`,
  'vtep-missing':
    'Restart flannel on this node, which makes the device again: kubectl -n {namespace} delete pod -l app=flannel --field-selector spec.nodeName={node}; then find what removed it.',
  'eni-pod-request-dropped':
    'Before aws-node is rolled: {first} Then kubectl -n {namespace} patch daemonset {name} -p \'{"spec":{"updateStrategy":{"type":"OnDelete"}}}\', kubectl -n {namespace} set env daemonset/{name} AWS_VPC_K8S_CNI_EXTERNALSNAT=true, and delete the aws-node pod of one node at a time. Pods then need a NAT gateway to reach the internet; a CNI with PR 1475 needs no change of the setting. rp_filter=2 on {eni} alone does not help: the SYN gets in, and its answer is lost.',
  'eni-pod-reply-leaves-uplink':
    'Before aws-node is rolled: {first} Then set AWS_VPC_K8S_CNI_EXTERNALSNAT=true on daemonset/{name} of {namespace}, with updateStrategy OnDelete, and delete the aws-node pod of one node at a time. Pods then need a NAT gateway to reach the internet. Loose reverse path filtering on {eni} does not mend this.',
  'ipamd-freed-eni-in-use':
    'In this order: give {daemonSet} updateStrategy OnDelete, so that no further node is rolled, and cordon this node; {mend}, delete the aws-node pod of this node alone and see its log find every container; then delete the orphaned pods one at a time: {orphans}.',
  'ipamd-cannot-see-containers':
    'Do not restart or roll {daemonSet} before its mount is right: each start frees ENIs in use. Give it updateStrategy OnDelete, {mend}, and delete the aws-node pod of one node at a time.',
  'ipamd-record-not-kept':
    'Mount {record} of the node into {daemonSet} at the same path, as its authors ship it, before it is rolled or restarted; until then give it updateStrategy OnDelete.',
  'pods-without-eni':
    'Find in the cloud and in the log of the address manager when the ENI was freed; delete these pods one at a time, so that each gets a new address: {orphans}.',
  'no-door-opens': 'Use the console or the cloud provider to get in; compare what the API server and the peer see.',
};
