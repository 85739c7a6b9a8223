/** A pod behind a NodePort. */
export interface Endpoint {
  address: string;
  netns: string;
}

const EXT = 'KUBE-EXT-LOLE4ISW44XBNF3G';
const LOCAL = 'KUBE-SVL-LOLE4ISW44XBNF3G';

/**
 * kube-proxy's rules for a NodePort that keeps the client's address (externalTrafficPolicy Local). It takes the pods in turn, not
 * by chance as kube-proxy would, so that of as many connections as there are pods each gets one.
 */
export function withNodePort(rules: string, from: number, to: number, pods: readonly Endpoint[]): string {
  const made = [
    ...[EXT, LOCAL, ...pods.map((pod) => chainOf(pod))].map((chain) => `-N ${chain}`),
    `-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web:http" -m tcp --dport ${from} -j ${EXT}`,
    `-A ${EXT} -j ${LOCAL}`,
    ...endpointRules(to, pods),
  ];
  const end = rules.lastIndexOf('COMMIT');
  return `${rules.slice(0, end)}${made.join('\n')}\n${rules.slice(end)}`;
}

/** The same for a node whose pods behind the port are others than they were: a table for `iptables-restore --noflush`. */
export function changedNodePort(to: number, before: readonly Endpoint[], pods: readonly Endpoint[]): string {
  const chains = pods.map((pod) => chainOf(pod));
  const gone = before.map((pod) => chainOf(pod)).filter((chain) => !chains.includes(chain));
  const lines = [
    '*nat',
    ...[LOCAL, ...chains, ...gone].map((chain) => `:${chain} - [0:0]`),
    ...endpointRules(to, pods),
    ...gone.map((chain) => `-X ${chain}`),
    'COMMIT',
    '',
  ];
  return lines.join('\n');
}

function endpointRules(to: number, pods: readonly Endpoint[]): string[] {
  return pods.flatMap((pod, index) => {
    const left = pods.length - index;
    const turn = left > 1 ? `-m statistic --mode nth --every ${left} --packet 0 ` : '';
    const chain = chainOf(pod);
    return [
      `-A ${LOCAL} -m comment --comment "default/web:http -> ${pod.address}:${to}" ${turn}-j ${chain}`,
      `-A ${chain} -p tcp -m comment --comment "default/web:http" -m tcp -j DNAT --to-destination ${pod.address}:${to}`,
    ];
  });
}

function chainOf({ netns }: Endpoint): string {
  return `KUBE-SEP-${netns.slice(4).toUpperCase()}WEB`;
}
