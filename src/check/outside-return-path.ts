// The default route is one for the whole node: with two interfaces in one subnet, repairing the connected route leaves
// clients beyond the gateway answered by the other interface still. https://man7.org/linux/man-pages/man8/ip-rule.8.html
import type { Bound, Question, Verdict } from '../model/index.ts';
import { ipAddr, ipRoute, ipRouteGet, ipRule } from '../probe/index.ts';
import { ask, evidence, lineOf, unknown } from './check.ts';
import type { Check, Proof, Readings } from './check.ts';
import { contains, network } from './subnet.ts';
import { uplink } from './uplink.ts';

/** An address beyond every gateway, from TEST-NET-3 (RFC 5737): it is looked up, never sent to. */
export const BEYOND = '203.0.113.1';
const CODE = 'outside-reply-leaves-other-interface';

export const outsideReturnPath: Check = {
  id: 'outside-return-path',
  suspect: 'replies to clients outside the subnet may leave by another interface',
  ruledOut: 'replies to clients outside the subnet leave by the interface that requests come in on',
  codes: [CODE],
  shows: ['kubelet', 'service'],
  needs(bound: Bound): readonly Question[] {
    const questions = [
      ask('subject', ipAddr, {}),
      ask('subject', ipRoute, {}),
      ask('subject', ipRule, {}),
      ask('subject', ipRouteGet, { to: BEYOND, from: bound.subject.address }),
    ];
    if (bound.peer !== null)
      questions.push(ask('peer', ipAddr, {}), ask('peer', ipRouteGet, { to: BEYOND, from: bound.peer.address }));
    return questions;
  },
  judge(bound: Bound, readings: Readings): Verdict {
    const here = uplink(bound, readings, 'subject');
    if (!here.known)
      return unknown('outside-return-path', bound, 'subject', here, 'the interface that holds the node address');
    const params = { to: BEYOND, from: bound.subject.address };
    const back = readings.of('subject', ipRouteGet, params);
    const asked = readings.answer('subject', ipRouteGet, params);
    if (back === null || !back.known || asked === null) {
      return unknown('outside-return-path', bound, 'subject', back, 'the way back to clients outside the subnet');
    }
    const { device, via, line } = back.value;
    if (device === null) {
      const detail = `which way replies to clients outside the subnet leave, for there is none (${line})`;
      return unknown('outside-return-path', bound, 'subject', null, detail);
    }
    if (device === here.value.device) {
      return { is: 'clear', because: `the way back beyond the gateway leaves by ${here.value.device}` };
    }
    if (via === null || !contains(network(bound.subject.address, here.value.prefix), via)) {
      const detail = `from where clients outside the subnet come in: the default route leads by ${device} through another network`;
      return unknown('outside-return-path', bound, 'subject', null, detail);
    }
    const peerParams = { to: BEYOND, from: bound.peer?.address ?? '' };
    const peer = readings.answer('peer', ipRouteGet, peerParams);
    const peerBack = readings.of('peer', ipRouteGet, peerParams);
    const there = uplink(bound, readings, 'peer');
    const peerDevice = peerBack?.known === true ? peerBack.value.device : null;
    if (there.known && peerDevice !== null && peerDevice !== there.value.device)
      return { is: 'clear', because: `the healthy peer answers them through another interface too, ${peerDevice}` };
    return {
      is: 'found',
      findings: [
        {
          code: CODE,
          statement: `Clients outside the node's subnet are answered through ${device}, not ${here.value.device}: the default route leaves there.`,
          confidence: 'likely',
          evidence: [
            evidence(
              'way back to a client outside the subnet',
              lineOf(asked, line),
              peer !== null && peerBack?.known === true ? lineOf(peer, peerBack.value.line) : null,
            ),
          ],
          facts: { device, uplink: here.value.device, to: BEYOND },
          residue: [],
        },
      ],
    };
  },
  prove(finding, { story, sent }): Proof {
    const other = story.points.findIndex(({ device }) => device === finding.facts['device']);
    if (story.fate === 'answered' && (story.answersAt[other] ?? 0) > 0)
      return {
        says: 'refuted',
        sentence: `All ${sent.count} marked packets were answered, by the other interface too.`,
      };
    return {
      says: 'open',
      sentence: 'The marked packets came from the subnet; nobody outside it was there to send any.',
    };
  },
};
