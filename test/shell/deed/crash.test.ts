import { describe, expect, test } from 'vitest';
import type { Effect, Happening, PodFacts } from '../../../src/model/index.ts';
import { perform } from '../../../src/shell/deed/index.ts';
import { fakeCluster, podNamed } from '../../fake/cluster.ts';
import { CNI } from '../../fake/scene.ts';
import { again, begun, clusterHouse, patch, podDelete } from '../../incident/cluster-tale.ts';
import { START, type Tale } from '../../incident/tale.ts';
import { bench, type Bench, NODES } from '../workplace.ts';

const NODE = 'ip-10-0-10-207';
const OWNER = 'DaemonSet/aws-node';
const SAME = { machineId: `machine-${NODE}`, bootId: 'boot-1', hostKey: 'SHA256:k' };

const pod = (name: string, node: string, owner: string): PodFacts =>
  podNamed(name, node, '10.0.10.31', { namespace: 'kube-system', owner, uid: name });

/** A DaemonSet's pod and one of three replicas are replaced after a patch. */
function world(): Bench {
  const workload = { uid: 'ds-1', generation: 4, updateStrategy: 'OnDelete' } as const;
  const cluster = fakeCluster({
    name: 'prod-east',
    nodes: NODES,
    pods: [pod('old', NODE, OWNER), ...['web-1', 'web-2', 'web-3'].map((name) => pod(name, NODE, 'ReplicaSet/web'))],
    cni: { ...CNI, daemonSet: 'kube-system/aws-node', container: 'aws-node', workload },
  });
  const made = bench({ cluster, nodes: { [NODE]: { identity: SAME, state: ['part routes'] } } });
  made.clock.pass(START - made.clock.now() + 60_000);
  return made;
}

const web = { ...podDelete('web-1'), name: 'web-1', owner: 'ReplicaSet/web' };
const house = () =>
  clusterHouse({
    id: 'three',
    fixes: ['reply-leaves-other-interface'],
    risk: 2,
    draft: (_, scene) => ({
      title: 'set it anew',
      safety: 'Only one node gets it.',
      steps: [patch('set it'), { ...podDelete('old'), name: 'old' }, web],
      undo: [patch('set it back'), podDelete(null)],
      preconditions: [],
      doors: { closes: [], opens: [], confirmThrough: [scene.bound.subject.address] },
      rollbackSeconds: 0,
      verify: ['return-path'],
      durable: [],
    }),
  });

type Step = Extract<Effect, { do: 'prepare' | 'cluster-step' }>;

function asked({ wanted }: Tale): Step | undefined {
  return wanted.find((effect): effect is Step => effect.do === 'prepare' || effect.do === 'cluster-step');
}

/** Does what is asked for until no step is; netdiag dies after the `dies`th deed, before its outcome is recorded. */
async function through(
  at: Bench,
  tale: Tale,
  dies: number,
  changing: (happening: Happening, step: Step) => Happening = (same) => same,
): Promise<number> {
  let deeds = 0;
  for (let step = asked(tale); step !== undefined; step = asked(tale)) {
    if (deeds === dies) await perform(at.ports, tale.state, step);
    const happening = await perform(at.ports, tale.state, step);
    if (happening === null) throw new Error('nothing came of it');
    tale.take(changing(happening, step));
    deeds += 1;
  }
  return deeds;
}

const changes = ({ cluster }: Bench): readonly string[] => cluster.asked.filter((line) => line.startsWith('deletePod'));
const pods = async ({ cluster }: Bench): Promise<readonly string[]> =>
  (await Promise.all([OWNER, 'ReplicaSet/web'].map((owner) => cluster.podsOf('kube-system', owner))))
    .flat()
    .map(({ uid }) => uid);

describe('netdiag dies after a deed, before it has told of it', () => {
  test.each([-1, 0, 1, 2, 3, 4, 5])('once, after deed %i of a repair: everything is done once', async (dies) => {
    const at = world();
    const tale = begun(house());
    expect(await through(at, tale, dies)).toBe(6);
    expect(again(tale, true).state).toMatchObject({
      outcome: 'repaired',
      change: { entry: { difference: [] }, cluster: { compared: true } },
    });
    expect(changes(at)).toEqual(['deletePod kube-system/old', 'deletePod kube-system/web-1']);
    expect(await pods(at)).toEqual(['old.2', 'web-2', 'web-3', 'web-1.2']);
    expect((await at.cluster.cni()).workload?.generation).toBe(5);
  });

  test.each([-1, 0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'once, after deed %i of a repair whose last step fails: everything is taken back once',
    async (dies) => {
      const at = world();
      const tale = begun(house());
      const failing = (happening: Happening, step: Step): Happening =>
        step.do === 'cluster-step' && step.list === 'apply' && step.nth === 2 && happening.is === 'stepped'
          ? { ...happening, outcome: 'failed', detail: 'Never Ready.' }
          : happening;
      await through(at, tale, dies, failing);
      expect(tale.state).toMatchObject({
        outcome: 'rolled-back',
        troubles: [expect.stringContaining('Never Ready.') as string],
      });
      expect(changes(at)).toEqual([
        'deletePod kube-system/old',
        'deletePod kube-system/web-1',
        'deletePod kube-system/old.2',
      ]);
      expect(await pods(at)).toEqual(['old.3', 'web-2', 'web-3', 'web-1.2']);
      expect((await at.cluster.cni()).workload?.generation).toBe(6);
    },
  );
});
