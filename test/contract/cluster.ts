import { describe, expect, it } from 'vitest';
import type { ClusterEvent, KubernetesPatch, NodeFacts, PodFacts } from '../../src/model/index.ts';
import { type Cluster, ClusterError, type KubeletReach } from '../../src/port.ts';

/** The small world that every Cluster is shown: three nodes of one pool, the third silent. */
export const WORLD = {
  healthy: 'ip-10-0-1-11.ec2.internal',
  refusing: 'ip-10-0-1-12.ec2.internal',
  silent: 'ip-10-0-2-13.ec2.internal',
  /** The CNI's pod on the healthy node. */
  cniPod: { namespace: 'kube-system', name: 'aws-node-a', uid: 'f567564c-697d-4bb8-bee1-aceffa9b84ef' },
  workload: { uid: '012126a3-aac7-4ab4-a347-d659aca01f1a', generation: 4, updateStrategy: 'RollingUpdate' },
} as const;

const SETTING = 'AWS_VPC_K8S_CNI_EXTERNALSNAT';

/** Sets the setting in the world's DaemonSet; a patch for one that was changed since, where `generation` says so. */
export function patchTo(value: 'true' | 'false', generation: number = WORLD.workload.generation): KubernetesPatch {
  return {
    kind: 'kubernetes-patch',
    object: { kind: 'DaemonSet', namespace: 'kube-system', name: 'aws-node', uid: WORLD.workload.uid, generation },
    says: `set ${SETTING} to ${value}`,
    patch: { spec: { template: { spec: { containers: [{ name: 'aws-node', env: [{ name: SETTING, value }] }] } } } },
  };
}

/** What a Cluster is asked without changing anything. */
export type ReadingQuestion = Exclude<keyof Cluster, 'name' | 'rehearse' | 'patch' | 'deletePod'>;

/** A Cluster that shows the world, and a way to make one of its questions be refused by RBAC. */
export interface ClusterUnderTest {
  readonly cluster: Cluster;
  readonly deny: (question: ReadingQuestion) => void;
}

const QUESTIONS: Readonly<Record<ReadingQuestion, (cluster: Cluster) => Promise<unknown>>> = {
  nodes: (cluster) => cluster.nodes(),
  podsOn: (cluster) => cluster.podsOn(WORLD.healthy),
  cni: (cluster) => cluster.cni(),
  events: (cluster) => cluster.events(WORLD.silent),
  apiServers: (cluster) => cluster.apiServers(),
  reachKubelet: (cluster) => cluster.reachKubelet(WORLD.healthy),
  podsOf: (cluster) => cluster.podsOf('kube-system', 'DaemonSet/aws-node'),
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
        container: 'aws-node',
        workload: WORLD.workload,
      });
    });

    it('knows the pods of one owner, and none of an owner that is not there or is of another namespace', async () => {
      const { cluster } = await open();
      const pods = await cluster.podsOf('kube-system', 'DaemonSet/aws-node');
      expect(pods.map(({ owner }) => owner)).toEqual(pods.map(() => 'DaemonSet/aws-node'));
      expect(pods.find(({ node }) => node === WORLD.healthy)).toMatchObject({ ...WORLD.cniPod, ready: true });
      expect(await cluster.podsOf('kube-system', 'DaemonSet/aws')).toEqual([]);
      expect(await cluster.podsOf('default', 'DaemonSet/aws-node')).toEqual([]);
    });

    const setting = async (cluster: Cluster) => (await cluster.cni()).env[SETTING];

    it('rehearses a patch: tells what would change, and changes nothing', async () => {
      const { cluster } = await open();
      const rehearsal = await cluster.rehearse(patchTo('true'));
      if (rehearsal.is !== 'would') throw new Error(rehearsal.detail);
      expect(rehearsal.difference.join('\n')).toMatch(
        /^\+spec\.template\.spec\..*AWS_VPC_K8S_CNI_EXTERNALSNAT.*true"?$/m,
      );
      expect(rehearsal.difference.filter((line) => !/^[-+]/.test(line))).toEqual([]);
      expect(await cluster.cni()).toMatchObject({ env: { [SETTING]: 'false' }, workload: WORLD.workload });
    });

    it('rehearses no patch of an object that was changed since, and patches none', async () => {
      const { cluster } = await open();
      const stale = patchTo('true', 3);
      for (const answer of [await cluster.rehearse(stale), await cluster.patch(stale, 'f1', 'effect')]) {
        expect(answer).toMatchObject({ is: 'refused', detail: expect.stringMatching(/^.{20,500}\.$/) as string });
      }
      expect(await setting(cluster)).toBe('false');
    });

    it('patches once, however often it is asked', async () => {
      const { cluster } = await open();
      expect(await cluster.patch(patchTo('true'), 'f1', 'effect')).toMatchObject({ is: 'done' });
      const changed = await cluster.cni();
      expect(changed).toMatchObject({ env: { [SETTING]: 'true' }, workload: { generation: 5 } });
      expect(await cluster.patch(patchTo('true'), 'f1', 'effect')).toMatchObject({ is: 'done' });
      expect(await cluster.cni()).toEqual(changed);
    });

    it('takes a patch back once, and does not make it again', async () => {
      const { cluster } = await open();
      await cluster.patch(patchTo('true'), 'f1', 'effect');
      expect(await cluster.patch(patchTo('false'), 'f1', 'back')).toMatchObject({ is: 'done' });
      const restored = await cluster.cni();
      expect(restored).toMatchObject({ env: { [SETTING]: 'false' }, workload: { generation: 6 } });
      expect(await cluster.patch(patchTo('false'), 'f1', 'back')).toMatchObject({ is: 'done' });
      expect(await cluster.patch(patchTo('true'), 'f1', 'effect')).toMatchObject({ is: 'refused' });
      expect(await cluster.cni()).toEqual(restored);
    });

    it('leaves alone what does not bear the change that is taken back', async () => {
      const { cluster } = await open();
      expect(await cluster.patch(patchTo('true'), 'f1', 'back')).toMatchObject({ is: 'done' });
      expect(await setting(cluster)).toBe('false');
      await cluster.patch(patchTo('true'), 'f1', 'effect');
      expect(await cluster.patch(patchTo('false'), 'f2', 'back')).toMatchObject({ is: 'done' });
      expect(await setting(cluster)).toBe('true');
    });

    it('deletes exactly the pod of that uid, and is done where there is none', async () => {
      const { cluster } = await open();
      const uids = async () => (await cluster.podsOf('kube-system', 'DaemonSet/aws-node')).map(({ uid }) => uid);
      const other = { ...WORLD.cniPod, uid: '00000000-0000-0000-0000-000000000000' };
      const before = await uids();
      expect(await cluster.deletePod(other)).toMatchObject({ is: 'done' });
      expect(await uids()).toEqual(before);
      expect(await cluster.deletePod(WORLD.cniPod)).toMatchObject({ is: 'done' });
      const after = await uids();
      expect(after).not.toContain(WORLD.cniPod.uid);
      expect(await cluster.deletePod(WORLD.cniPod)).toMatchObject({ is: 'done' });
      expect(await uids()).toEqual(after);
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

    it.each(Object.keys(QUESTIONS) as ReadingQuestion[])(
      'makes a refused %s a ClusterError of one line, and answers the other questions',
      async (question) => {
        const { cluster, deny } = await open();
        deny(question);
        const error: unknown = await QUESTIONS[question](cluster).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(ClusterError);
        expect(error).toMatchObject({ gap: 'denied' });
        expect((error as ClusterError).message).toMatch(/^[^\n]{20,600}$/);
        const others = (Object.keys(QUESTIONS) as ReadingQuestion[]).filter((other) => other !== question);
        await expect(Promise.all(others.map((other) => QUESTIONS[other](cluster)))).resolves.toHaveLength(
          others.length,
        );
      },
    );

    it('answers in plain data that survives JSON', async () => {
      const { cluster } = await open();
      const said = await Promise.all(Object.values(QUESTIONS).map((question) => question(cluster)));
      expect(JSON.parse(JSON.stringify(said))).toEqual(said);
    });
  });
}
