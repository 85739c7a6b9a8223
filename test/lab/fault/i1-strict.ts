import { awsVpc } from '../topology/aws-vpc.ts';
import type { Fault } from './fault.ts';
import { deleteEth1Route, kubeletAnswers, kubeletTimesOut } from './two-interfaces.ts';

/** As i1, but eth0 filters strictly: the SYN itself is dropped on arrival, because its way back would be eth1. */
export const i1Strict: Fault = {
  name: 'i1-strict',
  summary: 'i1 with strict rp_filter on eth0: the kernel drops the request on arrival',
  topology: (twin) => awsVpc({ eth1Route: twin ? 'own-table' : 'main-first', eth0RpFilter: '1', mgmt: true }),
  symptom: kubeletTimesOut,
  fix: deleteEth1Route,
  healthy: kubeletAnswers,
};
