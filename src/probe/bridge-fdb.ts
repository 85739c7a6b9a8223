// A VXLAN device sends a frame to the VTEP that the forwarding database gives for the destination MAC:
// https://man7.org/linux/man-pages/man8/bridge.8.html
import { probe } from './probe.ts';
import { address, isMac } from './text/address.ts';
import { linesOf } from './text/lines.ts';
import { Words } from './text/words.ts';

export interface FdbEntry {
  readonly mac: string;
  readonly device: string | null;
  /** The remote VTEP; `null` where the entry is local. */
  readonly destination: string | null;
  readonly vni: number | null;
  readonly vlan: number | null;
  readonly master: string | null;
  /** `self`, `permanent`, `static`, `stale`, `extern_learn`, `router`, `sticky`, `offload`, `locked` … */
  readonly flags: readonly string[];
  readonly line: string;
}

const FLAGS = new Set([
  'self',
  'permanent',
  'static',
  'stale',
  'dynamic',
  'extern_learn',
  'router',
  'sticky',
  'offload',
  'locked',
  'blackhole',
  'added_by_user',
  'activity_notify',
  'inactive',
  'local',
]);
const VALUED = new Set(['port', 'via', 'link-netnsid', 'nhid', 'src_vni', 'state']);

/** Forwarding entries of every bridge, VXLAN device and NIC. */
export const bridgeFdb = probe({
  id: 'bridge-fdb',
  reads: 'the forwarding database',
  cheap: true,
  argv: () => ['bridge', 'fdb', 'show'],
  parse: (text) => ({ entries: linesOf(text).map(entryOf) }),
});

function entryOf(line: string): FdbEntry {
  const words = new Words(line);
  const mac = words.take('the start');
  if (!isMac(mac)) words.refuse('not a MAC address');
  const said = new Map<string, string>();
  const flags: string[] = [];
  let vni: number | null = null;
  let vlan: number | null = null;
  while (!words.done) {
    const word = words.take('the MAC address');
    if (word === 'dev' || word === 'master') said.set(word, words.take(word));
    else if (word === 'dst') said.set(word, address(words.take(word), line));
    else if (word === 'vni') vni = words.number(word);
    else if (word === 'vlan') vlan = words.number(word);
    else if (FLAGS.has(word)) flags.push(word);
    else if (VALUED.has(word)) words.take(word);
    else words.refuse(`unknown word ${JSON.stringify(word)} in a forwarding entry`);
  }
  return {
    mac,
    device: said.get('dev') ?? null,
    destination: said.get('dst') ?? null,
    vni,
    vlan,
    master: said.get('master') ?? null,
    flags,
    line,
  };
}
