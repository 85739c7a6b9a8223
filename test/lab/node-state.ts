import { createHash } from 'node:crypto';
import { must, run } from './command.ts';

type Enter = (argv: readonly string[]) => string[];

/**
 * A node's network state as canonical text, equal before and after exactly when nothing lasting changed: links, addresses,
 * rules, routes of all tables in kernel order, `net.*` settings, netfilter rules, permanent neighbours and FDB entries, and the
 * content of `files`. Left out: counters, lifetimes, timers, carrier, learned entries, conntrack.
 */
export async function nodeState(enter: Enter, files: readonly string[] = []): Promise<string> {
  const ask = (argv: readonly string[]) => must(enter(argv));
  const sections: [title: string, text: Promise<string>][] = [
    ['links', ask(['ip', '-j', '-d', 'link', 'show']).then(linkLines)],
    ['addresses', ask(['ip', '-j', 'address', 'show']).then(addressLines)],
    ['rules', ask(['ip', '-4', 'rule', 'show'])],
    ['rules6', ask(['ip', '-6', 'rule', 'show'])],
    ['routes', ask(['ip', '-4', 'route', 'show', 'table', 'all']).then(routeLines)],
    ['routes6', ask(['ip', '-6', 'route', 'show', 'table', 'all']).then(routeLines)],
    // Exit 1 is normal: some settings cannot be read.
    ['settings', run(enter(['sysctl', '-a', '-r', '^net\\.'])).then(({ stdout }) => settingLines(stdout))],
    ['nft', ask(['nft', '-s', 'list', 'ruleset'])],
    ['legacy iptables', legacyTables(enter)],
    ['ipset', run(enter(['ipset', 'save'])).then(({ stdout }) => stdout)],
    ['neighbours', ask(['ip', 'neigh', 'show', 'nud', 'permanent'])],
    ['fdb', ask(['bridge', 'fdb', 'show']).then(fdbLines)],
    ...files.map((file): [string, Promise<string>] => [file, fileLine(enter, file)]),
  ];
  const texts = await Promise.all(sections.map(async ([title, text]) => `## ${title}\n${(await text).trimEnd()}\n`));
  return texts.join('');
}

/** `ip -j` prints control characters of interface names as they are, which JSON does not allow. */
function parse(json: string): unknown {
  return JSON.parse(
    json.trim().replace(/\p{Cc}/gu, (char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`),
  );
}

/** Flags that follow from the other end of a cable. */
const derivedFlags = new Set(['LOWER_UP', 'NO-CARRIER', 'RUNNING']);

interface Link {
  ifindex: number;
  ifname: string;
  flags: string[];
  mtu: number;
  address?: string;
  master?: string;
  promiscuity?: number;
  linkinfo?: { info_kind?: string };
}

function linkLines(json: string): string {
  return (parse(json) as Link[])
    .map((link) => {
      const flags = link.flags.filter((flag) => !derivedFlags.has(flag)).sort();
      const kind = link.linkinfo?.info_kind ?? '-';
      const promiscuity = link.promiscuity ?? 0;
      return `${link.ifindex} ${link.ifname} ${kind} ${link.address ?? '-'} mtu ${link.mtu} master ${link.master ?? '-'} promiscuity ${promiscuity} ${flags.join(',')}`;
    })
    .join('\n');
}

interface Addresses {
  ifname: string;
  addr_info: {
    family: string;
    local?: string;
    prefixlen: number;
    scope: string;
    broadcast?: string;
    label?: string;
    secondary?: boolean;
    noprefixroute?: boolean;
    deprecated?: boolean;
  }[];
}

function addressLines(json: string): string {
  return (parse(json) as Addresses[])
    .flatMap(({ ifname, addr_info }) =>
      addr_info.map((address) =>
        [
          ifname,
          address.family,
          `${address.local}/${address.prefixlen}`,
          `broadcast ${address.broadcast ?? '-'}`,
          `scope ${address.scope}`,
          address.label ?? '-',
          ...(['secondary', 'noprefixroute', 'deprecated'] as const).filter((flag) => address[flag]),
        ].join(' '),
      ),
    )
    .join('\n');
}

function routeLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/ (linkdown|dead|expires \S+|offload|trap)\b/g, '').trimEnd())
    .join('\n');
}

/** Counters and secrets among the settings; they change by themselves. */
const volatileSettings = /^net\.(netfilter\.nf_conntrack_count|ipv4\.tcp_fastopen_key|.*\.stable_secret)\b/;

function settingLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('net.') && !volatileSettings.test(line))
    .sort()
    .join('\n');
}

async function legacyTables(enter: Enter): Promise<string> {
  const names = await run(enter(['cat', '/proc/net/ip_tables_names']));
  if (names.stdout.trim() === '') return '';
  return (await must(enter(['iptables-legacy-save']))).replace(/^#.*\n/gm, '').replace(/\[\d+:\d+\]/g, '');
}

/** Permanent entries of the forwarding tables, without the multicast groups that an interface joins by itself. */
function fdbLines(text: string): string {
  return text
    .split('\n')
    .filter((line) => /\bpermanent\b/.test(line) && !/^(33:33|01:00:5e):/.test(line))
    .join('\n');
}

async function fileLine(enter: Enter, file: string): Promise<string> {
  const ran = await run(enter(['cat', '--', file]));
  if (ran.exit !== 0) return 'absent';
  const mode = await must(enter(['stat', '-c', '%a %U:%G', '--', file]));
  return `${mode.trim()} ${createHash('sha256').update(ran.stdout).digest('hex')}`;
}
