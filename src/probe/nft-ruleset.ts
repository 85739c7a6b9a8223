// A base chain whose policy is drop discards what none of its rules took. Only chains are listed: a whole ruleset of kube-proxy
// is megabytes: https://man7.org/linux/man-pages/man8/nft.8.html
import { probe } from './probe.ts';
import { linesOf, refuse } from './text/lines.ts';

export interface NftRuleset {
  /** `inet filter`, `ip kube-proxy`: tables that have a chain. */
  readonly tables: readonly string[];
  /** `inet filter forward`: base chains that drop by policy. */
  readonly dropPolicies: readonly string[];
  readonly chains: number;
  /** Lines of the listing. */
  readonly lines: number;
}

const TABLE = /^table (ip6?|inet|arp|bridge|netdev) ([^ ]+) \{$/;
const CHAIN = /^\tchain ([^ ]+) \{( # handle \d+)?$/;
const HOOK = /^\t\ttype [a-z]+ hook [a-z]+ (devices? .{1,400} )?priority [^;]{1,40};( policy (accept|drop);)?$/;

/** Chains of every family. */
export const nftRuleset = probe({
  id: 'nft-ruleset',
  reads: 'the nftables ruleset',
  cheap: true,
  argv: () => ['nft', 'list', 'chains'],
  parse: (text): NftRuleset => {
    const lines = linesOf(text);
    const tables: string[] = [];
    const dropPolicies: string[] = [];
    let chains = 0;
    let chain: string | null = null;
    let open = 0;
    for (const line of lines) {
      const [, family, name] = TABLE.exec(line) ?? [];
      const [, chainName] = CHAIN.exec(line) ?? [];
      if (open === 0 && family !== undefined) {
        tables.push(`${family} ${name}`);
        open = 1;
      } else if (open === 1 && chainName !== undefined) {
        chains += 1;
        chain = `${tables.at(-1)} ${chainName}`;
        open = 2;
      } else if (open > 0 && line === '\t'.repeat(open - 1) + '}') open -= 1;
      else if (open === 2 && HOOK.test(line)) {
        if (line.endsWith(' policy drop;') && chain !== null) dropPolicies.push(chain);
      } else if (!(open === 2 && /^\t\t(comment |flags )/.test(line)) && !line.startsWith('# Warning: table ')) {
        refuse('not part of a chain listing', line);
      }
    }
    if (open > 0) refuse('a table without its end', lines.at(-1) ?? '');
    return { tables, dropPolicies, chains, lines: lines.length };
  },
});
