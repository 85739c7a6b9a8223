// Netfilter judges after routing has accepted: a DROP or REJECT rule for the port in INPUT loses packets that every route
// lookup calls fine. https://man7.org/linux/man-pages/man8/iptables.8.html
import type { Bound, Question, Verdict } from '../model/index.ts';
import { iptablesFilter } from '../probe/index.ts';
import { ask, evidence, lineFrom, lineOf, unknown } from './check.ts';
import type { Check, Proof, Readings } from './check.ts';
import { drops, matchesAll, namesPort, provenByRule } from './iptables.ts';
import { KUBELET_PORT } from './kubelet-listens.ts';

export const inputFirewall: Check = {
  id: 'input-firewall',
  suspect: 'a firewall rule may block port 10250',
  ruledOut: 'no rule of the INPUT chain blocks port 10250',
  codes: ['firewall-blocks-kubelet'],
  shows: ['kubelet'],
  needs: (): readonly Question[] => [ask('subject', iptablesFilter, {})],
  judge(bound: Bound, readings: Readings): Verdict {
    const reading = readings.of('subject', iptablesFilter, {});
    const answer = readings.answer('subject', iptablesFilter, {});
    if (reading === null || !reading.known || answer === null)
      return unknown('input-firewall', bound, 'subject', reading, 'the firewall');
    const ending = reading.value.rules.filter((rule) => rule.chain === 'INPUT' && drops(rule));
    const blocking = ending.find((rule) => namesPort(rule, KUBELET_PORT));
    if (blocking !== undefined) {
      return {
        is: 'found',
        findings: [
          {
            code: 'firewall-blocks-kubelet',
            statement: `An iptables rule in INPUT drops packets for port ${KUBELET_PORT}.`,
            confidence: 'likely',
            evidence: [
              evidence(
                'rule for port 10250 in INPUT',
                lineOf(answer, blocking.line),
                lineFrom(
                  readings,
                  'peer',
                  iptablesFilter,
                  {},
                  (peer) => peer.rules.find((rule) => rule.chain === 'INPUT' && namesPort(rule, KUBELET_PORT))?.line,
                ),
              ),
            ],
            facts: { rule: blocking.line },
            residue: [],
          },
        ],
      };
    }
    const last = ending.find(matchesAll)?.line ?? (reading.value.policies['INPUT'] === 'DROP' ? ':INPUT DROP' : null);
    if (last !== null) {
      const detail = `which rule of INPUT accepts port ${KUBELET_PORT}; what none accepts is dropped (${last})`;
      return unknown('input-firewall', bound, 'subject', null, detail);
    }
    return { is: 'clear', because: 'INPUT accepts by policy and none of its rules that drop names the port' };
  },
  prove({ facts }, watched): Proof {
    const { story, sent } = watched;
    if (sent.port === KUBELET_PORT && story.fate === 'answered') {
      return { says: 'refuted', sentence: `All ${sent.count} marked packets to port ${KUBELET_PORT} were answered.` };
    }
    if (sent.port !== KUBELET_PORT)
      return { says: 'open', sentence: `The marked packets did not go to port ${KUBELET_PORT}.` };
    return provenByRule(watched, String(facts['rule']));
  },
};
