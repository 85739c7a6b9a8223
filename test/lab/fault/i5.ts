import { setTimeout as pause } from 'node:timers/promises';
import { CLOUD } from '../agent/ipamd.ts';
import { daemonPod, kubeMust, podsOnNode, replacePod } from '../kube-call.ts';
import { echoes } from '../knock.ts';
import type { Lab } from '../lab-handle.ts';
import { enis, peer, podsOn, subject } from '../topology/eni.ts';
import type { Fault, Observation } from './fault.ts';
import { healthyStart, LOG_FILE, sickStart } from './ipamd-lines.ts';

const WRONG = '/run/containerd/containerd.sock';
const RIGHT = '/var/run/docker.sock';
const DAEMON_SET = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';

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
      sockets: ['/run/docker.sock'],
      subjectSteps: [
        { do: 'file', path: LOG_FILE, text: twin ? healthyStart : sickStart },
        ...(twin ? [] : [{ do: 'ip', lines: [`netns add ${CLOUD}`, `link set eth1 netns ${CLOUD}`] } as const]),
      ],
      subjectEtc: {},
      awsNode: {
        version: 'v1.5.3',
        env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'true', AWS_VPC_K8S_CNI_LOGLEVEL: 'DEBUG' },
        mounts: { 'run-dir': null, 'log-dir': '/var/log', dockersock: twin ? RIGHT : WRONG },
        inContainer: { dockersock: '/var/run/docker.sock', 'log-dir': '/host/var/log' },
      },
      runtime: 'docker://18.6.1',
    }),
  symptom: (lab) => podsAnswer(lab, { answer: 3, silent: 6 }),
  /** The mount corrected and one node rolled; then the pods that lost their ENI, one at a time. */
  async fix(lab) {
    const lost = await orphans(lab);
    await mountSocket(lab, RIGHT);
    await replacePod(lab, await daemonPod(lab, 'kube-system/aws-node', subject));
    for (const pod of lost) await replacePod(lab, pod);
  },
  healthy: (lab) => podsAnswer(lab, { answer: 9, silent: 0 }),
};

/** Makes the DaemonSet mount another path as the runtime's socket; no pod is replaced by that alone. */
export async function mountSocket(lab: Lab, path: string): Promise<void> {
  const template = { spec: { volumes: [{ name: 'dockersock', hostPath: { path } }] } };
  await kubeMust(lab, 'PATCH', DAEMON_SET, { body: { spec: { updateStrategy: { type: 'OnDelete' }, template } } });
}

async function orphans(lab: Lab) {
  const lost = podsOn('eth1');
  const pods = await podsOnNode(lab, 'default', subject);
  return pods.filter((pod) => lost.includes((pod['status'] as { podIP: string }).podIP));
}

async function podsAnswer(lab: Lab, wanted: { answer: number; silent: number }): Promise<Observation> {
  const pods = lab.pods.filter(({ node }) => node === subject);
  const answered = await Promise.all(pods.map(({ address }) => echoes(lab, peer, address)));
  const answer = answered.filter((count) => count > 0).length;
  return {
    holds: answer === wanted.answer && pods.length - answer === wanted.silent,
    lines: [`${peer} -> pods of ${subject}: ${answer} of ${pods.length} answer`],
  };
}

/** Resolves when ipamd has judged its pool: what it does of its own accord comes after its pod is Ready. */
export async function poolJudged(lab: Lab, starts: number): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { stdout } = await lab.exec(subject, ['cat', LOG_FILE]);
    const last = stdout.split('Starting L-IPAMD').slice(starts).at(-1);
    if (last !== undefined && /IP pool is (NOT )?too low/.test(last)) {
      if (!last.includes('found a deletable ENI') || last.includes('Successfully freed ENI')) return last;
    }
    await pause(100);
  }
  throw new Error('ipamd did not judge its pool within 10 s');
}
