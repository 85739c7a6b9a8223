import { address, ipv4Prefix } from './address.ts';
import { linesOf, refuse } from './lines.ts';
import { Words } from './words.ts';

/** One way of a route with several. */
export interface NextHop {
  readonly via: string | null;
  readonly device: string | null;
  readonly weight: number;
}

/** One route as the kernel holds it. */
export interface Route {
  /** `unicast` where none is printed; blackhole, unreachable, prohibit, throw, local, broadcast, multicast, anycast, nat. */
  readonly type: string;
  /** As printed; `0.0.0.0/0` for `default`. A host route has no `/32`. */
  readonly destination: string;
  readonly via: string | null;
  readonly device: string | null;
  readonly protocol: string | null;
  /** `null` where iproute2 prints none: `global`. */
  readonly scope: string | null;
  /** Preferred source address. */
  readonly source: string | null;
  readonly metric: number | null;
  /** `null` where iproute2 prints none: the table that was asked for, `main` in a listing of all. */
  readonly table: string | null;
  /** `onlink`, `linkdown`, `dead`, `pervasive`, `offload`, `trap` … */
  readonly flags: readonly string[];
  /** Empty unless the route has several ways. */
  readonly nexthops: readonly NextHop[];
  /** The exact line; further ways of the same route are joined to it by one blank. */
  readonly line: string;
}

/** Words of rtnl_rtntype_n2a. */
export const ROUTE_TYPES: ReadonlySet<string> = new Set([
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
]);

const FLAGS = new Set([
  'onlink',
  'linkdown',
  'dead',
  'pervasive',
  'offload',
  'offload_failed',
  'trap',
  'rt_offload',
  'rt_trap',
  'rt_offload_failed',
  'notify',
  'unresolved',
]);
const VALUED = new Set([
  'tos',
  'dsfield',
  'realm',
  'realms',
  'nhid',
  'error',
  'users',
  'age',
  'expires',
  'pref',
  'ttl-propagate',
]);
const METRICS = new Set([
  'mtu',
  'advmss',
  'window',
  'rtt',
  'rttvar',
  'rto_min',
  'ssthresh',
  'cwnd',
  'reordering',
  'hoplimit',
  'initcwnd',
  'initrwnd',
  'features',
  'quickack',
  'congctl',
]);

/** Routes in kernel order. Throws Unparsable at any word that iproute2 6.x or older is not known to print. */
export function routesOf(text: string): Route[] {
  const whole: string[] = [];
  for (const line of linesOf(text)) {
    if (!/^[ \t]/.test(line)) whole.push(line);
    else if (whole.length === 0) refuse('a route begins with blanks', line);
    else whole.push(`${whole.pop() ?? ''} ${line.trimStart()}`);
  }
  return whole.map(routeOf);
}

function routeOf(line: string): Route {
  const words = new Words(line);
  const type = ROUTE_TYPES.has(words.ahead) ? words.take('the start') : 'unicast';
  const destination = ipv4Prefix(words.take('the route type'), line);
  const said = new Map<string, string>();
  const flags: string[] = [];
  const nexthops: NextHop[] = [];
  let metric: number | null = null;
  while (!words.done) {
    const word = words.take('the destination');
    if (word === 'nexthop') nexthops.push(nextHop(words, flags));
    else if (word === 'via') said.set(word, gateway(words));
    else if (word === 'src') said.set(word, address(words.take(word), line));
    else if (word === 'metric') metric = words.number(word);
    else if (word === 'dev' || word === 'proto' || word === 'scope' || word === 'table')
      said.set(word, words.take(word));
    else otherWord(word, words, flags);
  }
  return {
    type,
    destination,
    via: said.get('via') ?? null,
    device: said.get('dev') ?? null,
    protocol: said.get('proto') ?? null,
    scope: said.get('scope') ?? null,
    source: said.get('src') ?? null,
    metric,
    table: said.get('table') ?? null,
    flags,
    nexthops,
    line,
  };
}

function otherWord(word: string, words: Words, flags: string[]): void {
  if (FLAGS.has(word)) flags.push(word);
  else if (VALUED.has(word)) words.take(word);
  else if (METRICS.has(word)) {
    if (words.ahead === 'lock') words.take(word);
    words.take(word);
  } else words.refuse(`unknown word ${JSON.stringify(word)} in a route`);
}

function gateway(words: Words): string {
  if (words.ahead === 'inet' || words.ahead === 'inet6') words.take('via');
  return address(words.take('via'), words.line);
}

function nextHop(words: Words, flags: string[]): NextHop {
  let via: string | null = null;
  let device: string | null = null;
  let weight = 1;
  while (!words.done && words.ahead !== 'nexthop') {
    const word = words.take('nexthop');
    if (word === 'via') via = gateway(words);
    else if (word === 'dev') device = words.take(word);
    else if (word === 'weight') weight = words.number(word);
    else otherWord(word, words, flags);
  }
  return { via, device, weight };
}
