// What `sysctl -w` writes is gone after a reboot, and files of sysctl.d are applied at every boot, sorted by name, the last one winning; so
// one that sorts after all others keeps the value. It changes nothing that runs: the value is in the kernel already, and was verified there.
// https://man7.org/linux/man-pages/man5/sysctl.d.5.html
import { printedName } from '../probe/text/sysctl.ts';
import { NOT_PLAIN, plainDevice } from './plain.ts';
import { fact, facts, ROLLBACK_SECONDS, sameDoors } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';
import { sysctlFile } from './sysctl-file.ts';

const NAME = '99-zz-netdiag.conf';

export const keepForwardingOn: Remediation = {
  id: 'keep-forwarding-on',
  fixes: ['forwarding-off', 'uplink-forwarding-off'],
  risk: 1,
  lasts: ['switch-forwarding-on', 'switch-uplink-forwarding-on'],
  draft(finding, scene): Drafted {
    const uplink = fact(finding, 'uplink');
    if (!plainDevice(uplink)) return { unfit: NOT_PLAIN };
    const all = finding.code === 'forwarding-off';
    const key = printedName(all ? 'net/ipv4/ip_forward' : `net/ipv4/conf/${uplink}/forwarding`);
    const file = sysctlFile(scene, NAME, { key, value: '1' });
    if ('unfit' in file || 'done' in file) return file;
    const off = facts(finding, 'writers').filter((writer) => !/=\s*1\s*$/.test(writer));
    const against = off.length === 0 ? 'No file sets it to 0' : `It wins over ${off.join('; ')}`;
    return {
      title: `keep forwarding${all ? '' : ` of ${uplink}`} on after a restart`,
      safety: `Writes one file that is not there yet; nothing that runs changes. ${against}.`,
      ...file,
      doors: sameDoors(scene),
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['forwarding'],
      durable: [
        'Look after the next restart whether it is still on: what writes it at run time (a network restart, a hardening script, networkd) comes after every file.',
      ],
    };
  },
};
