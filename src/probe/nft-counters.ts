// A rule of nftables counts only where it says `counter`; what comes after the counter is then counted with it:
// https://wiki.nftables.org/wiki-nftables/index.php/Counters. Not cheap: what rules drop is worth nothing but around a stimulus.
import { cleanText, probe } from './probe.ts';
import { linesOf, refuse, wholeNumber } from './text/lines.ts';
import { type CountedDrop, numbered } from './text/iptables.ts';

/** Tables that iptables-nft keeps are left to iptables. */
const MANAGED = /^# Warning: table ([^ ]+ [^ ]+) is managed by iptables-nft/gm;
const TABLE = /^table ((?:ip6?|inet|arp|bridge|netdev) [^ ]+) \{$/;
const BLOCK = /^\t(chain|set|map) ([^ ]+) \{$/;
const COUNTER = /\bcounter packets (\d+) bytes \d+\b/;
const PART = /"[^"]*"|\bcounter packets \d+ bytes \d+\b/g;

/** What counting rules of every family have dropped or rejected. */
export const nftCounters = probe({
  id: 'nft-counters',
  reads: 'what the rules of nftables dropped',
  cheap: false,
  argv: () => [
    'sh',
    '-c',
    `command -v nft >/dev/null || exit 127; rules=$(nft list ruleset) || exit; printf '%s\\n' "$rules" | grep -E '^table |^# Warning: table |^[[:blank:]](chain|set|map) |counter packets [0-9]+ bytes [0-9]+ .*(drop|reject)'; exit 0`,
  ],
  parse: (text, { stderr }): { readonly drops: readonly CountedDrop[] } => {
    const drops: CountedDrop[] = [];
    const managed = new Set([...`${cleanText(stderr)}\n${text}`.matchAll(MANAGED)].map(([, named]) => named));
    let table = '';
    let chain: string | null = null;
    for (const line of linesOf(text)) {
      const [, named] = TABLE.exec(line) ?? [];
      const [, kind, block] = BLOCK.exec(line) ?? [];
      if (line.startsWith('# Warning: table ')) continue;
      if (named !== undefined) [table, chain] = [named, null];
      else if (block !== undefined && table !== '') chain = kind === 'chain' ? block : null;
      else if (!line.startsWith('\t\t') || table === '') refuse('not part of a ruleset', line);
      else if (chain !== null && !managed.has(table)) drops.push(...dropOf(`${table} ${chain}`, line));
    }
    return { drops: numbered(drops) };
  },
});

/** A rule that counts before it drops. What stands in quotes is a name or a comment, whatever it says. */
function dropOf(chain: string, line: string): CountedDrop[] {
  const bare = line.replaceAll(/"[^"]*"/g, '""');
  const [counter, packets] = COUNTER.exec(bare) ?? [];
  if (counter === undefined || !/ (drop|reject)\b/.test(bare.slice(bare.indexOf(counter)))) return [];
  const rule = line.trim().replaceAll(PART, (part) => (part.startsWith('"') ? part : 'counter'));
  return [{ name: `rule in ${chain}: ${rule}`, packets: wholeNumber(packets, line), line: line.trim() }];
}
