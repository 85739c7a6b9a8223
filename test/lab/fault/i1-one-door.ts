import { awsVpc } from '../topology/aws-vpc.ts';
import type { Fault } from './fault.ts';
import { deleteEth1Route, kubeletAnswers, kubeletTimesOut } from './two-interfaces.ts';

/**
 * As i1, without a management network: the controller sits in the subnet itself. While the fault lasts sshd answers only on
 * 10.0.10.190, after the repair only on 10.0.10.207.
 */
export const i1OneDoor: Fault = {
  name: 'i1-one-door',
  summary: 'i1 without a management network: SSH answers on .190 before the repair, on .207 after it',
  topology: (twin) => awsVpc({ eth1Route: twin ? 'own-table' : 'main-first', eth0RpFilter: '2', mgmt: false }),
  symptom: kubeletTimesOut,
  fix: deleteEth1Route,
  healthy: kubeletAnswers,
};
