import { must } from '../command.ts';
import { echoes } from '../knock.ts';
import type { Lab } from '../lab-handle.ts';
import { linksReady } from '../link-ready.ts';
import { enis, peer, podsOn, subject } from '../topology/eni.ts';
import type { Fault, Observation } from './fault.ts';
import { healthyStart, LOG_FILE, sickStart } from './ipamd-lines.ts';

const WRONG = '/run/containerd/containerd.sock';
const RIGHT = '/var/run/docker.sock';
/** Where a detached ENI waits: a namespace of its own, as a cloud holds one that belongs to no machine. */
const CLOUD = 'detached-eni';

/**
 * The address manager asks Docker which containers run, through a socket that its DaemonSet does not mount. It sees none, believes
 * that no address is in use, and gives eth1 back to the cloud: the link and table 2's routes are gone, the pods and rules are not.
 */
export const i5: Fault = {
  name: 'i5',
  summary:
    'aws-node mounts the socket of another runtime, believes no address in use, and frees the ENI of running pods',
  topology: (twin) =>
    enis({
      podRules: 'everywhere',
      rpFilter: { eth0: '2', eth1: '2' },
      subjectSteps: [
        { do: 'unix-socket', path: '/run/docker.sock' },
        { do: 'file', path: LOG_FILE, text: twin ? healthyStart : sickStart },
        ...(twin ? [] : [{ do: 'ip', lines: [`netns add ${CLOUD}`, `link set eth1 netns ${CLOUD}`] } as const]),
      ],
      subjectEtc: {},
      awsNode: {
        version: 'v1.5.3',
        env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true', AWS_VPC_K8S_CNI_LOGLEVEL: 'DEBUG' },
        mounts: { 'run-dir': null, 'log-dir': '/var/log', dockersock: twin ? RIGHT : WRONG },
      },
      runtime: 'docker://18.6.1',
    }),
  symptom: (lab) => podsAnswer(lab, { eth0: 3, eth1: 0 }),
  async fix(lab) {
    mount(lab, RIGHT);
    await must(lab.enter(subject, ['ip', '-n', CLOUD, 'link', 'set', 'eth1', 'netns', '1']));
    await must(lab.enter(subject, ['ip', '-batch', '-']), { input: attached });
    await linksReady((argv) => lab.enter(subject, argv));
    await must(lab.enter(subject, ['tee', '-a', LOG_FILE]), { input: healthyStart });
  },
  healthy: (lab) => podsAnswer(lab, { eth0: 3, eth1: 6 }),
};

/** What ipamd does with an ENI that it attaches. */
const attached = [
  'link set eth1 mtu 9001',
  'address add 172.31.53.62/20 brd + dev eth1 noprefixroute',
  'link set eth1 up',
  'route add 172.31.48.1 dev eth1 scope link table 2',
  'route add default via 172.31.48.1 dev eth1 table 2',
].join('\n');

async function podsAnswer(lab: Lab, wanted: Record<'eth0' | 'eth1', number>): Promise<Observation> {
  const answering = async (eni: 'eth0' | 'eth1'): Promise<number> => {
    const answered = await Promise.all(podsOn(eni).map((address) => echoes(lab, peer, address)));
    return answered.filter((count) => count > 0).length;
  };
  const [eth0, eth1] = await Promise.all([answering('eth0'), answering('eth1')]);
  return {
    holds: eth0 === wanted.eth0 && eth1 === wanted.eth1,
    lines: [`${peer} -> pods on eth0: ${eth0} of 3 answer`, `${peer} -> pods on eth1: ${eth1} of 6 answer`],
  };
}

/** Changes what the DaemonSet mounts as the runtime's socket. */
function mount(lab: Lab, path: string): void {
  lab.changeCluster((state) => {
    const text = JSON.stringify(state.objects['apps/daemonsets'] ?? []).replaceAll(`"${WRONG}"`, JSON.stringify(path));
    return { ...state, objects: { ...state.objects, 'apps/daemonsets': JSON.parse(text) } };
  });
}
