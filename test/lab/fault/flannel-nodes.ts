import { echoes, knock } from '../knock.ts';
import type { Lab } from '../lab-handle.ts';
import { resolve } from '../resolve.ts';
import { clusterDomain, controlPlane, dnsPod, dnsService, peer, subject, subjectPod } from '../topology/flannel.ts';
import type { Observation } from './fault.ts';

const kubernetes = `kubernetes.default.svc.${clusterDomain}`;
const metrics = 9153;

/** Neither the subject nor its pod gets an answer from the cluster DNS on the peer, while another node does. */
export async function dnsTimesOut(lab: Lab): Promise<Observation> {
  const [fromNode, fromPod, byAddress, inside, elsewhere] = await Promise.all([
    resolve(lab, subject, dnsService, kubernetes),
    resolve(lab, subjectPod.address, dnsService, kubernetes),
    knock(lab, subject, dnsPod.address, metrics),
    echoes(lab, subject, subjectPod.address),
    resolve(lab, controlPlane, dnsService, kubernetes),
  ]);
  return {
    holds: fromNode === null && fromPod === null && byAddress === 'timed-out' && inside > 0 && elsewhere !== null,
    lines: [
      `${subject} asks ${dnsService} for ${kubernetes}: ${fromNode ?? 'no answer'}`,
      `its pod ${subjectPod.address} asks: ${fromPod ?? 'no answer'}`,
      `${subject} -> ${dnsPod.address}:${metrics}: ${byAddress}`,
      `${subject} -> its own pod ${subjectPod.address}: ${inside} of 2 echo requests answered`,
      `${controlPlane} asks ${dnsService}: ${elsewhere ?? 'no answer'}`,
    ],
  };
}

/** The peer itself reaches no pod of the subject, while the peer's pods and another node do. */
export async function peerIsCutOff(lab: Lab): Promise<Observation> {
  const [fromPeer, fromPeerPod, fromOther] = await Promise.all([
    echoes(lab, peer, subjectPod.address),
    echoes(lab, dnsPod.address, subjectPod.address),
    echoes(lab, controlPlane, subjectPod.address),
  ]);
  return {
    holds: fromPeer === 0 && fromPeerPod > 0 && fromOther > 0,
    lines: [
      `${peer} -> pod ${subjectPod.address}: ${fromPeer} of 2 echo requests answered`,
      `pod ${dnsPod.address} on ${peer} -> pod ${subjectPod.address}: ${fromPeerPod} of 2`,
      `${controlPlane} -> pod ${subjectPod.address}: ${fromOther} of 2`,
    ],
  };
}

/** Nodes and pods reach each other both ways, and the cluster DNS answers. */
export async function overlayWorks(lab: Lab): Promise<Observation> {
  const ways: (readonly [from: string, to: string])[] = [
    [peer, subjectPod.address],
    [controlPlane, subjectPod.address],
    [dnsPod.address, subjectPod.address],
    [subject, dnsPod.address],
    [subjectPod.address, dnsPod.address],
  ];
  const [fromNode, fromPod, service, ...answered] = await Promise.all([
    resolve(lab, subject, dnsService, kubernetes),
    resolve(lab, subjectPod.address, dnsService, kubernetes),
    knock(lab, subject, dnsService, 53),
    ...ways.map(([from, to]) => echoes(lab, from, to)),
  ]);
  return {
    holds: fromNode !== null && fromPod !== null && service === 'open' && answered.every((count) => count > 0),
    lines: [
      `${subject} asks ${dnsService} for ${kubernetes}: ${fromNode ?? 'no answer'}`,
      `its pod ${subjectPod.address} asks: ${fromPod ?? 'no answer'}`,
      `${subject} -> ${dnsService}:53 over TCP: ${service}`,
      ...ways.map(([from, to], index) => `${from} -> ${to}: ${answered[index]} of 2 echo requests answered`),
    ],
  };
}
