// With ip_forward=1 and one device's own forwarding 0, writing ip_forward=1 again is a no-op (the kernel acts on a change
// only): the device's value itself has to be written. https://docs.kernel.org/networking/ip-sysctl.html, seen on 6.18.
import { sysctlIpv4, sysctlValue } from '../probe/index.ts';
import { NOT_PLAIN, plainDevice } from './plain.ts';
import { fact, facts, onNode, ROLLBACK_SECONDS, sameDoors } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';

export const switchUplinkForwardingOn: Remediation = {
  id: 'switch-uplink-forwarding-on',
  fixes: ['uplink-forwarding-off'],
  risk: 1,
  draft(finding, scene): Drafted {
    const uplink = fact(finding, 'uplink');
    if (!plainDevice(uplink)) return { unfit: NOT_PLAIN };
    const sysctls = scene.readings.of('subject', sysctlIpv4, {});
    const line = sysctls?.known === true ? sysctls.value.lines[`${uplink}.forwarding`] : undefined;
    if (line === undefined) return { unfit: `the forwarding setting of ${uplink} could not be read` };
    const name = `net/ipv4/conf/${uplink}/forwarding`;
    return {
      title: `switch forwarding of ${uplink} on`,
      safety: 'A run-time value of one interface; nothing is forwarded from it now.',
      steps: [onNode(scene, ['sysctl', '-w', `${name}=1`])],
      undo: [onNode(scene, ['sysctl', '-w', `${name}=0`])],
      preconditions: [{ argv: sysctlValue.argv({ name }), stdout: `${line}\n` }],
      doors: sameDoors(scene),
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['forwarding'],
      durable: [
        ...facts(finding, 'writers').map((writer) => `It is written in ${writer}.`),
        `Find what sets forwarding of ${uplink} to 0 when the interface comes up (networkd IPForward=/IPv4Forwarding=, a dispatcher script) and set it to 1 there.`,
      ],
    };
  },
};
