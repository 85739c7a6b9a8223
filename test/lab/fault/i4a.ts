import { daemonPod, kubeMust, replacePod } from '../kube-call.ts';
import { enis, subject } from '../topology/eni.ts';
import { podsConnect } from './eni-matrix.ts';
import type { Fault } from './fault.ts';

const DAEMON_SET = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
/** The CNI of the time: it asks the container runtime through the socket that its DaemonSet mounts. */
const OLD = {
  version: 'v1.7.5-eksbuild.1',
  mounts: { dockershim: '/var/run/dockershim.sock', 'run-dir': '/var/run/aws-node' },
  inContainer: { dockershim: '/var/run/dockershim.sock', 'log-dir': '/host/var/log/aws-routed-eni' },
};

/**
 * The load balancer keeps the client's address and sends to pods directly, on the ENI that holds their addresses. The old CNI's
 * rule for a pod on eth1 covers the VPC's range alone, so the way back to a client outside is eth0, and eth1's strict RPF drops
 * the SYN (RFC 3704). With rp_filter=2 on eth1 it would get in, and the answer would leave eth0 with an address of eth1.
 */
export const i4a: Fault = {
  name: 'i4a',
  summary: 'clients outside the VPC reach the pods on eth0 and never those on eth1: their rule covers the VPC alone',
  topology: (twin) =>
    enis({
      podRules: twin ? 'everywhere' : 'only-inside-vpc',
      rpFilter: { eth0: '2', eth1: '1' },
      sockets: ['/run/dockershim.sock'],
      subjectSteps: [],
      subjectEtc: {},
      awsNode: { ...OLD, env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: twin ? 'true' : 'false' } },
      runtime: 'docker://19.3.13',
    }),
  symptom: (lab) => podsConnect(lab, { eth0: 3, eth1: 0 }),
  /** The setting changed, and one node rolled. */
  async fix(lab) {
    const env = [{ name: 'AWS_VPC_K8S_CNI_EXTERNALSNAT', value: 'true' }];
    const template = { spec: { containers: [{ name: 'aws-node', env }] } };
    await kubeMust(lab, 'PATCH', DAEMON_SET, { body: { spec: { updateStrategy: { type: 'OnDelete' }, template } } });
    await replacePod(lab, await daemonPod(lab, 'kube-system/aws-node', subject));
  },
  healthy: (lab) => podsConnect(lab, { eth0: 3, eth1: 6 }),
};
