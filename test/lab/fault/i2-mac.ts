import { daemonPod, replacePod } from '../kube-call.ts';
import { flannel, subject } from '../topology/flannel.ts';
import { dnsTimesOut, overlayWorks } from './flannel-nodes.ts';
import type { Fault } from './fault.ts';

const realMac = 'b6:9b:ed:b0:37:74';

/**
 * The MAC of flannel.1 is not the one that the node's annotation announces. Other nodes address the inner frames to the announced
 * one; the kernel takes them for somebody else's (PACKET_OTHERHOST) and drops them before IP.
 * https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/ipv4/ip_input.c?h=v6.18 (ip_rcv_core)
 */
export const i2Mac: Fault = {
  name: 'i2-mac',
  summary:
    'flannel.1 has another MAC than its annotation announces: answers arrive and nobody takes them, DNS times out',
  topology: (twin) => flannel({ subjectSteps: [], ...(twin ? {} : { subjectMac: realMac }) }),
  symptom: dnsTimesOut,
  /** A new flannel announces the MAC that the device really has. */
  async fix(lab) {
    await replacePod(lab, await daemonPod(lab, 'kube-flannel/kube-flannel-ds', subject));
  },
  healthy: overlayWorks,
};
