// Policy rules are tried by rising priority, and the first that matches names the table that is looked up:
// https://man7.org/linux/man-pages/man8/ip-rule.8.html
import { probe } from './probe.ts';
import { ipv4Prefix } from './text/address.ts';
import { linesOf, refuse } from './text/lines.ts';
import { Words } from './text/words.ts';

export interface Rule {
  readonly priority: number;
  /** Matches everything but what is described. */
  readonly not: boolean;
  /** `null` for all. */
  readonly from: string | null;
  readonly to: string | null;
  readonly iif: string | null;
  readonly oif: string | null;
  /** `0x80/0x80` as printed. */
  readonly fwmark: string | null;
  /** Of `lookup`. */
  readonly table: string | null;
  /** `lookup`, `goto`, `nop`, `blackhole`, `unreachable`, `prohibit`. */
  readonly action: string;
  /** Further words that narrow the rule or its table, as printed: `ipproto tcp`, `suppress_prefixlength 0`, `[detached]`. */
  readonly other: readonly string[];
  readonly line: string;
}

const VALUED = new Set([
  'tos',
  'dsfield',
  'ipproto',
  'sport',
  'dport',
  'uidrange',
  'tun_id',
  'realms',
  'proto',
  'protocol',
  'suppress_prefixlength',
  'suppress_ifgroup',
  'suppressor',
  'flowlabel',
  'dscp',
]);
const ALONE = new Set(['[detached]', '[l3mdev-table]', '[unresolved]', 'unresolved', 'l3mdev']);
const ACTIONS = new Set(['nop', 'blackhole', 'unreachable', 'prohibit', 'masquerade']);

/** IPv4 policy rules in the order in which the kernel tries them. */
export const ipRule = probe({
  id: 'ip-rule',
  reads: 'the policy rules',
  cheap: true,
  argv: () => ['ip', '-4', 'rule', 'show'],
  parse: (text) => ({ rules: linesOf(text).map(ruleOf) }),
});

function ruleOf(line: string): Rule {
  const [, priority = '', rest = ''] = /^(\d+):[ \t]+(.*)$/.exec(line) ?? refuse('not a policy rule', line);
  const words = new Words(line, rest);
  const said = new Map<string, string>();
  const other: string[] = [];
  let not = false;
  while (!words.done) {
    const word = words.take('the priority');
    if (word === 'not') not = true;
    else if (word === 'from' || word === 'to') {
      const prefix = words.take(word);
      if (prefix !== 'all') said.set(word, ipv4Prefix(prefix, line));
    } else if (word === 'iif' || word === 'oif' || word === 'fwmark') said.set(word, words.take(word));
    else if (word === 'lookup') said.set('table', words.take(word)).set('action', word);
    else if (word === 'goto') {
      other.push(word, words.take(word));
      said.set('action', word);
    } else if (ACTIONS.has(word)) said.set('action', word);
    else if (VALUED.has(word)) other.push(word, words.take(word));
    else if (ALONE.has(word)) other.push(word);
    else words.refuse(`unknown word ${JSON.stringify(word)} in a policy rule`);
  }
  if (other.includes('[l3mdev-table]') && !said.has('action')) said.set('action', 'lookup');
  return {
    priority: Number(priority),
    not,
    from: said.get('from') ?? null,
    to: said.get('to') ?? null,
    iif: said.get('iif') ?? null,
    oif: said.get('oif') ?? null,
    fwmark: said.get('fwmark') ?? null,
    table: said.get('table') ?? null,
    action: said.get('action') ?? refuse('a rule without an action', line),
    other,
    line,
  };
}
