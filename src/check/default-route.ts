// Without a default route the kernel answers "Network is unreachable" for everything beyond its own prefixes.
// https://man7.org/linux/man-pages/man8/ip-route.8.html
import type { Bound, Question, Verdict } from '../model/index.ts';
import { ipRoute } from '../probe/index.ts';
import type { Route } from '../probe/ip-route.ts';
import { ask, evidence, lineOf, unknown } from './check.ts';
import type { Check, Readings } from './check.ts';

const isDefault = ({ destination, type }: Route): boolean => destination === '0.0.0.0/0' && type === 'unicast';

export const defaultRoute: Check = {
  id: 'default-route',
  suspect: 'the default route may be missing',
  ruledOut: 'there is a default route',
  codes: ['no-default-route'],
  needs: (bound: Bound): readonly Question[] => [
    ask('subject', ipRoute, {}),
    ...(bound.peer === null ? [] : [ask('peer', ipRoute, {})]),
  ],
  judge(bound: Bound, readings: Readings): Verdict {
    const reading = readings.of('subject', ipRoute, {});
    const answer = readings.answer('subject', ipRoute, {});
    if (reading === null || !reading.known || answer === null)
      return unknown('default-route', bound, 'subject', reading, 'the routes');
    const found = reading.value.routes.find(isDefault);
    if (found !== undefined) return { is: 'clear', because: found.line.trim() };
    const peer = readings.of('peer', ipRoute, {});
    const peerAnswer = readings.answer('peer', ipRoute, {});
    if (peer === null || !peer.known || peerAnswer === null) {
      return unknown('default-route', bound, 'peer', peer, 'this node has no default route; whether a healthy one has');
    }
    const peerRoute = peer.value.routes.find(isDefault);
    if (peerRoute === undefined) return { is: 'clear', because: 'the healthy peer has no default route either' };
    return {
      is: 'found',
      findings: [
        {
          code: 'no-default-route',
          statement: 'This node has no default route in table main; its healthy peer has one.',
          confidence: 'likely',
          evidence: [evidence('default route', lineOf(answer, undefined), lineOf(peerAnswer, peerRoute.line))],
          facts: {},
          residue: [],
        },
      ],
    };
  },
};
