import type { Proof } from '../../check/check.ts';
import { countedBy } from '../../check/counted.ts';
import type { Finding, Watched } from '../../model/index.ts';

/** Weighs marked packets that were sent where the finding says that they would be lost. */
export function proveEniPod(finding: Finding, watched: Watched): Proof {
  const { sent, story } = watched;
  if (sent.to !== finding.facts['sendTo'] || String(sent.port) !== finding.facts['sendPort']) {
    return { says: 'open', sentence: 'The marked packets went elsewhere.' };
  }
  if (sent.answered >= sent.count && sent.count > 0) {
    return { says: 'refuted', sentence: `All ${sent.count} marked packets were answered.` };
  }
  if (finding.code === 'eni-pod-reply-leaves-uplink')
    return story.fate === 'answered-elsewhere'
      ? { says: 'proven', sentence: 'Requests came in by the ENI of the pod and their answers left by the uplink.' }
      : open;
  if (finding.code === 'eni-pod-request-dropped' && sent.answered > 0) return open;
  // Behind a service only some packets go to the pods in question: those that got no answer are what was dropped.
  const { is, sentence } = countedBy(
    watched,
    'TcpExtIPReversePathFilter',
    finding.code === 'eni-pod-request-dropped' ? 'sent' : 'unanswered',
  );
  if (is === 'still') return open;
  return { says: is === 'ambiguous' ? 'open' : 'proven', sentence };
}

const open: Proof = {
  says: 'open',
  sentence: 'The marked packets failed, but not in the way this cause would make them fail.',
};
