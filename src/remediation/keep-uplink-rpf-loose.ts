// aws-node sets loose reverse path filtering on the uplink only when it starts, and files of sysctl.d set it again at boot and at every
// `sysctl --system`; so a file that sorts after all others keeps the value. It changes nothing that runs.
// https://man7.org/linux/man-pages/man5/sysctl.d.5.html
import { printedName } from '../probe/text/sysctl.ts';
import { NOT_PLAIN, plainDevice } from './plain.ts';
import { fact, facts, ROLLBACK_SECONDS, sameDoors } from './remediation.ts';
import type { Drafted, Remediation } from './remediation.ts';
import { sysctlFile } from './sysctl-file.ts';

const NAME = '99-zz-netdiag-rpf.conf';

export const keepUplinkRpfLoose: Remediation = {
  id: 'keep-uplink-rpf-loose',
  fixes: ['node-port-dropped-by-strict-rpf'],
  risk: 1,
  lasts: ['loosen-uplink-rpf'],
  draft(finding, scene): Drafted {
    const uplink = fact(finding, 'uplink');
    if (!plainDevice(uplink)) return { unfit: NOT_PLAIN };
    const key = printedName(`net/ipv4/conf/${uplink}/rp_filter`);
    const file = sysctlFile(scene, NAME, { key, value: '2' });
    if ('unfit' in file || 'done' in file) return file;
    const writers = facts(finding, 'writers');
    const against = writers.length === 0 ? 'No file sets it otherwise' : `It wins over ${writers.join('; ')}`;
    return {
      title: `keep reverse path filtering of ${uplink} loose after a restart`,
      safety: `Writes one file that is not there yet; nothing that runs changes. ${against}.`,
      ...file,
      doors: sameDoors(scene),
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: ['eni-pod-rpf'],
      durable: ['Set it in the image of the node pool as well: a new node comes without this file.'],
    };
  },
};
