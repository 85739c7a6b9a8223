import type { iptablesNat } from '../probe/index.ts';

type Nat = ReturnType<typeof iptablesNat.parse>;

/** An address and port behind a service. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** A port of the node that leads to pods, with the rule that says so. */
export interface NodePort {
  readonly port: number;
  readonly endpoints: readonly Endpoint[];
  readonly line: string;
}

/** Chains followed from a NodePort to its pods: more than kube-proxy ever nests. */
const DEPTH = 6;

/** Every endpoint that a DNAT rule names; TCP only. */
export function endpoints({ rules }: Nat): Endpoint[] {
  return rules.flatMap((rule) => endpointOf(rule) ?? []);
}

/** NodePorts as kube-proxy writes them in mode iptables; TCP only. Empty in other modes. */
export function nodePorts(nat: Nat): NodePort[] {
  return nat.rules.flatMap((rule) => {
    const port = Number(after(rule.words, '--dport'));
    if (rule.chain !== 'KUBE-NODEPORTS' || rule.target === null || !rule.words.includes('tcp') || !(port > 0))
      return [];
    return [{ port, endpoints: behind(nat, rule.target, DEPTH), line: rule.line }];
  });
}

/** Pods behind a service's own address, and the rule that leads to them; `null` where no rule names the address. TCP only. */
export function behindAddress(
  nat: Nat,
  address: string,
): { readonly endpoints: readonly Endpoint[]; readonly line: string } | null {
  const rules = nat.rules.filter(({ words }) => after(words, '-d') === `${address}/32` && words.includes('tcp'));
  for (const rule of rules) {
    const own = endpointOf(rule);
    const found = own === null && rule.target !== null ? behind(nat, rule.target, DEPTH) : own === null ? [] : [own];
    if (found.length > 0) return { endpoints: found, line: rule.line };
  }
  return null;
}

function behind(nat: Nat, chain: string, depth: number): Endpoint[] {
  if (depth === 0) return [];
  const found = nat.rules
    .filter((rule) => rule.chain === chain)
    .flatMap((rule) => {
      const endpoint = endpointOf(rule);
      if (endpoint !== null) return [endpoint];
      return rule.target?.startsWith('KUBE-') === true ? behind(nat, rule.target, depth - 1) : [];
    });
  return [...new Map(found.map((one) => [`${one.address}:${one.port}`, one])).values()];
}

function endpointOf({ target, words }: Nat['rules'][number]): Endpoint | null {
  if (target !== 'DNAT' || !words.includes('tcp')) return null;
  const [, address, port] = /^(\d+\.\d+\.\d+\.\d+):(\d{1,5})$/.exec(after(words, '--to-destination') ?? '') ?? [];
  return address === undefined ? null : { address, port: Number(port) };
}

function after(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at < 0 ? undefined : words[at + 1];
}
