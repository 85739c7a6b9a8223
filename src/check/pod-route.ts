// Every pod address needs a route to its host-side veth; without one the kernel sends its packets to the default route, that
// is through a gateway, which no pod of the node itself is behind.
// https://docs.tigera.io/calico/latest/reference/architecture/data-path
import type { Bound, Question, Verdict } from '../model/index.ts';
import { ipAddr, ipRouteGet } from '../probe/index.ts';
import { ask, evidence, lineFrom, lineOf, unknown } from './check.ts';
import type { Check, Proof, Readings } from './check.ts';
import { countedBy } from './counted.ts';
import { uplink } from './uplink.ts';

export const podRoute: Check = {
  id: 'pod-route',
  suspect: 'the route to a pod may be missing',
  ruledOut: 'packets for the pod are routed to its interface',
  codes: ['pod-route-missing'],
  shows: ['pod', 'service'],
  needs(bound: Bound): readonly Question[] {
    const pod = bound.subject.pods[0]?.address ?? null;
    const other = bound.peer?.pods[0]?.address ?? null;
    return pod === null
      ? []
      : [
          ask('subject', ipAddr, {}),
          ask('subject', ipRouteGet, { to: pod }),
          ...(other === null ? [] : [ask('peer', ipRouteGet, { to: other })]),
        ];
  },
  judge(bound: Bound, readings: Readings): Verdict {
    const pod = bound.subject.pods[0];
    if (pod === undefined || pod.address === null) {
      return unknown('pod-route', bound, 'subject', null, 'the way to a pod: none with an address of its own is known');
    }
    const here = uplink(bound, readings, 'subject');
    if (!here.known) return unknown('pod-route', bound, 'subject', here, 'the interface that holds the node address');
    const way = readings.of('subject', ipRouteGet, { to: pod.address });
    const answer = readings.answer('subject', ipRouteGet, { to: pod.address });
    if (way === null || !way.known || answer === null)
      return unknown('pod-route', bound, 'subject', way, `the way to pod ${pod.address}`);
    const { device, via, kind, line } = way.value;
    if (device !== null && via === null && device !== here.value.device && kind !== 'local') {
      return { is: 'clear', because: `${pod.address} is routed to ${device}` };
    }
    return {
      is: 'found',
      findings: [
        {
          code: 'pod-route-missing',
          statement: `This node has no route to its own pod ${pod.namespace}/${pod.name} (${pod.address}): its packets would go to ${device ?? 'nowhere'}.`,
          confidence: 'likely',
          evidence: [
            evidence(
              'way to a pod of its own',
              lineOf(answer, line),
              lineFrom(readings, 'peer', ipRouteGet, { to: bound.peer?.pods[0]?.address ?? '' }, (peer) => peer.line),
            ),
          ],
          facts: { pod: pod.address },
          residue: [],
        },
      ],
    };
  },
  prove(finding, watched): Proof {
    const { story, sent } = watched;
    if (sent.to === finding.facts['pod'] && story.fate === 'answered') {
      return { says: 'refuted', sentence: `All ${sent.count} marked packets reached the pod and were answered.` };
    }
    const { is, sentence } = countedBy(watched, 'IpExtInNoRoutes');
    if (sent.to === finding.facts['pod'] && is !== 'still')
      return { says: is === 'ambiguous' ? 'open' : 'proven', sentence };
    return { says: 'open', sentence: 'The marked packets to the pod failed, as they would without its route.' };
  },
};
