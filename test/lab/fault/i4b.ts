import { must } from '../command.ts';
import { enis, subject } from '../topology/eni.ts';
import { nodePortConnects } from './eni-matrix.ts';
import type { Fault } from './fault.ts';

/**
 * A NodePort's packets arrive on eth0. After DNAT the way back is looked up as from the pod, which for a pod on eth1 is table 2
 * and eth1; with strict RPF on eth0 the kernel drops the SYN. The CNI sets loose RPF there for this reason; somebody set it back.
 */
export const i4b: Fault = {
  name: 'i4b',
  summary: 'a NodePort on eth0 connects by turns: SYNs for pods on eth1 are dropped by strict rp_filter on eth0',
  topology: (twin) =>
    enis({
      podRules: 'everywhere',
      rpFilter: { eth0: twin ? '2' : '1', eth1: '2' },
      subjectSteps: [],
      subjectEtc: twin ? {} : { 'sysctl.d/90-hardening.conf': hardening },
      runtime: 'containerd://2.1.4',
    }),
  symptom: (lab) => nodePortConnects(lab, 3),
  async fix(lab) {
    await must(lab.enter(subject, ['sysctl', '-w', 'net.ipv4.conf.eth0.rp_filter=2']));
  },
  healthy: (lab) => nodePortConnects(lab, 9),
};

const hardening = `# Hosts check where packets come from.
net.ipv4.conf.eth0.rp_filter = 1
`;
