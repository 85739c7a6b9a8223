// A neighbour in state FAILED did not answer ARP: everything routed through it is dropped here with "No route to host".
// https://man7.org/linux/man-pages/man8/ip-neighbour.8.html
import type { Bound, Question, Verdict } from '../model/index.ts';
import { ipNeigh, ipRoute } from '../probe/index.ts';
import { ask, evidence, lineFrom, lineOf, unknown } from './check.ts';
import type { Check, Readings } from './check.ts';

export const gatewayAnswers: Check = {
  id: 'gateway-answers',
  suspect: 'the gateway may not answer',
  ruledOut: 'no gateway has failed to answer ARP',
  codes: ['gateway-not-answering'],
  needs: (): readonly Question[] => [ask('subject', ipRoute, {}), ask('subject', ipNeigh, {})],
  judge(bound: Bound, readings: Readings): Verdict {
    const routes = readings.of('subject', ipRoute, {});
    if (routes === null || !routes.known) return unknown('gateway-answers', bound, 'subject', routes, 'the routes');
    const neighbours = readings.of('subject', ipNeigh, {});
    const answer = readings.answer('subject', ipNeigh, {});
    if (neighbours === null || !neighbours.known || answer === null) {
      return unknown('gateway-answers', bound, 'subject', neighbours, 'the neighbours');
    }
    const gateways = new Set(routes.value.routes.map(({ via }) => via));
    const failed = neighbours.value.neighbours.find(
      ({ address, state }) => gateways.has(address) && state === 'FAILED',
    );
    if (failed === undefined) return { is: 'clear', because: 'no gateway is in state FAILED' };
    return {
      is: 'found',
      findings: [
        {
          code: 'gateway-not-answering',
          statement: `The gateway ${failed.address} does not answer ARP, so nothing routed through it leaves this node.`,
          confidence: 'likely',
          evidence: [
            evidence(
              'neighbour entry of the gateway',
              lineOf(answer, failed.line),
              lineFrom(
                readings,
                'peer',
                ipNeigh,
                {},
                (peer) => peer.neighbours.find(({ address }) => address === failed.address)?.line,
              ),
            ),
          ],
          facts: { gateway: failed.address },
          residue: [],
        },
      ],
    };
  },
};
