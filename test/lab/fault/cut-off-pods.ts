import { echoes } from '../knock.ts';
import type { Lab } from '../lab-handle.ts';
import { controlPlane, peer, subject } from '../topology/calico.ts';
import type { Observation } from './fault.ts';

const subjectPod = '192.168.4.25';
const peerPod = '192.168.54.50';
const outside = '8.8.8.8';

/** No other node reaches the subject's pod and the pod gets no answer from outside, while node and pod reach each other. */
export async function podsCutOff(lab: Lab): Promise<Observation> {
  const [fromPeer, toOutside, ownNode, peerOutside] = await Promise.all([
    echoes(lab, peer, subjectPod),
    echoes(lab, subjectPod, outside),
    echoes(lab, subject, subjectPod),
    echoes(lab, peerPod, outside),
  ]);
  return {
    holds: fromPeer === 0 && toOutside === 0 && ownNode > 0 && peerOutside > 0,
    lines: [
      `${peer} -> pod ${subjectPod}: ${fromPeer} of 2 echo requests answered`,
      `pod ${subjectPod} -> ${outside}: ${toOutside} of 2`,
      `${subject} -> its own pod ${subjectPod}: ${ownNode} of 2`,
      `healthy peer's pod ${peerPod} -> ${outside}: ${peerOutside} of 2`,
    ],
  };
}

/** The pod is reached from everywhere and reaches everything. */
export async function podsAnswer(lab: Lab): Promise<Observation> {
  const ways: (readonly [from: string, to: string])[] = [
    [peer, subjectPod],
    [controlPlane, subjectPod],
    [peerPod, subjectPod],
    [subjectPod, peerPod],
    [subjectPod, outside],
    [subjectPod, '10.39.0.107'],
    [subject, subjectPod],
  ];
  const answered = await Promise.all(ways.map(([from, to]) => echoes(lab, from, to)));
  return {
    holds: answered.every((count) => count > 0),
    lines: ways.map(([from, to], index) => `${from} -> ${to}: ${answered[index]} of 2 echo requests answered`),
  };
}
