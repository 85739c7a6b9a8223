import type { Watched } from '../model/index.ts';
import type { IptablesRule } from '../probe/iptables-filter.ts';
import type { Proof } from './check.ts';
import { countedBy } from './counted.ts';

const DROPS = new Set(['DROP', 'REJECT']);
const PORTS = new Set(['--dport', '--dports', '--ports']);

/** Whether a rule ends what it matches, unanswered or refused. */
export function drops({ target }: IptablesRule): boolean {
  return DROPS.has(target ?? '');
}

/** Whether a rule names this TCP port by number, list or range; a negated match does not name it. */
export function namesPort({ words }: IptablesRule, port: number): boolean {
  const proto = words.indexOf('-p');
  if (proto >= 0 && words[proto + 1] !== 'tcp') return false;
  return words.some(
    (word, at) =>
      PORTS.has(word) &&
      words[at - 1] !== '!' &&
      (words[at + 1] ?? '').split(',').some((part) => {
        const [low, high = low] = part.split(':').map(Number);
        return low !== undefined && high !== undefined && low <= port && port <= high;
      }),
  );
}

/** Whether a rule matches every packet that comes to it: nothing but a target, its reason and a comment. */
export function matchesAll({ words }: IptablesRule): boolean {
  const at = words.indexOf('--comment');
  const rest = at < 0 ? words : words.filter((_, index) => index < at - 2 || index > at + 1);
  return rest[0] === '-j' && (rest.length === 2 || (rest[2] === '--reject-with' && rest.length === 4));
}

/** Weighs the counter of one rule, or of a policy as iptables-save prints it: `:FORWARD DROP`. */
export function provenByRule(watched: Watched, end: string): Proof {
  const [, chain] = /^:([^ ]+) DROP/.exec(end) ?? [];
  const { is, sentence } = countedBy(watched, chain === undefined ? `rule ${end}` : `policy DROP of ${chain}`);
  if (is === 'still') return { says: 'open', sentence: 'The counted packets alone do not tell which rule took them.' };
  return { says: is === 'ambiguous' ? 'open' : 'proven', sentence };
}
