import { deleteConnectedRoute } from './delete-connected-route.ts';
import { loosenUplinkRpf } from './loosen-uplink-rpf.ts';
import { releaseRemoteVtep } from './release-remote-vtep.ts';
import type { Remediation } from './remediation.ts';
import { routeBySourceAddress } from './route-by-source-address.ts';
import { switchForwardingOn } from './switch-forwarding-on.ts';
import { switchUplinkForwardingOn } from './switch-uplink-forwarding-on.ts';

export { advice, advise } from './advice.ts';

/** Every remediation, the ones to offer first first. */
export const remediations: readonly Remediation[] = [
  deleteConnectedRoute,
  routeBySourceAddress,
  releaseRemoteVtep,
  switchForwardingOn,
  switchUplinkForwardingOn,
  loosenUplinkRpf,
];
