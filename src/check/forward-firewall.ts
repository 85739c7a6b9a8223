// With policy DROP in FORWARD and nobody to accept, nothing is forwarded although ip_forward is 1 (Docker sets this policy).
// https://docs.docker.com/engine/network/packet-filtering-firewalls/
import type { Bound, Question, Verdict } from '../model/index.ts';
import { iptablesFilter } from '../probe/index.ts';
import { ask, evidence, lineOf, unknown } from './check.ts';
import type { Check, Proof, Readings } from './check.ts';
import { drops, matchesAll, provenByRule } from './iptables.ts';

export const forwardFirewall: Check = {
  id: 'forward-firewall',
  suspect: 'the firewall may drop forwarded packets',
  ruledOut: 'the FORWARD chain does not drop everything',
  codes: ['forward-policy-drop'],
  shows: ['pod', 'service'],
  needs: (bound: Bound): readonly Question[] => [
    ask('subject', iptablesFilter, {}),
    ...(bound.peer === null ? [] : [ask('peer', iptablesFilter, {})]),
  ],
  judge(bound: Bound, readings: Readings): Verdict {
    const reading = readings.of('subject', iptablesFilter, {});
    const answer = readings.answer('subject', iptablesFilter, {});
    if (reading === null || !reading.known || answer === null) {
      return unknown('forward-firewall', bound, 'subject', reading, 'the firewall');
    }
    const rules = reading.value.rules.filter(({ chain }) => chain === 'FORWARD');
    const end = rules.findIndex((rule) => drops(rule) && matchesAll(rule));
    const last = rules[end]?.line ?? (reading.value.policies['FORWARD'] === 'DROP' ? ':FORWARD DROP' : null);
    if (last === null) return { is: 'clear', because: 'FORWARD accepts what no rule of it takes' };
    const jump = rules.slice(0, end < 0 ? rules.length : end).find((rule) => rule.target !== null && !drops(rule));
    if (jump !== undefined) return { is: 'clear', because: `FORWARD drops in the end, but ${jump.line} comes first` };
    const peer = readings.of('peer', iptablesFilter, {});
    const peerAnswer = readings.answer('peer', iptablesFilter, {});
    const peerPolicy = peer?.known === true ? peer.value.policies['FORWARD'] : undefined;
    return {
      is: 'found',
      findings: [
        {
          code: 'forward-policy-drop',
          statement:
            'The FORWARD chain drops in the end and no rule before accepts anything: nothing is forwarded to or from pods.',
          confidence: 'likely',
          evidence: [
            evidence(
              'end of the FORWARD chain',
              lineOf(answer, last),
              peerAnswer !== null && peerPolicy !== undefined ? lineOf(peerAnswer, `:FORWARD ${peerPolicy}`) : null,
            ),
          ],
          facts: { end: last },
          residue: [],
        },
      ],
    };
  },
  prove({ facts }, watched): Proof {
    const { story, sent } = watched;
    if (sent.port === null && story.fate === 'answered') {
      return { says: 'refuted', sentence: `All ${sent.count} marked packets reached the pod and were answered.` };
    }
    return provenByRule(watched, String(facts['end']));
  },
};
