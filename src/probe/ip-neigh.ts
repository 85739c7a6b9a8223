// The neighbour table says which link address the kernel sends to for each next hop, and how sure it is (NUD states):
// https://man7.org/linux/man-pages/man8/ip-neighbour.8.html
import { probe } from './probe.ts';
import { address } from './text/address.ts';
import { linesOf } from './text/lines.ts';
import { Words } from './text/words.ts';

export interface Neighbour {
  readonly address: string;
  readonly device: string | null;
  /** `null` while unresolved. */
  readonly linkAddress: string | null;
  /** `PERMANENT`, `REACHABLE`, `STALE`, `FAILED` …; `null` for a proxy entry. */
  readonly state: string | null;
  readonly flags: readonly string[];
  readonly line: string;
}

const STATES = new Set(['NONE', 'INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'NOARP', 'PERMANENT']);
const FLAGS = new Set(['router', 'proxy', 'extern_learn', 'extern_valid', 'offload', 'managed', 'sticky']);
const VALUED = new Set(['vrf', 'proto', 'probes', 'ref', 'nhid', 'used']);

/** IPv4 and IPv6 neighbours. */
export const ipNeigh = probe({
  id: 'ip-neigh',
  reads: 'the neighbour table',
  cheap: true,
  argv: () => ['ip', 'neigh', 'show'],
  parse: (text) => ({ neighbours: linesOf(text).map(neighbour) }),
});

function neighbour(line: string): Neighbour {
  const words = new Words(line);
  const said = new Map<string, string>();
  const flags: string[] = [];
  const of = address(words.take('the start'), line);
  while (!words.done) {
    const word = words.take('the address');
    if (word === 'dev' || word === 'lladdr') said.set(word, words.take(word));
    else if (STATES.has(word)) said.set('state', word);
    else if (FLAGS.has(word)) flags.push(word);
    else if (VALUED.has(word)) words.take(word);
    else words.refuse(`unknown word ${JSON.stringify(word)} in a neighbour`);
  }
  const state = said.get('state') ?? null;
  if (state === null && !flags.includes('proxy')) words.refuse('a neighbour without a state');
  return { address: of, device: said.get('dev') ?? null, linkAddress: said.get('lladdr') ?? null, state, flags, line };
}
