// A full connection tracking table drops every new connection ("nf_conntrack: table full, dropping packet").
// A limit of 0 is no limit. https://docs.kernel.org/networking/nf_conntrack-sysctl.html
import type { Bound, Question, Verdict } from '../model/index.ts';
import { sysctlConntrack } from '../probe/index.ts';
import { ask, evidence, lineFrom, lineOf, unknown } from './check.ts';
import type { Check, Proof, Readings } from './check.ts';
import { countedBy } from './counted.ts';

/** The share of the table at which the kernel is about to refuse; early drop starts at the top, so 95 % leaves no room for a burst. */
const FULL = 0.95;

export const conntrackRoom: Check = {
  id: 'conntrack-room',
  suspect: 'the conntrack table may be full',
  ruledOut: 'the conntrack table has room',
  codes: ['conntrack-full'],
  needs: (): readonly Question[] => [ask('subject', sysctlConntrack, {})],
  judge(bound: Bound, readings: Readings): Verdict {
    const reading = readings.of('subject', sysctlConntrack, {});
    const answer = readings.answer('subject', sysctlConntrack, {});
    if (reading === null || !reading.known || answer === null) {
      return unknown('conntrack-room', bound, 'subject', reading, 'the conntrack table');
    }
    const { loaded, count, max, line } = reading.value;
    if (!loaded) return { is: 'clear', because: 'this kernel tracks no connections' };
    if (max === 0) return { is: 'clear', because: `${count} conntrack entries, and no limit is set` };
    if (count < max * FULL) return { is: 'clear', because: `${count} of ${max} conntrack entries` };
    return {
      is: 'found',
      findings: [
        {
          code: 'conntrack-full',
          statement: `The conntrack table is full: ${count} of ${max} entries. New connections through this node are dropped.`,
          confidence: 'likely',
          evidence: ['conntrack entries', 'most entries'].map((about, at) =>
            evidence(
              about,
              lineOf(answer, line.split('; ')[at]),
              lineFrom(readings, 'peer', sysctlConntrack, {}, (peer) => peer.line.split('; ')[at]),
            ),
          ),
          facts: {},
          residue: [],
        },
      ],
    };
  },
  prove(_finding, watched): Proof {
    const { sent, story } = watched;
    if (story.fate === 'answered')
      return { says: 'open', sentence: `All ${sent.count} marked packets were answered: there was room for them.` };
    const { is, sentence } = countedBy(watched, 'conntrack drop', 'unanswered');
    if (is === 'still')
      return { says: 'open', sentence: 'Connection tracking counted none of the marked packets as dropped.' };
    return { says: is === 'ambiguous' ? 'open' : 'proven', sentence };
  },
};
