import { emptyRecord, linesOf, refuse, wholeNumber } from './lines.ts';

const READ_ONLY = `command -v iptables-save >/dev/null || exit 127
iptables -V | grep -q nf_tables || grep -qsx TABLE /proc/net/ip_tables_names || exit 0
exec iptables-save -t TABLE`;

/**
 * argv that prints a table only where the kernel has it. Asking a legacy iptables for a table that is not there creates it, hooks
 * and all (https://git.netfilter.org/iptables/tree/libiptc/libiptc.c); then nothing is printed and the exit status is 0.
 */
export function savedTable(name: 'filter' | 'nat' | 'mangle'): [string, ...string[]] {
  return ['sh', '-c', READ_ONLY.replaceAll('TABLE', name).replaceAll('\n', '; ')];
}

const DROPS_ONLY = READ_ONLY.replace(
  'exec iptables-save -t TABLE',
  `saved=$(iptables-save -c -t TABLE) || exit
printf '%s\\n' "$saved" | grep -E '^[*]|^COMMIT$|^:[A-Z]+ DROP | -j (DROP|REJECT)( |$)'
exit 0`,
);

/** argv that prints of such a table only policies and rules that drop, each with its counters. */
export function countedDrops(name: 'filter'): [string, ...string[]] {
  return ['sh', '-c', DROPS_ONLY.replaceAll('TABLE', name).replaceAll('\n', '; ')];
}

export interface IptablesRule {
  readonly chain: string;
  /** Everything after the chain, quotes taken off. */
  readonly words: readonly string[];
  /** Of `-j` or `-g`; `null` where the rule only counts. */
  readonly target: string | null;
  readonly line: string;
}

/** One table as iptables-save prints it. */
export interface IptablesTable {
  /** Policies of the built-in chains. A chain without one is absent. */
  readonly policies: Readonly<Record<string, string>>;
  readonly rules: readonly IptablesRule[];
}

/** `iptables-save -t TABLE` of iptables 1.4 to 1.8, legacy or nf_tables. An absent table has no chains. Throws Unparsable. */
export function tableOf(name: string, text: string): IptablesTable {
  const policies = emptyRecord<string>();
  const rules: IptablesRule[] = [];
  let inside = false;
  for (const line of linesOf(text)) {
    if (line.startsWith('#')) continue;
    if (line === `*${name}` && !inside) inside = true;
    else if (line === 'COMMIT' && inside) inside = false;
    else if (!inside) refuse(`outside of table ${name}`, line);
    else if (line.startsWith(':')) {
      const [, chain = '', policy = ''] =
        /^:([^ ]+) ([A-Z]+|-)( \[\d+:\d+\])?$/.exec(line) ?? refuse('not a chain', line);
      if (policy !== '-') policies[chain] = policy;
    } else rules.push(ruleOf(line));
  }
  if (inside) refuse('the table has no end', name);
  return { policies, rules };
}

/** What drops packets, and how many it has dropped. */
export interface CountedDrop {
  /** `policy DROP of FORWARD`, or `rule -A INPUT …` as iptables-save prints it; the second one of its kind ends in ` (2)`. */
  readonly name: string;
  readonly packets: number;
  readonly line: string;
}

/** Policies and rules that drop, as `countedDrops` prints them. An absent table has none. Throws Unparsable. */
export function dropsOf(name: string, text: string): CountedDrop[] {
  const drops: CountedDrop[] = [];
  const lines = linesOf(text);
  if (lines.length > 0 && (lines[0] !== `*${name}` || lines.at(-1) !== 'COMMIT')) refuse('not all of a table', text);
  for (const line of lines.slice(1, -1)) {
    const [, chain, policy] = /^:([^ ]+) DROP \[(\d+):\d+\]$/.exec(line) ?? [];
    const [, packets, rule] = /^\[(\d+):\d+\] (.*)$/.exec(line) ?? [];
    if (chain !== undefined) drops.push({ name: `policy DROP of ${chain}`, packets: wholeNumber(policy, line), line });
    else if (rule === undefined) refuse('not a counted rule', line);
    else if (['DROP', 'REJECT'].includes(ruleOf(rule).target ?? ''))
      drops.push({ name: `rule ${rule}`, packets: wholeNumber(packets, line), line });
  }
  return numbered(drops);
}

/** Equal rules are told apart by their order. */
export function numbered(drops: readonly CountedDrop[]): CountedDrop[] {
  const seen = new Map<string, number>();
  return drops.map((drop) => {
    const times = (seen.get(drop.name) ?? 0) + 1;
    seen.set(drop.name, times);
    return times === 1 ? drop : { ...drop, name: `${drop.name} (${times})` };
  });
}

function ruleOf(line: string): IptablesRule {
  const [append, chain, ...words] = shellWords(line);
  if (append !== '-A' || chain === undefined) return refuse('not a rule', line);
  const at = words.findIndex((word) => word === '-j' || word === '-g');
  if (at >= 0 && words[at + 1] === undefined) refuse('a rule without its target', line);
  return { chain, words, target: at < 0 ? null : (words[at + 1] ?? null), line };
}

/** Words with double quotes and backslashes undone, as iptables-save writes them. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  const token = / *("((?:[^"\\]|\\.)*)"|[^ "]+)(?= |$)/y;
  while (token.lastIndex < line.length) {
    const match = token.exec(line);
    if (match === null) return refuse('quotes that do not close', line);
    words.push(match[2] === undefined ? (match[1] ?? '') : match[2].replaceAll(/\\(.)/g, '$1'));
  }
  return words;
}
