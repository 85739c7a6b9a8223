import { describe, expect, test } from 'vitest';
import type { Effect, Plan } from '../../../src/model/index.ts';
import { rehearse } from '../../../src/shell/deed/rehearse.ts';
import { gaveUp } from '../../../src/shell/gave-up.ts';
import { fakeCluster } from '../../fake/cluster.ts';
import { CNI } from '../../fake/scene.ts';
import { clusterHouse, patch } from '../../incident/cluster-tale.ts';
import { proposing } from '../../incident/tale.ts';
import { bench, type Bench, NODES } from '../workplace.ts';

const cordon = {
  kind: 'kubernetes-patch',
  object: { kind: 'Node', namespace: null, name: 'ip-10-0-10-207', uid: 'uid-of-ip-10-0-10-207', generation: null },
  says: 'cordon it',
  patch: { spec: { unschedulable: true } },
} as const;

function holding(): Bench {
  const workload = { uid: 'ds-1', generation: 4, updateStrategy: 'OnDelete' } as const;
  const cni = { ...CNI, daemonSet: 'kube-system/aws-node', workload };
  return bench({ cluster: fakeCluster({ name: 'prod-east', nodes: NODES, cni }) });
}

function effect(change: Partial<Plan> = {}): Extract<Effect, { do: 'rehearse' }> {
  const found = proposing(clusterHouse()).wanted.find((one) => one.do === 'rehearse');
  if (found?.do !== 'rehearse') throw new RangeError('nothing is rehearsed');
  return { ...found, plan: { ...found.plan, ...change } };
}

const changed = ({ cluster }: Bench): readonly string[] =>
  cluster.asked.filter((line) => line.startsWith('patch') || line.startsWith('deletePod'));

describe('rehearsing a plan', () => {
  test('tells what each patch would change, headed by its object, and changes nothing', async () => {
    const at = holding();
    const { plan } = effect();
    const steps = [...plan.steps, cordon];
    expect(await rehearse(at.ports, effect({ steps }))).toEqual({
      is: 'rehearsed',
      plan: plan.id,
      difference: [
        'DaemonSet kube-system/aws-node',
        '+spec.says: set it',
        'Node ip-10-0-10-207',
        '+spec.unschedulable: true',
      ],
    });
    expect(changed(at)).toEqual([]);
  });

  test('one patch that would be refused refuses the plan, with the reason', async () => {
    const at = holding();
    const gone = { ...patch('set it'), object: { ...patch('set it').object, generation: 3 } };
    const told = await rehearse(at.ports, effect({ steps: [cordon, gone] }));
    expect(told).toMatchObject({
      difference: [],
      failure: 'DaemonSet aws-node was changed since, so nothing was changed.',
    });
    expect(changed(at)).toEqual([]);
  });

  test('a person without the right to patch hears of it before anybody is asked', async () => {
    const at = holding();
    at.cluster.fail('rehearse', 'denied', 'You may not patch daemonsets.');
    expect(await rehearse(at.ports, effect())).toMatchObject({ failure: 'You may not patch daemonsets.' });
  });

  test('an API server that is silent is tried again by whoever asked, and at last the plan is not offered', async () => {
    const at = holding();
    at.cluster.fail('rehearse', 'timed-out', 'It is silent.', 1);
    await expect(rehearse(at.ports, effect())).rejects.toThrow('It is silent.');
    expect(await rehearse(at.ports, effect())).not.toHaveProperty('failure');
    expect(gaveUp(effect(), 'It is silent.')).toMatchObject({
      is: 'rehearsed',
      failure: expect.stringContaining('silent') as string,
    });
  });

  test('a plan without patches asks nothing', async () => {
    const at = holding();
    expect(await rehearse(at.ports, effect({ steps: [] }))).toMatchObject({ difference: [] });
    expect(at.cluster.asked).toEqual([]);
  });
});
