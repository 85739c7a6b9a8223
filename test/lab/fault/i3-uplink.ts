import { must } from '../command.ts';
import { calico, subject } from '../topology/calico.ts';
import { podsAnswer, podsCutOff } from './cut-off-pods.ts';
import type { Fault } from './fault.ts';

/**
 * The trap beside i3: ip_forward is 1, but the uplink's own forwarding is 0, and it is the arriving interface's setting that
 * counts (https://docs.kernel.org/networking/ip-sysctl.html). Writing ip_forward=1 again changes nothing, since it is 1.
 */
export const i3Uplink: Fault = {
  name: 'i3-uplink',
  summary: 'i3 with ip_forward=1: only the uplink does not forward, and writing ip_forward=1 does nothing',
  topology: (twin) =>
    calico(
      twin
        ? { subjectSteps: [], subjectEtc: {} }
        : {
            subjectSteps: [{ do: 'sysctl', settings: [['net.ipv4.conf.eth0.forwarding', '0']] }],
            subjectEtc: {
              'sysctl.d/90-hardening.conf': '# Hosts are not routers.\nnet.ipv4.conf.eth0.forwarding = 0\n',
            },
          },
    ),
  symptom: podsCutOff,
  fix: async (lab) => {
    await must(lab.enter(subject, ['sysctl', '-w', 'net.ipv4.conf.eth0.forwarding=1']));
  },
  healthy: podsAnswer,
};
