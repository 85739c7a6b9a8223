import type { Output } from '../../model/index.ts';
import type { Command } from '../../port.ts';
import { fault, type Item, ok, unseen, warning } from './item.ts';

/** What one question to a node said, as the doctor reads it. */
export type Said =
  | { readonly is: 'said'; readonly exit: number; readonly text: string; readonly complaint: string }
  | { readonly is: 'absent' }
  | { readonly is: 'gap'; readonly why: string };

/** Reads an output: 126 and 127 are timeout's and sudo's ways to say that there is no such program. */
export function said({ exit, stdout, stderr, gap, timedOut }: Output): Said {
  if (gap !== undefined) return { is: 'gap', why: gap };
  if (timedOut || exit === null) return { is: 'gap', why: 'timed-out' };
  if (exit === 126 || exit === 127) return { is: 'absent' };
  const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes.subarray(0, 2000)).trim();
  return { is: 'said', exit, text: decode(stdout), complaint: decode(stderr) };
}

/** Questions about programs; asking for a version starts nothing else. Their keys are what `toolItems` looks them up by. */
export const TOOL_QUESTIONS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  ip: ['ip', '-V'],
  json: ['ip', '-j', 'link', 'show', 'dev', 'lo'],
  tcpdump: ['tcpdump', '--version'],
  curl: ['curl', '--version'],
  ping: ['ping', '-V'],
  setsid: ['setsid', '--version'],
  flock: ['flock', '--version'],
  cmp: ['cmp', '--version'],
  readlink: ['readlink', '--version'],
  nft: ['nft', '--version'],
  iptables: ['iptables', '--version'],
  init: ['cat', '/proc/1/comm'],
};

/** A question that needs no root. */
export function question(argv: readonly [string, ...string[]]): Command {
  return { argv, deadlineMs: 5000, privileged: false };
}

/** The programs of one node, one item for each thing that they are needed for. `ask`: what a question of the list said. */
export function toolItems(node: string, os: string, ask: (key: string) => Said): readonly Item[] {
  const about = (id: string, title: string) => ({ id: `node.${id}`, title, of: node });
  const put = (...packages: readonly string[]): string => install(os, packages);

  const ip = ((): Item => {
    const one = about('iproute2', 'iproute2');
    const [version, json] = [ask('ip'), ask('json')];
    if (version.is === 'gap') return unseen(one, `not seen (${version.why})`);
    const name = version.is === 'said' ? /iproute2-([\w.-]+)/.exec(version.text)?.[1] : undefined;
    if (version.is === 'absent') {
      return fault(one, 'there is no ip, so netdiag sees neither links nor routes', put('iproute2'));
    }
    if (name === undefined) {
      const says = 'ip is not iproute2 (busybox has a smaller one), so netdiag reads little of what it says';
      return fault(one, says, put('iproute2'));
    }
    const speaks = json.is === 'said' && json.exit === 0 && isList(json.text);
    return ok(one, speaks ? `${name}, speaks JSON` : `${name}, plain text only, which is what netdiag reads`);
  })();

  const tcpdump = ((): Item => {
    const one = about('tcpdump', 'tcpdump');
    const version = ask('tcpdump');
    if (version.is === 'gap') return unseen(one, `not seen (${version.why})`);
    if (version.is === 'absent') {
      return fault(one, 'there is none, so netdiag cannot prove what becomes of packets', put('tcpdump'));
    }
    return ok(
      one,
      /tcpdump(?:\.\w+)? version ([\w.-]+)/i.exec(version.text + version.complaint)?.[1] ?? 'there, version unknown',
    );
  })();

  return [
    ip,
    tcpdump,
    senders(about('senders', 'curl, ping'), ask, put),
    rollback(about('rollback', 'rollback'), ask, put),
    firewall(about('firewall', 'firewall'), ask, put),
    init(about('init', 'init'), ask),
  ];
}

type One = { readonly id: string; readonly title: string; readonly of: string };
type Put = (...packages: readonly string[]) => string;

/** `--next` came with curl 7.36 and `--parallel` with 7.66, `--parallel-immediate` with 7.68 (https://curl.se/docs/manpage.html). */
function senders(one: One, ask: (key: string) => Said, put: Put): Item {
  const [curl, ping] = [ask('curl'), ask('ping')];
  const gap = [curl, ping].find((each) => each.is === 'gap');
  if (gap?.is === 'gap') return unseen(one, `not seen (${gap.why})`);
  const version = curl.is === 'said' ? /^curl (\d+)\.(\d+)[\w.-]*/.exec(curl.text) : null;
  const shown = version === null ? (curl.is === 'absent' ? 'no curl' : 'curl of unknown version') : version[0];
  const hasPing = ping.is === 'said';
  const says = `${shown}, ${hasPing ? 'ping' : 'no ping'}`;
  if (curl.is === 'absent' && !hasPing) {
    return fault(one, `${says}: this node can send no marked packets for another`, put('curl', 'iputils-ping'));
  }
  if (curl.is === 'absent') return warning(one, `${says}: this node can send no marked TCP packets`, put('curl'));
  const number = version === null ? 0 : Number(version[1]) * 1000 + Number(version[2]);
  if (number < 7036)
    return warning(one, `${says}: older than 7.36, so this node can send no marked TCP packets`, put('curl'));
  if (!hasPing) return warning(one, `${says}: this node can send no marked echo requests`, put('iputils-ping'));
  return ok(one, number < 7068 ? `${says}; before 7.68 it sends one packet after the other` : says);
}

/** The node's own ledger refuses a change where one of these is missing: without them nothing would roll back by itself. */
function rollback(one: One, ask: (key: string) => Said, put: Put): Item {
  const tools = ['setsid', 'flock', 'cmp', 'readlink'];
  const gap = tools.map(ask).find((each) => each.is === 'gap');
  if (gap?.is === 'gap') return unseen(one, `not seen (${gap.why})`);
  const missing = tools.filter((tool) => ask(tool).is === 'absent');
  if (missing.length === 0) return ok(one, `timeout, ${tools.join(', ')}`);
  const packages = missing.map((tool) => ({ cmp: 'diffutils', readlink: 'coreutils' })[tool] ?? 'util-linux');
  const says = `no ${missing.join(', no ')}: no rollback can be armed, so changes of this node are refused`;
  return fault(one, says, put(...new Set(packages)));
}

function firewall(one: One, ask: (key: string) => Said, put: Put): Item {
  const [nft, iptables] = [ask('nft'), ask('iptables')];
  const there = [nft, iptables].flatMap((each) => (each.is === 'said' ? [each.text.split('\n')[0] ?? ''] : []));
  if (there.length > 0) return ok(one, there.join(', '));
  const gap = [nft, iptables].find((each) => each.is === 'gap');
  if (gap?.is === 'gap') return unseen(one, `not seen (${gap.why})`);
  return warning(one, 'neither nft nor iptables: firewall rules are not seen', put('nftables'));
}

function init(one: One, ask: (key: string) => Said): Item {
  const first = ask('init');
  if (first.is !== 'said' || first.exit !== 0) return unseen(one, 'what runs as process 1 is not seen');
  const systemd = first.text === 'systemd';
  return ok(one, systemd ? 'systemd' : `${first.text}, not systemd: who sets what at boot is not always seen`);
}

function isList(text: string): boolean {
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}

/** The package manager is guessed from what the kubelet says of the node's system. */
function install(os: string, packages: readonly string[]): string {
  const names = packages.join(' ');
  const red = packages.map((name) => ({ iproute2: 'iproute', 'iputils-ping': 'iputils' })[name] ?? name).join(' ');
  if (/ubuntu|debian/i.test(os)) return `On the node: apt-get install ${names}.`;
  if (/centos linux 7|red hat.* 7|amazon linux 2$/i.test(os)) return `On the node: yum install ${red}.`;
  if (/amazon|red hat|centos|rocky|alma|fedora|oracle/i.test(os)) return `On the node: dnf install ${red}.`;
  if (/alpine/i.test(os)) return `On the node: apk add ${names}.`;
  return `Install ${names} on the node, or use an image of the node that has it.`;
}
