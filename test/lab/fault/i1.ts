import { awsVpc } from '../topology/aws-vpc.ts';
import type { Fault } from './fault.ts';
import { deleteEth1Route, kubeletAnswers, kubeletTimesOut } from './two-interfaces.ts';

/** Two interfaces in one subnet: eth1's connected route is found first, so replies leave by eth1 with eth0's address. */
export const i1: Fault = {
  name: 'i1',
  summary: 'two interfaces in one subnet: requests come in by eth0, replies leave by eth1 and are lost',
  topology: (twin) => awsVpc({ eth1Route: twin ? 'own-table' : 'main-first', eth0RpFilter: '2', mgmt: true }),
  symptom: kubeletTimesOut,
  fix: deleteEth1Route,
  healthy: kubeletAnswers,
};
