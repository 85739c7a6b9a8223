import { echoes, knock } from '../knock.ts';
import type { Lab } from '../lab-handle.ts';
import type { LabPod } from '../record.ts';
import { resolve } from '../resolve.ts';
import { clusterDomain, controlPlane, dnsService, peer, subject } from '../topology/flannel.ts';
import type { Observation } from './fault.ts';

const kubernetes = `kubernetes.default.svc.${clusterDomain}`;
const metrics = 9153;

/** The addresses of the subject's pod and of the cluster DNS, as they are now. */
function podsNow(lab: Lab): { own: string; dns: string } {
  const address = (test: (pod: LabPod) => boolean) => lab.pods.find(test)?.address ?? '';
  return { own: address(({ node }) => node === subject), dns: address(({ name }) => name.startsWith('coredns')) };
}

/** Neither the subject nor its pod gets an answer from the cluster DNS on the peer, while another node does. */
export async function dnsTimesOut(lab: Lab): Promise<Observation> {
  const { own, dns } = podsNow(lab);
  const [fromNode, fromPod, byAddress, inside, elsewhere] = await Promise.all([
    resolve(lab, subject, dnsService, kubernetes),
    resolve(lab, own, dnsService, kubernetes),
    knock(lab, subject, dns, metrics),
    echoes(lab, subject, own),
    resolve(lab, controlPlane, dnsService, kubernetes),
  ]);
  return {
    holds: fromNode === null && fromPod === null && byAddress === 'timed-out' && inside > 0 && elsewhere !== null,
    lines: [
      `${subject} asks ${dnsService} for ${kubernetes}: ${fromNode ?? 'no answer'}`,
      `its pod ${own} asks: ${fromPod ?? 'no answer'}`,
      `${subject} -> ${dns}:${metrics}: ${byAddress}`,
      `${subject} -> its own pod ${own}: ${inside} of 2 echo requests answered`,
      `${controlPlane} asks ${dnsService}: ${elsewhere ?? 'no answer'}`,
    ],
  };
}

/** The peer itself reaches no pod of the subject, while the peer's pods and another node do. */
export async function peerIsCutOff(lab: Lab): Promise<Observation> {
  const { own, dns } = podsNow(lab);
  const [fromPeer, fromPeerPod, fromOther] = await Promise.all([
    echoes(lab, peer, own),
    echoes(lab, dns, own),
    echoes(lab, controlPlane, own),
  ]);
  return {
    holds: fromPeer === 0 && fromPeerPod > 0 && fromOther > 0,
    lines: [
      `${peer} -> pod ${own}: ${fromPeer} of 2 echo requests answered`,
      `pod ${dns} on ${peer} -> pod ${own}: ${fromPeerPod} of 2`,
      `${controlPlane} -> pod ${own}: ${fromOther} of 2`,
    ],
  };
}

/** Nodes and pods reach each other both ways, and the cluster DNS answers. */
export async function overlayWorks(lab: Lab): Promise<Observation> {
  const { own, dns } = podsNow(lab);
  const ways: (readonly [from: string, to: string])[] = [
    [peer, own],
    [controlPlane, own],
    [dns, own],
    [subject, dns],
    [own, dns],
  ];
  const [fromNode, fromPod, service, ...answered] = await Promise.all([
    resolve(lab, subject, dnsService, kubernetes),
    resolve(lab, own, dnsService, kubernetes),
    knock(lab, subject, dnsService, 53),
    ...ways.map(([from, to]) => echoes(lab, from, to)),
  ]);
  return {
    holds: fromNode !== null && fromPod !== null && service === 'open' && answered.every((count) => count > 0),
    lines: [
      `${subject} asks ${dnsService} for ${kubernetes}: ${fromNode ?? 'no answer'}`,
      `its pod ${own} asks: ${fromPod ?? 'no answer'}`,
      `${subject} -> ${dnsService}:53 over TCP: ${service}`,
      ...ways.map(([from, to], index) => `${from} -> ${to}: ${answered[index]} of 2 echo requests answered`),
    ],
  };
}
