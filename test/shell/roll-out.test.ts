import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/check/check.ts';
import { mayRoll, rolls } from '../../src/incident/index.ts';
import type { CniFacts, KubernetesPatch, PodFacts } from '../../src/model/index.ts';
import { healthOf, regression } from '../../src/shell/node-health.ts';
import { watchRollOut } from '../../src/shell/roll-out.ts';
import { podNamed } from '../fake/cluster.ts';
import { CNI } from '../fake/scene.ts';
import { changing } from '../incident/tale.ts';
import { bench, type Bench, NODES } from './workplace.ts';

const NAMES = NODES.map(({ name }) => name);
const [FIRST = '', SECOND = '', THIRD = ''] = NAMES;
const OWNER = 'DaemonSet/aws-node';
const { state } = changing();

function patch(spec: KubernetesPatch['patch']): KubernetesPatch {
  const object = { kind: 'DaemonSet', namespace: 'kube-system', name: 'aws-node', uid: 'ds-1', generation: 4 } as const;
  return { kind: 'kubernetes-patch', object, says: 'set it', patch: { spec } };
}

function agent(node: string, version: string, ready = true): PodFacts {
  return podNamed(`${version}-${node}`, node, '10.0.0.1', { namespace: 'kube-system', owner: OWNER, ready });
}

/** A bench with one check, which finds something on the nodes in `sick`. */
function watching(): Bench & { readonly sick: Set<string> } {
  const made = bench();
  const sick = new Set<string>();
  const check: Check = {
    id: 'it',
    suspect: 'it is broken',
    ruledOut: 'it is not',
    codes: [],
    needs: () => [],
    judge: ({ subject }) =>
      sick.has(subject.name) ? { is: 'found', findings: [] } : { is: 'clear', because: 'it is not' },
  };
  const house = { ...made.ports.house, checks: [check] };
  return { ...made, sick, ports: { ...made.ports, house } };
}

describe('how well a node is after a step that concerns it', () => {
  test('as before is well', async () => {
    const at = watching();
    const [before] = await healthOf(at.ports, state, [FIRST]);
    expect(before).toEqual({ node: FIRST, ready: true, clear: ['it'] });
    expect(await regression(at.ports, state, before ?? { node: '', ready: false, clear: null })).toBeNull();
  });

  test('what was broken before is no regression', async () => {
    const at = watching();
    at.sick.add(FIRST);
    const [before] = await healthOf(at.ports, state, [FIRST]);
    expect(before?.clear).toEqual([]);
    expect(await regression(at.ports, state, before ?? { node: '', ready: false, clear: null })).toBeNull();
  });

  const well = { node: SECOND, ready: true, clear: ['it'] };
  test.each<[string, (at: ReturnType<typeof watching>) => unknown, string]>([
    ['a check that was clear', ({ sick }) => sick.add(SECOND), `on ${SECOND} it is broken since then`],
    [
      'a node that is not Ready any more',
      ({ cluster }) => cluster.become({ nodes: NODES.map((node) => ({ ...node, ready: 'False' })) }),
      `${SECOND} is not Ready any more`,
    ],
    [
      'a node that nobody reaches any more',
      ({ nodes }) => nodes.become(SECOND, { closed: { '10.0.10.115': 'connection timed out' } }),
      `no door of ${SECOND} opens any more`,
    ],
    [
      'a node that is gone',
      ({ cluster }) => cluster.become({ nodes: [] }),
      `${SECOND} is no node of the cluster any more`,
    ],
  ])('%s is told, and named, after a minute of looking', async (_, arrange, sentence) => {
    const at = watching();
    arrange(at);
    const began = at.clock.now();
    expect(await regression(at.ports, state, well)).toBe(sentence);
    expect(at.clock.now() - began).toBeGreaterThanOrEqual(60_000);
  });

  test('what comes right within the minute is no regression', async () => {
    const at = watching();
    at.sick.add(SECOND);
    const open = at.nodes.open.bind(at.nodes);
    let looks = 0;
    const nodes = {
      open: (...target: Parameters<typeof open>) => {
        looks += 1;
        if (looks === 3) at.sick.clear();
        return open(...target);
      },
    };
    expect(await regression({ ...at.ports, nodes }, state, well)).toBeNull();
  });
});

describe('a DaemonSet that replaces its pods by itself', () => {
  const old = NAMES.map((node) => agent(node, 'old'));
  const there = old.map(({ uid }) => uid);
  const before = NAMES.map((node) => ({ node, ready: true, clear: ['it'] }));

  /** The pods as they are at each look; the last ones stay. */
  function rolling(at: Bench, ...looks: readonly (readonly PodFacts[])[]): Bench['ports'] {
    const left = [...looks];
    const podsOf = () => {
      const now = left.length > 1 ? left.shift() : left[0];
      return Promise.resolve(now ?? []);
    };
    return { ...at.ports, cluster: { ...at.ports.cluster, podsOf } };
  }

  const [one, two, three] = [FIRST, SECOND, THIRD].map((node) => agent(node, 'new'));
  const pods = (...given: readonly (PodFacts | undefined)[]): readonly PodFacts[] => given.flatMap((pod) => pod ?? []);

  test('is watched to its end, node by node', async () => {
    const at = watching();
    const ports = rolling(at, old, pods(one, old[1], old[2]), pods(one, two, old[2]), pods(one, two, three));
    expect(await watchRollOut(ports, state, patch({}), there, before)).toEqual({
      outcome: 'done',
      detail: 'DaemonSet kube-system/aws-node has rolled over 3 nodes, each as well as before.',
    });
  });

  test('is stopped at the first node that is worse, which is named, and no later node is waited for', async () => {
    const at = watching();
    at.sick.add(SECOND);
    const ports = rolling(at, pods(one, old[1], old[2]), pods(one, two, old[2]));
    expect(await watchRollOut(ports, state, patch({}), there, before)).toEqual({
      outcome: 'failed',
      detail: `The roll-out of DaemonSet kube-system/aws-node is stopped after one node: on ${SECOND} it is broken since then.`,
    });
  });

  test('is stopped where a pod does not become Ready in three minutes', async () => {
    const at = watching();
    const ports = rolling(at, pods(agent(FIRST, 'new', false), old[1], old[2]));
    expect(await watchRollOut(ports, state, patch({}), there, before)).toMatchObject({
      outcome: 'failed',
      detail: expect.stringContaining(`${FIRST} had no Ready pod within 3 minutes`) as string,
    });
  });

  test('that replaces one pod and leaves those that have the template already is done', async () => {
    const at = watching();
    const began = at.clock.now();
    const ports = rolling(at, old, pods(one, old[1], old[2]));
    expect(await watchRollOut(ports, state, patch({}), there, before)).toEqual({
      outcome: 'done',
      detail:
        'DaemonSet kube-system/aws-node has rolled over one node, as well as before: 2 pods have that template already.',
    });
    expect(at.clock.now() - began).toBeLessThan(60_000);
  });

  test('that has nothing to replace is done after a moment', async () => {
    const at = watching();
    expect(await watchRollOut(rolling(at, old), state, patch({}), there, before)).toMatchObject({
      outcome: 'done',
      detail: expect.stringContaining('had no pod to replace') as string,
    });
  });

  test.each<[string, KubernetesPatch['patch'], Partial<CniFacts['workload'] & object>, boolean]>([
    ['a template under RollingUpdate', { template: {} }, { updateStrategy: 'RollingUpdate' }, true],
    ['a template under OnDelete', { template: {} }, { updateStrategy: 'OnDelete' }, false],
    ['a template with OnDelete beside it', { template: {}, updateStrategy: { type: 'OnDelete' } }, {}, false],
    ['OnDelete given up', { updateStrategy: { type: 'RollingUpdate' } }, { updateStrategy: 'OnDelete' }, true],
    ['neither', { minReadySeconds: 5 }, { updateStrategy: 'RollingUpdate' }, false],
  ])('%s', (_, spec, workload, expected) => {
    const known = { uid: 'ds-1', generation: 4, updateStrategy: 'RollingUpdate', ...workload } as const;
    const cni = { ...CNI, daemonSet: 'kube-system/aws-node', workload: known };
    expect(rolls(patch(spec), cni)).toBe(expected);
    expect(mayRoll(patch(spec))).toBe('template' in spec || expected);
  });

  test('of which nothing is known is taken to roll', () => {
    expect(rolls(patch({ template: {} }), CNI)).toBe(true);
  });
});
