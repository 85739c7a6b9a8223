// A device without LOWER_UP has no carrier: nothing enters or leaves whatever the routes say.
// https://docs.kernel.org/networking/operstates.html
import type { Bound, Question, Verdict } from '../model/index.ts';
import { ipAddr, ipLink } from '../probe/index.ts';
import { ask, evidence, lineFrom, lineOf, unknown } from './check.ts';
import type { Check, Readings } from './check.ts';
import { uplink } from './uplink.ts';

export const uplinkUp: Check = {
  id: 'uplink-up',
  suspect: 'the uplink may be down',
  ruledOut: 'the uplink is up and has a carrier',
  codes: ['uplink-down'],
  needs: (): readonly Question[] => [ask('subject', ipAddr, {}), ask('subject', ipLink, {})],
  judge(bound: Bound, readings: Readings): Verdict {
    const here = uplink(bound, readings, 'subject');
    if (!here.known) return unknown('uplink-up', bound, 'subject', here, 'the interface that holds the node address');
    const links = readings.of('subject', ipLink, {});
    const answer = readings.answer('subject', ipLink, {});
    if (links === null || !links.known || answer === null)
      return unknown('uplink-up', bound, 'subject', links, 'the links');
    const link = links.value.links.find(({ device }) => device === here.value.device);
    if (link === undefined) return unknown('uplink-up', bound, 'subject', null, `the link ${here.value.device}`);
    const there = uplink(bound, readings, 'peer');
    if (link.up && link.lowerUp) return { is: 'clear', because: `${link.device} is up with a carrier` };
    return {
      is: 'found',
      findings: [
        {
          code: 'uplink-down',
          statement: `${link.device}, which holds the node's address ${bound.subject.address}, ${link.up ? 'has no carrier' : 'is switched off'}.`,
          confidence: 'likely',
          evidence: [
            evidence(
              `state of ${link.device}`,
              lineOf(answer, link.line),
              there.known
                ? lineFrom(
                    readings,
                    'peer',
                    ipLink,
                    {},
                    (peer) => peer.links.find(({ device }) => device === there.value.device)?.line,
                  )
                : null,
              'each has its own address, number and sizes',
            ),
          ],
          facts: { device: link.device },
          residue: [],
        },
      ],
    };
  },
};
