// `ip route get` asks the kernel's own lookup, policy rules included, what it would do with one packet; netfilter is not asked.
// A refusal is an answer too (EHOSTUNREACH, ENETUNREACH, EINVAL, EXDEV): https://man7.org/linux/man-pages/man8/ip-route.8.html
import type { Params } from './probe.ts';
import { cleanText, probe } from './probe.ts';
import { address } from './text/address.ts';
import { linesOf, refuse } from './text/lines.ts';
import { ROUTE_TYPES } from './text/route.ts';
import { Words } from './text/words.ts';

export interface Lookup {
  /** `unicast`, `local`, `broadcast`, `multicast` …; `unreachable` when the kernel refuses. */
  readonly kind: string;
  readonly device: string | null;
  readonly via: string | null;
  /** The source address that the kernel would choose; `null` where a source was given or it refuses. */
  readonly source: string | null;
  /** The deciding line, or the refusal as printed on stderr. */
  readonly line: string;
}

const REFUSAL =
  /^RTNETLINK answers: (No route to host|Network is unreachable|Invalid argument|Invalid cross-device link|Permission denied|Network is down)$/;
const VALUED = new Set([
  'table',
  'uid',
  'mark',
  'iif',
  'oif',
  'tos',
  'dsfield',
  'realm',
  'realms',
  'metric',
  'proto',
  'scope',
  'nhid',
  'ipproto',
  'sport',
  'dport',
  'mtu',
  'error',
  'users',
  'age',
  'expires',
  'pref',
]);
const FLAGS = new Set([
  'onlink',
  'linkdown',
  'dead',
  'pervasive',
  'offload',
  'trap',
  'cache',
  'notify',
  'rt_offload',
  'rt_trap',
]);

/**
 * What the kernel would do with a packet to `to`; `from` and `iif` make it a packet that arrives, `mark` one that netfilter has
 * marked. Absent keys are not asked.
 */
export const ipRouteGet = probe<Params, Lookup>({
  id: 'ip-route-get',
  reads: "the kernel's route lookup",
  cheap: false,
  exits: [0, 2],
  argv: (params) => [
    'ip',
    '-4',
    'route',
    'get',
    params['to'] ?? '',
    ...['from', 'iif', 'mark'].flatMap((word) => (params[word] === undefined ? [] : [word, params[word]])),
  ],
  parse: (text, output) => {
    const [line] = linesOf(text);
    if (line !== undefined && output.exit === 0) return lookup(line);
    const said = linesOf(cleanText(output.stderr))[0] ?? '';
    if (!REFUSAL.test(said)) return refuse('neither a route nor a known refusal', said);
    return { kind: 'unreachable', device: null, via: null, source: null, line: said };
  },
});

function lookup(line: string): Lookup {
  const words = new Words(line);
  const kind = ROUTE_TYPES.has(words.ahead) ? words.take('the start') : 'unicast';
  address(words.take('the route type'), line);
  const said = new Map<string, string>();
  while (!words.done) {
    const word = words.take('the address');
    if (word === 'via') {
      if (words.ahead === 'inet6') words.take(word);
      said.set(word, address(words.take(word), line));
    } else if (word === 'src' || word === 'from') said.set(word, address(words.take(word), line));
    else if (word === 'dev') said.set(word, words.take(word));
    else if (VALUED.has(word)) words.take(word);
    else if (!FLAGS.has(word)) words.refuse(`unknown word ${JSON.stringify(word)} in a lookup`);
  }
  const device = said.get('dev') ?? null;
  const refused = kind === 'unreachable' || kind === 'prohibit' || kind === 'blackhole' || kind === 'throw';
  if (device === null && !refused) refuse('no device', line);
  return { kind, device, via: said.get('via') ?? null, source: said.get('src') ?? null, line };
}
