// With policy DROP in FORWARD and nobody to accept, nothing is forwarded although ip_forward is 1 (Docker sets this policy).
// https://docs.docker.com/engine/network/packet-filtering-firewalls/
import type { Bound, Question, Verdict } from '../model/index.ts';
import { iptablesFilter } from '../probe/index.ts';
import { ask, evidence, lineOf, unknown } from './check.ts';
import type { Check, Readings } from './check.ts';

const DROPS = new Set(['DROP', 'REJECT']);

export const forwardFirewall: Check = {
  id: 'forward-firewall',
  suspect: 'the firewall may drop forwarded packets',
  ruledOut: 'the FORWARD chain does not drop pod traffic by policy',
  codes: ['forward-policy-drop'],
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
    const policy = reading.value.policies['FORWARD'];
    if (policy !== 'DROP') return { is: 'clear', because: 'FORWARD accepts by policy' };
    const jump = reading.value.rules.find(
      ({ chain, target }) => chain === 'FORWARD' && target !== null && !DROPS.has(target),
    );
    if (jump !== undefined) return { is: 'clear', because: `FORWARD drops by policy, but ${jump.line} comes first` };
    const peer = readings.of('peer', iptablesFilter, {});
    const peerAnswer = readings.answer('peer', iptablesFilter, {});
    const peerPolicy = peer?.known === true ? peer.value.policies['FORWARD'] : undefined;
    return {
      is: 'found',
      findings: [
        {
          code: 'forward-policy-drop',
          statement:
            'The FORWARD chain drops by policy and no rule accepts anything: nothing is forwarded to or from pods.',
          confidence: 'likely',
          evidence: [
            evidence(
              'policy of FORWARD',
              lineOf(answer, ':FORWARD DROP'),
              peerAnswer !== null && peerPolicy !== undefined ? lineOf(peerAnswer, `:FORWARD ${peerPolicy}`) : null,
            ),
          ],
          facts: {},
          residue: [],
        },
      ],
    };
  },
};
