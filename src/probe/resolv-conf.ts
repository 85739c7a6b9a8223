// The resolver asks the first nameserver and goes on to the next after a timeout; only the first three count:
// https://man7.org/linux/man-pages/man5/resolv.conf.5.html
import { probe } from './probe.ts';
import { address } from './text/address.ts';
import { linesOf, refuse, wordsOf } from './text/lines.ts';

export interface ResolvConf {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
  /** The exact `nameserver` lines. */
  readonly lines: readonly string[];
}

const KNOWN = new Set(['nameserver', 'search', 'domain', 'options', 'sortlist', 'trust-ad', 'lookup', 'family']);

/** The node's own resolver; pods may get another from the kubelet. */
export const resolvConf = probe({
  id: 'resolv-conf',
  reads: "the node's resolver configuration",
  cheap: true,
  argv: () => ['cat', '/etc/resolv.conf'],
  parse: (text): ResolvConf => {
    const lines = linesOf(text).filter((line) => !/^[ \t]*[#;]/.test(line));
    const said = lines.map((line) => ({ line, words: wordsOf(line) }));
    const unknown = said.find(({ words }) => !KNOWN.has(words[0] ?? ''));
    if (unknown !== undefined) refuse('unknown keyword', unknown.line);
    const of = (keyword: string) => said.filter(({ words }) => words[0] === keyword);
    return {
      nameservers: of('nameserver').map(({ line, words }) => address((words[1] ?? '').replace(/%.*$/, ''), line)),
      search: (said.findLast(({ words }) => words[0] === 'search' || words[0] === 'domain')?.words ?? []).slice(1),
      options: of('options').flatMap(({ words }) => words.slice(1)),
      lines: of('nameserver').map(({ line }) => line),
    };
  },
});
