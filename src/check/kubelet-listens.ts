// The API server dials the kubelet on TCP 10250 of the node's InternalIP; with no listener the kernel answers RST, which
// the API server reports as "connection refused". https://kubernetes.io/docs/reference/networking/ports-and-protocols/
import type { Bound, Question, Verdict } from '../model/index.ts';
import { ssListen } from '../probe/index.ts';
import { ask, evidence, lineOf, unknown } from './check.ts';
import type { Check, Proof, Readings } from './check.ts';

export const KUBELET_PORT = 10250;

export const kubeletListens: Check = {
  id: 'kubelet-listens',
  suspect: 'the kubelet may not be listening',
  ruledOut: 'the kubelet listens on port 10250',
  codes: ['kubelet-not-listening'],
  shows: ['kubelet'],
  needs: (bound: Bound): readonly Question[] => [
    ask('subject', ssListen, {}),
    ...(bound.peer === null ? [] : [ask('peer', ssListen, {})]),
  ],
  judge(bound: Bound, readings: Readings): Verdict {
    const reading = readings.of('subject', ssListen, {});
    const answer = readings.answer('subject', ssListen, {});
    if (reading === null || !reading.known || answer === null)
      return unknown('kubelet-listens', bound, 'subject', reading, 'listening sockets');
    const serves = (address: string): boolean =>
      ['*', '0.0.0.0', '::', '[::]', bound.subject.address].includes(address);
    const socket = reading.value.sockets.find(({ port, address }) => port === KUBELET_PORT && serves(address));
    if (socket !== undefined) return { is: 'clear', because: `a listener on ${socket.address}:${KUBELET_PORT}` };
    const peer = readings.of('peer', ssListen, {});
    const peerAnswer = readings.answer('peer', ssListen, {});
    const peerSocket = peer?.known === true ? peer.value.sockets.find(({ port }) => port === KUBELET_PORT) : undefined;
    const elsewhere = reading.value.sockets.find(({ port }) => port === KUBELET_PORT);
    return {
      is: 'found',
      findings: [
        {
          code: 'kubelet-not-listening',
          statement:
            elsewhere === undefined
              ? 'Nothing listens on port 10250 of this node: the kubelet is not running or serves another port.'
              : `The kubelet listens on ${elsewhere.address} only, not on the address ${bound.subject.address} that the API server dials.`,
          confidence: 'likely',
          evidence: [
            evidence(
              'listener on port 10250',
              lineOf(answer, elsewhere?.line),
              peerAnswer !== null && peerSocket !== undefined ? lineOf(peerAnswer, peerSocket.line) : null,
            ),
          ],
          facts: {},
          residue: [],
        },
      ],
    };
  },
  prove(_finding, { story, sent }): Proof {
    const counted = `${sent.count} marked packets to port ${KUBELET_PORT}`;
    if (sent.port === KUBELET_PORT && story.fate === 'answered') {
      return { says: 'refuted', sentence: `All ${counted} were answered.` };
    }
    if (sent.port === KUBELET_PORT && story.fate === 'refused') {
      return { says: 'proven', sentence: `The node refused ${Math.max(0, ...story.refusalsAt)} of ${counted}.` };
    }
    return { says: 'open', sentence: 'The marked packets failed, but were not refused as a closed port refuses them.' };
  },
};
