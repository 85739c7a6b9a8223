// The kubelet writes its cluster's domain and DNS servers into every pod's resolv.conf; the domain is a setting, `cluster.local`
// only its default: https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
import { isIP } from 'node:net';
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

export interface KubeletConfig {
  /** `null` where the file leaves it out: the kubelet then has no domain of its own. */
  readonly clusterDomain: string | null;
  readonly clusterDns: readonly string[];
  /** The exact line of the domain; `null` where there is none. */
  readonly line: string | null;
}

const DOMAIN = /^(?!-)[A-Za-z0-9-]{1,63}(?:\.(?!-)[A-Za-z0-9-]{1,63})*\.?$/;

/** The kubelet's configuration file where kubeadm puts it; a kubelet set up by flags alone has none (`not-installed`). */
export const kubeletConfig = probe({
  id: 'kubelet-config',
  reads: "the kubelet's configuration",
  cheap: false,
  argv: () => ['cat', '/var/lib/kubelet/config.yaml'],
  parse: (text): KubeletConfig => {
    const lines = linesOf(text);
    if (!lines.some((line) => /^kind: *"?KubeletConfiguration"?$/.test(line)))
      refuse('no KubeletConfiguration', lines[0] ?? '');
    const line = lines.find((one) => one.startsWith('clusterDomain:')) ?? null;
    const domain = line === null ? null : plain(line.slice('clusterDomain:'.length));
    if (line !== null && (domain === null || !DOMAIN.test(domain))) refuse('not a domain', line);
    return { clusterDomain: domain, clusterDns: servers(lines), line };
  },
});

/** A value with or without quotation marks. */
function plain(value: string): string {
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}

/** The items below `clusterDNS:`, which may be indented or not, or written in one line. */
function servers(lines: readonly string[]): string[] {
  const at = lines.findIndex((line) => line.startsWith('clusterDNS:'));
  if (at < 0) return [];
  const inline = (lines[at] ?? '').slice('clusterDNS:'.length).trim();
  const items = inline === '' ? itemsAfter(lines, at) : inline.replace(/^\[(.*)\]$/, '$1').split(',');
  return items
    .map(plain)
    .filter((server) => server !== '')
    .map((server) => (isIP(server) === 0 ? refuse('not a DNS server', lines[at] ?? '') : server));
}

function itemsAfter(lines: readonly string[], at: number): string[] {
  const items: string[] = [];
  for (const line of lines.slice(at + 1)) {
    const [, item] = /^ *- *(.*)$/.exec(line) ?? [];
    if (item === undefined) break;
    items.push(item);
  }
  return items;
}
