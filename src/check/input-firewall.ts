// Netfilter judges after routing has accepted: a DROP or REJECT rule for the port in INPUT loses packets that every route
// lookup calls fine. https://man7.org/linux/man-pages/man8/iptables.8.html
import type { Bound, Question, Verdict } from '../model/index.ts';
import { iptablesFilter } from '../probe/index.ts';
import { ask, evidence, lineOf, unknown } from './check.ts';
import type { Check, Readings } from './check.ts';
import { KUBELET_PORT } from './kubelet-listens.ts';

const DROPS = new Set(['DROP', 'REJECT']);

export const inputFirewall: Check = {
  id: 'input-firewall',
  suspect: 'a firewall rule may block port 10250',
  ruledOut: 'no iptables rule blocks port 10250',
  codes: ['firewall-blocks-kubelet'],
  needs: (): readonly Question[] => [ask('subject', iptablesFilter, {})],
  judge(bound: Bound, readings: Readings): Verdict {
    const reading = readings.of('subject', iptablesFilter, {});
    const answer = readings.answer('subject', iptablesFilter, {});
    if (reading === null || !reading.known || answer === null)
      return unknown('input-firewall', bound, 'subject', reading, 'the firewall');
    const blocking = reading.value.rules.find(
      ({ chain, words, target }) =>
        chain === 'INPUT' && DROPS.has(target ?? '') && words[words.indexOf('--dport') + 1] === String(KUBELET_PORT),
    );
    if (blocking !== undefined) {
      return {
        is: 'found',
        findings: [
          {
            code: 'firewall-blocks-kubelet',
            statement: `An iptables rule in INPUT drops packets for port ${KUBELET_PORT}.`,
            confidence: 'likely',
            evidence: [evidence('rule for port 10250 in INPUT', lineOf(answer, blocking.line), null)],
            facts: { rule: blocking.line },
            residue: [],
          },
        ],
      };
    }
    if (reading.value.policies['INPUT'] === 'DROP') {
      return unknown(
        'input-firewall',
        bound,
        'subject',
        null,
        "INPUT's policy is DROP, and which rule accepts the port was not judged",
      );
    }
    return { is: 'clear', because: 'INPUT accepts by policy and no rule names the port' };
  },
};
