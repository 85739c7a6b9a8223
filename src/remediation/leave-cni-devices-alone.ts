// NetworkManager takes over devices that a CNI makes, unless they are unmanaged, and resets them when it restarts. Names match by pattern
// only behind `interface-name:`; `+=` adds to what other files say, where `=` would hand back the devices that those leave alone.
// https://networkmanager.dev/docs/api/latest/NetworkManager.conf.html (File Format, unmanaged-devices, Device List Format)
import { interfaceConfig, services } from '../probe/index.ts';
import { newFile } from './new-file.ts';
import { facts, ROLLBACK_SECONDS, sameDoors } from './remediation.ts';
import type { Drafted, Remediation, Scene } from './remediation.ts';
import { UNMANAGED_DEVICES } from './unmanaged.ts';

const DIRECTORY = '/etc/NetworkManager/conf.d';
const TEXT = `# Written by netdiag: NetworkManager leaves the devices of the CNI alone.\n[keyfile]\nunmanaged-devices+=${UNMANAGED_DEVICES}\n`;

export const leaveCniDevicesAlone: Remediation = {
  id: 'leave-cni-devices-alone',
  fixes: ['vtep-mac-not-announced', 'vtep-missing', 'remote-vtep-is-local'],
  risk: 1,
  lasts: ['restart-flannel', 'release-remote-vtep'],
  draft(finding, scene): Drafted {
    const runs = networkManager(scene);
    if (runs === null) return { unfit: 'whether NetworkManager runs there could not be seen' };
    if (!runs) return { done: 'NetworkManager does not run here, so it takes over no device' };
    return {
      title: 'keep NetworkManager off the devices of the CNI',
      safety:
        'Writes one file that is not there yet. It does not reload NetworkManager, so nothing that runs changes: the file counts from its next start, or from "systemctl reload NetworkManager" at a time of your choice.',
      ...newFile(scene, DIRECTORY, '99-netdiag-cni.conf', TEXT),
      doors: sameDoors(scene),
      rollbackSeconds: ROLLBACK_SECONDS,
      verify: facts(finding, 'addresses').length > 0 ? ['remote-vtep-local'] : ['vtep-mac'],
      durable: ['Reload NetworkManager when it suits: systemctl reload NetworkManager.'],
    };
  },
};

/** `null` where neither its service nor a file of its own could be seen. */
function networkManager({ readings }: Scene): boolean | null {
  const units = readings.of('subject', services, {});
  if (units?.known === true)
    return units.value.services.some(
      ({ unit, active, atBoot }) => unit === 'NetworkManager.service' && (active || atBoot === 'enabled'),
    );
  const files = readings.of('subject', interfaceConfig, {});
  if (files?.known === true && files.value.entries.some(({ file }) => file.startsWith('/etc/NetworkManager/')))
    return true;
  return null;
}
