import { describe, expect, it } from 'vitest';
import type { ClusterEvent, NodeFacts, PodFacts } from '../../src/model/index.ts';
import { type Cluster, ClusterError, type KubeletReach } from '../../src/port.ts';
import type { ClusterQuestion } from '../fake/cluster.ts';

/** The small world that every Cluster is shown: three nodes of one pool, the third silent. */
export const WORLD = {
  healthy: 'ip-10-0-1-11.ec2.internal',
  refusing: 'ip-10-0-1-12.ec2.internal',
  silent: 'ip-10-0-2-13.ec2.internal',
} as const;

/** A Cluster that shows the world, and a way to make one of its questions be refused by RBAC. */
export interface ClusterUnderTest {
  readonly cluster: Cluster;
  readonly deny: (question: ClusterQuestion) => void;
}

const QUESTIONS: Readonly<Record<ClusterQuestion, (cluster: Cluster) => Promise<unknown>>> = {
  nodes: (cluster) => cluster.nodes(),
  podsOn: (cluster) => cluster.podsOn(WORLD.healthy),
  cni: (cluster) => cluster.cni(),
  events: (cluster) => cluster.events(WORLD.silent),
  apiServers: (cluster) => cluster.apiServers(),
  reachKubelet: (cluster) => cluster.reachKubelet(WORLD.healthy),
};

/** What every Cluster must do, whatever it reads from. `open` shows it the world, freshly for each test. */
export function clusterContract(name: string, open: () => ClusterUnderTest | Promise<ClusterUnderTest>): void {
  describe(`${name} as a Cluster`, () => {
    it('knows every node with its addresses, pool and readiness', async () => {
      const { cluster } = await open();
      const nodes = await cluster.nodes();
      expect(nodes.map((node) => [node.name, node.ready, node.pool] satisfies unknown[])).toEqual([
        [WORLD.healthy, 'True', 'ng-1'],
        [WORLD.refusing, 'True', 'ng-1'],
        [WORLD.silent, 'Unknown', 'ng-1'],
      ]);
      expect(nodes[0]?.addresses[0]).toEqual({
        type: 'InternalIP',
        address: '127.0.0.11',
      } satisfies NodeFacts['addresses'][number]);
    });

    it('knows the pods of one node, and none of a node that is not there', async () => {
      const { cluster } = await open();
      const pods = await cluster.podsOn(WORLD.healthy);
      const web = pods.find((pod) => pod.name === 'web-a');
      expect(web).toMatchObject({
        namespace: 'default',
        node: WORLD.healthy,
        address: '10.244.0.10',
        hostNetwork: false,
        ready: true,
      } satisfies Partial<PodFacts>);
      expect(pods.filter((pod) => pod.node !== WORLD.healthy)).toEqual([]);
      expect(await cluster.podsOn('nowhere')).toEqual([]);
    });

    it('recognises the CNI with its version', async () => {
      const { cluster } = await open();
      expect(await cluster.cni()).toMatchObject({
        name: 'aws-vpc',
        version: '1.20.4',
        daemonSet: 'kube-system/aws-node',
        env: { AWS_VPC_K8S_CNI_EXTERNALSNAT: 'false' },
      });
    });

    it("tells what was reported of a node, and nothing of other nodes' troubles", async () => {
      const { cluster } = await open();
      const events = await cluster.events(WORLD.silent);
      expect(events[0]).toMatchObject({
        about: `Node/${WORLD.silent}`,
        reason: 'NodeNotReady',
        last: Date.UTC(2026, 10, 20, 16, 1, 21),
      } satisfies Partial<ClusterEvent>);
      expect(await cluster.events(WORLD.healthy)).toEqual([]);
    });

    it('knows the API servers that are ready', async () => {
      const { cluster } = await open();
      expect(await cluster.apiServers()).toEqual(['10.0.10.69', '10.0.11.70']);
    });

    it.each([
      [WORLD.healthy, 'answers'],
      [WORLD.refusing, 'refused'],
      [WORLD.silent, 'timed-out'],
    ] as const)('says how the API server reaches the kubelet of %s: %s', async (node, verdict) => {
      const { cluster } = await open();
      const reach: KubeletReach = await cluster.reachKubelet(node);
      expect(reach.verdict).toBe(verdict);
      expect(reach.said).not.toBe('');
      expect(reach.ms).toBeGreaterThanOrEqual(0);
    });

    it.each(Object.keys(QUESTIONS) as ClusterQuestion[])(
      'makes a refused %s a ClusterError of one line, and answers the other questions',
      async (question) => {
        const { cluster, deny } = await open();
        deny(question);
        const error: unknown = await QUESTIONS[question](cluster).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(ClusterError);
        expect(error).toMatchObject({ gap: 'denied' });
        expect((error as ClusterError).message).toMatch(/^[^\n]{20,600}$/);
        const others = (Object.keys(QUESTIONS) as ClusterQuestion[]).filter((other) => other !== question);
        await expect(Promise.all(others.map((other) => QUESTIONS[other](cluster)))).resolves.toHaveLength(5);
      },
    );

    it('answers in plain data that survives JSON', async () => {
      const { cluster } = await open();
      const said = await Promise.all(Object.values(QUESTIONS).map((question) => question(cluster)));
      expect(JSON.parse(JSON.stringify(said))).toEqual(said);
    });
  });
}
