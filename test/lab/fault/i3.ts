import { must } from '../command.ts';
import { echoes } from '../knock.ts';
import type { Lab } from '../lab-handle.ts';
import { calico, controlPlane, peer, subject, subjectFelixSettings } from '../topology/calico.ts';
import type { Fault, Observation } from './fault.ts';

const subjectPod = '192.168.4.25';
const peerPod = '192.168.54.50';
const outside = '8.8.8.8';

/**
 * Forwarding switched off. Writing 0 to ip_forward clears every interface's forwarding
 * (https://docs.kernel.org/networking/ip-sysctl.html); Felix then sets it again on its own interfaces only, so requests of pods
 * still leave while what comes back, or from other nodes, is not forwarded.
 */
export const i3: Fault = {
  name: 'i3',
  summary: 'ip_forward=0 with Calico: no other node reaches the pods, and they get no answer from outside',
  topology: (twin) =>
    calico(
      twin
        ? { subjectSteps: [], subjectEtc: {} }
        : {
            subjectSteps: [
              { do: 'sysctl', settings: [['net.ipv4.ip_forward', '0']] },
              { do: 'sysctl', settings: subjectFelixSettings },
            ],
            subjectEtc: { 'sysctl.d/90-hardening.conf': hardening },
          },
    ),
  symptom,
  fix: async (lab) => {
    await must(lab.enter(subject, ['sysctl', '-w', 'net.ipv4.ip_forward=1']));
  },
  healthy,
};

const hardening = `# Hosts are not routers.
net.ipv4.ip_forward = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
`;

async function symptom(lab: Lab): Promise<Observation> {
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

async function healthy(lab: Lab): Promise<Observation> {
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
