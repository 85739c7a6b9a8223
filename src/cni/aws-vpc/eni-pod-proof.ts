import type { Proof } from '../../check/check.ts';
import type { Finding, Watched } from '../../model/index.ts';

/** Weighs marked packets that were sent where the finding says that they would be lost. */
export function proveEniPod(finding: Finding, { sent, story, counters }: Watched): Proof {
  if (sent.to !== finding.facts['sendTo'] || String(sent.port) !== finding.facts['sendPort']) {
    return { says: 'open', sentence: 'The marked packets went elsewhere.' };
  }
  if (sent.answered >= sent.count && sent.count > 0) {
    return { says: 'refuted', sentence: `All ${sent.count} marked packets were answered.` };
  }
  const filter = counters.find(({ counter }) => counter === 'TcpExtIPReversePathFilter');
  const dropped = filter === undefined ? 0 : filter.during - filter.quiet;
  const lost = sent.count - sent.answered;
  const counted = `The kernel's reverse path filter dropped ${dropped} packets more than in a quiet window as long`;
  switch (finding.code) {
    case 'eni-pod-reply-leaves-uplink':
      return story.fate === 'answered-elsewhere'
        ? { says: 'proven', sentence: 'Requests came in by the ENI of the pod and their answers left by the uplink.' }
        : open;
    case 'eni-pod-request-dropped':
      return dropped >= lost && lost === sent.count
        ? { says: 'proven', sentence: `${counted}; ${sent.count} marked ones were sent and none was answered.` }
        : open;
    default:
      return dropped >= lost && lost > 0
        ? {
            says: 'proven',
            sentence: `${counted}: as many as the ${lost} of ${sent.count} marked ones that got no answer.`,
          }
        : open;
  }
}

const open: Proof = {
  says: 'open',
  sentence: 'The marked packets failed, but not in the way this cause would make them fail.',
};
