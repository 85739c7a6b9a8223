import { recordedCluster, recorder, Sink, World } from '../../../src/adapter/recorded/index.ts';
import type { Cluster } from '../../../src/port.ts';
import { clusterContract, type ClusterUnderTest, patchTo, WORLD } from '../../contract/cluster.ts';
import { type FakeCluster, fakeCluster, nodeNamed, podNamed } from '../../fake/cluster.ts';
import { HandClock, realNodes } from './practice.ts';

const NAMES = [WORLD.healthy, WORLD.refusing, WORLD.silent];

const real = (): FakeCluster =>
  fakeCluster({
    nodes: [
      nodeNamed(WORLD.healthy, '127.0.0.11', { pool: 'ng-1' }),
      nodeNamed(WORLD.refusing, '127.0.0.12', { pool: 'ng-1' }),
      nodeNamed(WORLD.silent, '127.0.0.13', { pool: 'ng-1', ready: 'Unknown' }),
    ],
    pods: [
      podNamed('web-a', WORLD.healthy, '10.244.0.10'),
      podNamed('web-b', WORLD.refusing, '10.244.1.10'),
      podNamed('aws-node-a', WORLD.healthy, '127.0.0.11', {
        ...WORLD.cniPod,
        owner: 'DaemonSet/aws-node',
        hostNetwork: true,
      }),
    ],
    cni: {
      name: 'aws-vpc',
      version: '1.20.4',
      daemonSet: 'kube-system/aws-node',
      image: null,
      env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false' },
      hostPaths: {},
      container: 'aws-node',
      workload: WORLD.workload,
    },
    events: {
      [WORLD.silent]: [
        {
          about: `Node/${WORLD.silent}`,
          type: 'Normal',
          reason: 'NodeNotReady',
          message: 'Node is now: NodeNotReady',
          count: 1,
          last: Date.UTC(2026, 10, 20, 16, 1, 21),
        },
      ],
    },
    apiServers: ['10.0.10.69', '10.0.11.70'],
    kubelets: {
      [WORLD.refusing]: { verdict: 'refused', said: 'connection refused', ms: 8 },
      [WORLD.silent]: { verdict: 'timed-out', said: 'i/o timeout', ms: 30_004 },
    },
  });

/** Everything that the contract asks, recorded from a cluster and played. */
async function recordedFrom(cluster: Cluster): Promise<Cluster> {
  const sink = new Sink({ name: 'contract', title: '', cluster: cluster.name, madeFrom: {} });
  const { cluster: seen } = recorder(realNodes(), cluster, sink, (pcap) => pcap);
  await Promise.allSettled([
    seen.nodes(),
    seen.cni(),
    seen.apiServers(),
    ...NAMES.flatMap((name) => [seen.podsOn(name), seen.events(name), seen.reachKubelet(name)]),
    seen.podsOf('kube-system', 'DaemonSet/aws-node'),
    seen.podsOf('kube-system', 'DaemonSet/aws'),
    seen.podsOf('default', 'DaemonSet/aws-node'),
    seen.rehearse(patchTo('true')),
  ]);
  await seen.patch(patchTo('true'), 'f1', 'effect');
  await seen.cni().catch(() => null);
  await seen.patch(patchTo('false'), 'f1', 'back');
  await seen.cni().catch(() => null);
  sink.state('broken');
  await seen.deletePod(WORLD.cniPod);
  await seen.podsOf('kube-system', 'DaemonSet/aws-node').catch(() => null);
  return recordedCluster(new World(sink.recording(), new HandClock()));
}

clusterContract('a recording', async (): Promise<ClusterUnderTest> => {
  const fake = real();
  let played = recordedFrom(fake);
  return {
    cluster: {
      name: fake.name,
      nodes: async () => (await played).nodes(),
      podsOn: async (node) => (await played).podsOn(node),
      cni: async () => (await played).cni(),
      events: async (node) => (await played).events(node),
      apiServers: async () => (await played).apiServers(),
      reachKubelet: async (node) => (await played).reachKubelet(node),
      podsOf: async (namespace, owner) => (await played).podsOf(namespace, owner),
      rehearse: async (step) => (await played).rehearse(step),
      patch: async (step, fix, taking) => (await played).patch(step, fix, taking),
      deletePod: async (step) => (await played).deletePod(step),
    },
    deny: (question) => {
      fake.fail(question, 'denied', 'The API server refuses; allow the verb "list" on nodes.');
      played = recordedFrom(fake);
    },
  };
});
