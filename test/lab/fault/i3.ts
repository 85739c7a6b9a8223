import { must } from '../command.ts';
import { calico, subject, subjectFelixSettings } from '../topology/calico.ts';
import { podsAnswer, podsCutOff } from './cut-off-pods.ts';
import type { Fault } from './fault.ts';

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
  symptom: podsCutOff,
  fix: async (lab) => {
    await must(lab.enter(subject, ['sysctl', '-w', 'net.ipv4.ip_forward=1']));
  },
  healthy: podsAnswer,
};

const hardening = `# Hosts are not routers.
net.ipv4.ip_forward = 0
net.ipv4.conf.all.send_redirects = 0
net.ipv4.conf.all.accept_source_route = 0
`;
