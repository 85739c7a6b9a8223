// Loose RPF (RFC 3704) accepts a packet whose source is reachable by any interface; the effective mode is the larger of conf.all and
// the device's own, so 2 on the device wins. The mark rules then answer by the uplink, so it must not be offered without them.
// https://docs.kernel.org/networking/ip-sysctl.html (rp_filter), seen on 6.18.
import { sysctlIpv4, sysctlValue } from '../probe/index.ts';
import { NOT_PLAIN, plainDevice } from './plain.ts';
import { fact, facts, onNode, ROLLBACK_SECONDS, sameDoors } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';

export const loosenUplinkRpf: Remediation = {
  id: 'loosen-uplink-rpf',
  fixes: ['node-port-dropped-by-strict-rpf'],
  risk: 1,
  draft(finding, scene): Drafted {
    const uplink = fact(finding, 'uplink');
    const eni = fact(finding, 'eni');
    if (!plainDevice(uplink)) return { unfit: NOT_PLAIN };
    if (fact(finding, 'marked') !== 'yes')
      return { unfit: `connections that come in by ${uplink} are not marked, so their answers would leave by ${eni}` };
    const sysctls = scene.readings.of('subject', sysctlIpv4, {});
    const known = sysctls?.known === true ? sysctls.value : null;
    const line = known?.lines[`${uplink}.rp_filter`];
    const before = known?.devices[uplink]?.['rp_filter'];
    if (line === undefined || before === undefined || !/^[01]$/.test(before))
      return { unfit: `the RPF mode to restore on ${uplink} could not be read` };
    const name = `net/ipv4/conf/${uplink}/rp_filter`;
    return {
      title: `set reverse path filtering of ${uplink} to loose`,
      safety: `A run-time value of one interface; it only accepts more, and packets from nowhere are still refused. The CNI itself sets this value on ${uplink}.`,
      steps: [onNode(scene, ['sysctl', '-w', `${name}=2`])],
      undo: [onNode(scene, ['sysctl', '-w', `${name}=${before}`])],
      preconditions: [{ argv: sysctlValue.argv({ name }), stdout: `${line}\n` }],
      doors: sameDoors(scene),
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['eni-pod-rpf'],
      durable: [
        ...facts(finding, 'writers').map((writer) => `It will come back: ${writer}.`),
        `Set net.ipv4.conf.${uplink.replaceAll('.', '/')}.rp_filter = 2 in a file of /etc/sysctl.d that sorts after every other one; aws-node sets it too, but only when it starts.`,
      ],
    };
  },
};
