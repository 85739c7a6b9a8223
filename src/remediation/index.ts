import { correctRuntimeMount } from './correct-runtime-mount.ts';
import { deleteConnectedRoute } from './delete-connected-route.ts';
import { keepForwardingOn } from './keep-forwarding-on.ts';
import { keepUplinkRpfLoose } from './keep-uplink-rpf-loose.ts';
import { leaveCniDevicesAlone } from './leave-cni-devices-alone.ts';
import { loosenUplinkRpf } from './loosen-uplink-rpf.ts';
import { recreateOrphanedPods } from './recreate-orphaned-pods.ts';
import { releaseRemoteVtep } from './release-remote-vtep.ts';
import type { Remediation } from './remediation.ts';
import { restartFlannel } from './restart-flannel.ts';
import { routeBySourceAddress } from './route-by-source-address.ts';
import { routeRepliesByEni } from './route-replies-by-eni.ts';
import { stopEniScaleIn } from './stop-eni-scale-in.ts';
import { switchForwardingOn } from './switch-forwarding-on.ts';
import { switchUplinkForwardingOn } from './switch-uplink-forwarding-on.ts';

export { advice, advise } from './advice.ts';

/** Every remediation, the ones to offer first first; lasting forms last. */
export const remediations: readonly Remediation[] = [
  deleteConnectedRoute,
  routeBySourceAddress,
  releaseRemoteVtep,
  restartFlannel,
  switchForwardingOn,
  switchUplinkForwardingOn,
  loosenUplinkRpf,
  routeRepliesByEni,
  stopEniScaleIn,
  correctRuntimeMount,
  recreateOrphanedPods,
  keepForwardingOn,
  keepUplinkRpfLoose,
  leaveCniDevicesAlone,
];
