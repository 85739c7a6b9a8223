// Writing net.ipv4.ip_forward also writes every conf.*.forwarding and conf.*.accept_redirects, so the undo restores
// ip_forward first and then each saved value. https://docs.kernel.org/networking/ip-sysctl.html, seen on 6.18.
import type { Finding } from '../model/index.ts';
import { sysctlIpv4, sysctlValue } from '../probe/index.ts';
import { NOT_PLAIN, plainDevice } from './plain.ts';
import { facts, onNode, ROLLBACK_SECONDS, sameDoors } from './remediation.ts';
import type { Drafted, Remediation, Scene } from './remediation.ts';

/** The keys of conf.DEVICE that a write of ip_forward changes behind its back. */
const FLIPPED = ['forwarding', 'accept_redirects', 'send_redirects', 'accept_source_route'];

export const switchForwardingOn: Remediation = {
  id: 'switch-forwarding-on',
  fixes: ['forwarding-off'],
  risk: 1,
  draft(finding, scene): Drafted {
    const sysctls = scene.readings.of('subject', sysctlIpv4, {});
    if (sysctls === null || !sysctls.known) return { unfit: 'the settings to restore could not be read' };
    const argv = sysctlValue.argv({ name: 'net/ipv4/ip_forward' });
    const line = sysctls.value.lines['ip_forward'];
    if (line === undefined) return { unfit: 'the exact line of ip_forward was not kept' };
    const devices = Object.entries(sysctls.value.devices);
    if (devices.some(([device]) => !SETS.includes(device) && !plainDevice(device))) return { unfit: NOT_PLAIN };
    if (devices.some(([, keys]) => FLIPPED.some((key) => keys[key] !== undefined && !/^\d{1,10}$/.test(keys[key]))))
      return { unfit: 'a setting to restore is not a number' };
    const saved = devices
      .toSorted(([a], [b]) => order(a) - order(b))
      .flatMap(([device, keys]) =>
        FLIPPED.filter((key) => keys[key] !== undefined).map(
          (key) => `net/ipv4/conf/${device}/${key}=${keys[key] ?? ''}`,
        ),
      );
    return {
      title: 'switch IPv4 forwarding on',
      safety:
        'A run-time value of this node alone; no connection through it can break, since nothing is forwarded now.',
      steps: [onNode(scene, ['sysctl', '-w', 'net/ipv4/ip_forward=1'])],
      undo: [onNode(scene, ['sysctl', '-w', `net/ipv4/ip_forward=${sysctls.value.ipForward}`, ...saved])],
      preconditions: [{ argv, stdout: `${line}\n` }],
      doors: sameDoors(scene),
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['forwarding'],
      durable: durable(finding, scene),
    };
  },
};

/** Writing either writes the devices too, so the devices' own values come last. */
const SETS = ['all', 'default'];

function order(device: string): number {
  return SETS.includes(device) ? SETS.indexOf(device) : SETS.length;
}

function durable(finding: Finding, scene: Scene): string[] {
  const writers = facts(finding, 'writers');
  const off = writers.filter((writer) => !/=\s*1\s*$/.test(writer));
  return [
    off.length === 0
      ? `No sysctl file on ${scene.bound.subject.name} sets ip_forward to 0: something writes it at run time (a network restart, a hardening script).`
      : `It will come back: ${off.join('; ')}.`,
    'Set net.ipv4.ip_forward = 1 in a file of /etc/sysctl.d that sorts after every other one, for example /etc/sysctl.d/99-zz-kubernetes.conf.',
  ];
}
