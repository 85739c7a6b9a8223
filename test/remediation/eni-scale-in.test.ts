import { describe, expect, test } from 'vitest';
import { ipamdRuntime } from '../../src/cni/aws-vpc/ipamd-runtime.ts';
import type { Answer, Bound, Finding, NodeFacts, PodFacts } from '../../src/model/index.ts';
import { ipRouteAll, runtimeSockets } from '../../src/probe/index.ts';
import { BLIND, DOCKER, eniAnswers, eniBound, I5 } from '../fake/eni.ts';
import type { EniNode } from '../fake/eni.ts';
import { answered, GAPS, lost, printed, readings } from '../fake/scene.ts';
import { drafted, fitting, found } from './draft.ts';
import { rollable, without } from './rollable.ts';
import type { RollableCase } from './rollable.ts';

const STAGES = ['stop-eni-scale-in', 'correct-runtime-mount', 'recreate-orphaned-pods'] as const;
const WRONG = '/run/containerd/containerd.sock';
const RIGHT = '/var/run/docker.sock';
/** No ENI is freed yet; the address manager that runs saw no container. */
const EARLY: EniNode = { ...I5, attached: true, log: BLIND };
/** The address manager that runs saw them all; the next start would see none. */
const ABOUT: EniNode = { ...DOCKER, mount: WRONG };
/** The mount is right again, pods have lost their ENI. */
const MENDED: EniNode = { ...DOCKER, attached: false };
const CODE = new Map<EniNode, string>([
  [I5, 'ipamd-freed-eni-in-use'],
  [EARLY, 'ipamd-cannot-see-containers'],
  [ABOUT, 'ipamd-cannot-see-containers'],
  [MENDED, 'pods-without-eni'],
]);
const OURS: Partial<NodeFacts> = { unschedulable: true, annotations: { 'netdiag/cordoned': 'true' } };
const THEIRS: Partial<NodeFacts> = { unschedulable: true };
const HELD: RollableCase = { updateStrategy: 'OnDelete', facts: OURS };

type Stage = (typeof STAGES)[number];
const findingOf = (node: EniNode): Finding =>
  found(eniBound(node), eniAnswers(node), CODE.get(node) ?? 'ipamd-freed-eni-in-use');
const plan = (stage: Stage, node: EniNode, change: RollableCase = {}) =>
  fitting(stage, findingOf(node), rollable(eniBound(node), change), eniAnswers(node));
const said = (stage: Stage, node: EniNode, change: RollableCase = {}, answers: readonly Answer[] = eniAnswers(node)) =>
  drafted(stage, findingOf(node), rollable(eniBound(node), change), answers);
const DAEMON_SET = {
  kind: 'DaemonSet',
  namespace: 'kube-system',
  name: 'aws-node',
  uid: 'uid-daemonset',
  generation: 12,
};
const NODE = { kind: 'Node', namespace: null, name: 'ip-172-31-53-61', uid: 'uid-ip-172-31-53-61', generation: null };
const CORDON = { metadata: { annotations: { 'netdiag/cordoned': 'true' } }, spec: { unschedulable: true } };
const UNCORDON = { metadata: { annotations: { 'netdiag/cordoned': null } }, spec: { unschedulable: null } };
const ROLL = { kind: 'pod-delete', name: 'aws-node-x2vlj', uid: 'uid-aws-node-x2vlj', owner: 'DaemonSet/aws-node' };

describe('one stage at a time is on offer, as the world is', () => {
  test.each<[string, EniNode, RollableCase, Stage]>([
    ['nothing is held', I5, {}, STAGES[0]],
    ['only the roll-out is held', I5, { updateStrategy: 'OnDelete' }, STAGES[0]],
    ['only the node is cordoned', I5, { facts: OURS }, STAGES[0]],
    ['both are', I5, HELD, STAGES[1]],
    ['people cordoned it', I5, { updateStrategy: 'OnDelete', facts: THEIRS }, STAGES[1]],
    ['nothing is freed yet', EARLY, {}, STAGES[0]],
    ['nothing is freed yet and both are held', EARLY, HELD, STAGES[1]],
    ['the running one sees all, and rolls by itself', ABOUT, {}, STAGES[0]],
    ['the running one sees all, and waits', ABOUT, { updateStrategy: 'OnDelete' }, STAGES[1]],
    ['pods alone are left', MENDED, HELD, STAGES[2]],
  ])('where %s', (_, node, change, offered) => {
    const finding = findingOf(node);
    const fits = STAGES.filter((stage) => typeof said(stage, node, change) === 'object');
    expect(fits.filter((stage) => fixes(stage).includes(finding.code))).toEqual([offered]);
  });

  test('a stage that is done says so, and one that is not due yet too', () => {
    expect(said(STAGES[0], I5, HELD)).toMatch(/^done: /);
    expect(said(STAGES[1], I5)).toMatch(/^later: /);
    expect(said(STAGES[2], I5, HELD)).toMatch(/^later: /);
  });

  test.each<[EniNode, Stage, RollableCase, string | undefined]>([
    [I5, STAGES[0], {}, '1 of 3'],
    [I5, STAGES[1], HELD, '2 of 3'],
    [MENDED, STAGES[2], HELD, '3 of 3'],
    [MENDED, STAGES[2], {}, undefined],
    [EARLY, STAGES[0], {}, '1 of 2'],
    [EARLY, STAGES[1], HELD, '2 of 2'],
  ])('%#: a stage is counted by what will follow it', (node, stage, change, wanted) => {
    const { stage: one } = plan(stage, node, change);
    expect(one === undefined ? undefined : `${one.at} of ${one.of}`).toBe(wanted);
  });

  test('a healthy node has nothing that any of them would mend', () => {
    expect(ipamdRuntime.judge(rollable(eniBound(DOCKER)), readings(...eniAnswers(DOCKER))).is).toBe('clear');
  });
});

function fixes(stage: Stage): readonly string[] {
  return stage === STAGES[2]
    ? ['ipamd-freed-eni-in-use', 'pods-without-eni']
    : ['ipamd-freed-eni-in-use', 'ipamd-cannot-see-containers'];
}

describe('stop-eni-scale-in', () => {
  test('holds the roll-out and cordons, and takes both back the other way round', () => {
    const draft = plan(STAGES[0], I5);
    expect(draft.steps).toMatchObject([
      { object: DAEMON_SET, patch: { spec: { updateStrategy: { type: 'OnDelete' } } } },
      { object: NODE, patch: CORDON },
    ]);
    expect(draft.undo).toMatchObject([
      { object: NODE, patch: UNCORDON },
      { object: DAEMON_SET, patch: { spec: { updateStrategy: { type: 'RollingUpdate' } } } },
    ]);
  });

  test('restarts nothing, and says what it does not stop', () => {
    const draft = plan(STAGES[0], I5);
    expect(draft.steps.filter(({ kind }) => kind === 'pod-delete')).toEqual([]);
    expect(draft.safety).toContain('can still free an ENI: only the next step stops that');
  });

  test.each<[string, EniNode, RollableCase, readonly string[]]>([
    ['is cordoned already', I5, { facts: THEIRS }, ['DaemonSet']],
    ['waits already', I5, { updateStrategy: 'OnDelete' }, ['Node']],
    ['has an address manager that sees all', ABOUT, {}, ['DaemonSet']],
  ])('changes only what is left where the node %s', (_, node, change, kinds) => {
    const objects = plan(STAGES[0], node, change).steps.map((step) =>
      step.kind === 'kubernetes-patch' ? step.object.kind : step.kind,
    );
    expect(objects).toEqual(kinds);
  });

  test('does not fit where the DaemonSet cannot be patched', () => {
    const bound = rollable(eniBound(I5));
    const bare = { ...bound, cni: without(bound.cni, 'workload') };
    expect(drafted(STAGES[0], findingOf(I5), bare, eniAnswers(I5))).toMatch(/did not say enough/);
    expect(drafted(STAGES[1], findingOf(I5), bare, eniAnswers(I5))).toMatch(/^later: /);
  });
});

describe('correct-runtime-mount', () => {
  const patchOf = (node: EniNode, change: RollableCase, way: 'steps' | 'undo' = 'steps') =>
    plan(STAGES[1], node, change)[way].find(
      (step) => step.kind === 'kubernetes-patch' && step.object.kind === 'DaemonSet',
    );
  const spec = (path: string, container: object) => ({
    spec: {
      template: {
        spec: {
          containers: [{ name: 'aws-node', ...container }],
          volumes: [{ name: 'dockersock', hostPath: { path } }],
        },
      },
    },
  });

  test('mounts the socket that the node has, brakes, and restarts this node alone', () => {
    expect(plan(STAGES[1], I5, HELD).steps).toMatchObject([
      { object: DAEMON_SET, patch: spec(RIGHT, { env: [{ name: 'WARM_ENI_TARGET', value: '2' }] }) },
      ROLL,
    ]);
  });

  test('taken back, it is the former mount and no restart with it, which would free ENIs', () => {
    const draft = plan(STAGES[1], I5, HELD);
    expect(draft.undo).toMatchObject([
      { object: DAEMON_SET, patch: spec(WRONG, { env: [{ name: 'WARM_ENI_TARGET', $patch: 'delete' }] }) },
    ]);
    expect(draft.safety).toContain('a restart with the former mount is what frees ENIs');
  });

  test.each<[string, RollableCase['env'], object]>([
    ['sets no brake that is there', { WARM_ENI_TARGET: '2' }, {}],
    ['raises a lower one', { WARM_ENI_TARGET: '1' }, { env: [{ name: 'WARM_ENI_TARGET', value: '2' }] }],
    ['sets none that would not be looked at', { WARM_IP_TARGET: '5' }, {}],
    ['nor there', { MINIMUM_IP_TARGET: '10' }, {}],
  ])('%s', (_, env = {}, container) => {
    expect(patchOf(I5, { ...HELD, env })).toMatchObject({ patch: spec(RIGHT, container) });
    expect(JSON.stringify(patchOf(I5, { ...HELD, env })).includes('WARM_ENI_TARGET')).toBe('env' in container);
  });

  test('gives a lower brake back as it was', () => {
    const undo = patchOf(I5, { ...HELD, env: { WARM_ENI_TARGET: '1' } }, 'undo');
    expect(undo).toMatchObject({ patch: spec(WRONG, { env: [{ name: 'WARM_ENI_TARGET', value: '1' }] }) });
  });

  test.each<[string, EniNode, Readonly<Record<string, string>>, string | null]>([
    ['1.5 asks Docker, and finds it there', I5, { '/var/run/docker.sock': 'dockersock' }, null],
    ['/run and /var/run are one', I5, { '/run/docker.sock': 'dockersock' }, null],
    ['1.5 asks Docker, and would not find it', I5, { [WRONG]: 'dockersock' }, '/var/run/docker.sock'],
  ])('the path in the container: %s', (_, node, mounts, place) => {
    const change = { ...HELD, cni: { mounts } };
    const added = place === null ? {} : { volumeMounts: [{ mountPath: place, name: 'dockersock' }] };
    expect(JSON.stringify(patchOf(node, change)).includes('volumeMounts')).toBe(place !== null);
    expect(patchOf(node, change)).toMatchObject({ patch: spec(RIGHT, added) });
    const gone = place === null ? {} : { volumeMounts: [{ mountPath: place, $patch: 'delete' }] };
    expect(patchOf(node, change, 'undo')).toMatchObject({ patch: spec(WRONG, gone) });
  });

  test.each([
    ['1.7.5', 'docker://19', '/run/dockershim.sock', '/var/run/dockershim.sock'],
    ['1.11.4', 'containerd://1.6', '/run/containerd/containerd.sock', '/var/run/cri.sock'],
  ])('version %s on %s has %s at %s', (version, runtime, socket, place) => {
    const node: EniNode = { ...I5, version, runtime, mount: runtime.startsWith('docker') ? WRONG : RIGHT };
    const answers = [
      ...eniAnswers(node),
      answered('subject', runtimeSockets, {}, printed(`s ${socket} -> \n`, { exit: 1 })),
    ];
    const bound = rollable(eniBound(node), { ...HELD, cni: { mounts: { '/elsewhere': 'dockersock' } } });
    const draft = fitting(STAGES[1], found(bound, answers, 'ipamd-freed-eni-in-use'), bound, answers);
    expect(JSON.stringify(draft.steps[0])).toContain(`{"mountPath":"${place}","name":"dockersock"}`);
    expect(JSON.stringify(draft.steps[0])).toContain(`"hostPath":{"path":"${socket}"}`);
  });

  test('only restarts where the DaemonSet is right by now and this node has the older pod', () => {
    const older: EniNode = { ...I5, mount: RIGHT };
    const bound = rollable(eniBound(older), HELD);
    const draft = fitting(
      STAGES[1],
      found(bound, eniAnswers(older), 'ipamd-freed-eni-in-use'),
      bound,
      eniAnswers(older),
    );
    expect(draft.steps).toMatchObject([ROLL]);
    expect(draft.undo).toEqual([]);
  });

  test('lets new pods come again where no pod has to be made anew, and only if it was netdiag who kept them away', () => {
    expect(plan(STAGES[1], EARLY, HELD).steps.at(-1)).toMatchObject({ object: NODE, patch: UNCORDON });
    expect(plan(STAGES[1], EARLY, HELD).undo[0]).toMatchObject({ object: NODE, patch: CORDON });
    const theirs = { updateStrategy: 'OnDelete', facts: THEIRS } as const;
    expect(JSON.stringify(plan(STAGES[1], EARLY, theirs))).not.toContain('unschedulable');
    expect(JSON.stringify(plan(STAGES[1], I5, HELD))).not.toContain('unschedulable');
  });

  const elsewhere = (runtime: string): RollableCase => ({
    ...HELD,
    runtimes: [
      { runtime: I5.runtime, nodes: 2, examples: ['ip-172-31-53-61'] },
      { runtime, nodes: 1, examples: ['ip-172-31-60-7'] },
    ],
  });
  const sockets = (text: string): Answer => answered('subject', runtimeSockets, {}, printed(text, { exit: 1 }));
  test.each<[string, EniNode, RollableCase, readonly Answer[], RegExp]>([
    ['the node has no such socket', I5, HELD, [...eniAnswers(I5), sockets('')], /has no socket at/],
    ['a directory stands there', I5, HELD, [...eniAnswers(I5), sockets(`d ${RIGHT} -> \n`)], /has no socket at/],
    [
      'another node needs another',
      I5,
      elsewhere('containerd://1.6'),
      eniAnswers(I5),
      /other nodes run containerd:\/\/1\.6 \(ip-172-31-60-7\)/,
    ],
    ['the node has no pod of it', I5, { ...HELD, cniPod: null }, eniAnswers(I5), /has no pod on/],
  ])('does not fit where %s', (_, node, change, answers, why) => {
    expect(said(STAGES[1], node, change, answers)).toMatch(why);
  });

  test.each(GAPS)('does not fit where the sockets are %s', (gap) => {
    const answers = [...eniAnswers(I5), lost(answered('subject', runtimeSockets, {}, ''), gap)];
    expect(said(STAGES[1], I5, HELD, answers)).toMatch(/which sockets .* could not be read/);
  });

  test('does not fit a version that cannot speak to the runtime at all', () => {
    const node: EniNode = { ...I5, runtime: 'containerd://1.6', mount: RIGHT };
    const bound = rollable(eniBound(node), HELD);
    const finding = found(bound, eniAnswers(node), 'ipamd-freed-eni-in-use');
    expect(drafted(STAGES[1], finding, bound, eniAnswers(node))).toMatch(
      /version 1\.5\.3 of aws-node cannot ask containerd/,
    );
  });

  test('brakes only by what it knows of the ENIs', () => {
    const answers = [...eniAnswers(I5), lost(answered('subject', ipRouteAll, {}, ''), 'timed-out')];
    const draft = fitting(STAGES[1], findingOf(I5), rollable(eniBound(I5), HELD), answers);
    expect(JSON.stringify(draft.steps)).not.toContain('WARM_ENI_TARGET');
    expect(draft.safety).toContain('No brake');
  });

  test('says when it could not be seen what the other nodes run', () => {
    expect(plan(STAGES[1], I5, { ...HELD, runtimes: null }).durable.join(' ')).toContain('could not be seen');
    expect(plan(STAGES[1], I5, HELD).durable.join(' ')).not.toContain('could not be seen');
  });
});

describe('recreate-orphaned-pods', () => {
  const owned = (owner: (index: number) => string | null, count = 3): Bound => {
    const bound = rollable(eniBound(MENDED));
    const [like] = bound.subject.pods;
    const pods = Array.from({ length: count }, (_, index): PodFacts => ({
      ...(like as PodFacts),
      name: `orphan-${index}`,
      uid: `uid-${index}`,
      owner: owner(index),
    }));
    return { ...bound, subject: { ...bound.subject, pods } };
  };
  const about = (bound: Bound): Finding => ({
    ...findingOf(MENDED),
    facts: { ...findingOf(MENDED).facts, orphans: bound.subject.pods.map(({ name }) => `default/${name}`) },
  });
  const draftOf = (bound: Bound) => drafted(STAGES[2], about(bound), bound, eniAnswers(MENDED));
  const deleted = (draft: ReturnType<typeof draftOf>) =>
    typeof draft === 'string' ? draft : draft.steps.flatMap((step) => (step.kind === 'pod-delete' ? [step.name] : []));

  test('deletes exactly the pods that were seen, in their order, and each by its uid', () => {
    expect(plan(STAGES[2], MENDED).steps).toEqual(
      [56, 54, 51].map((_, index) => ({
        kind: 'pod-delete',
        namespace: 'default',
        name: `web-${index + 2}`,
        uid: ['pod-172.31.56.137', 'pod-172.31.54.85', 'pod-172.31.51.82'][index],
        node: 'ip-172-31-53-61',
        owner: 'ReplicaSet/web',
      })),
    );
    expect(plan(STAGES[2], MENDED).undo).toEqual([]);
  });

  test('lets new pods come first where netdiag had kept them away, and leaves the cordon of people', () => {
    const ours = plan(STAGES[2], MENDED, HELD);
    expect(ours.steps[0]).toMatchObject({ object: NODE, patch: UNCORDON });
    expect(ours.undo).toMatchObject([{ object: NODE, patch: CORDON }]);
    expect(JSON.stringify(plan(STAGES[2], MENDED, { facts: THEIRS }))).not.toContain('unschedulable');
  });

  test.each(['ReplicaSet/web', 'StatefulSet/db', 'DaemonSet/agent', 'Job/once', 'ReplicationController/old'])(
    'trusts %s to make another one',
    (owner) => {
      expect(deleted(draftOf(owned(() => owner)))).toHaveLength(3);
    },
  );

  test.each([null, 'Node/ip-172-31-53-61', 'Kafka/broker', ''])(
    'leaves a pod of %j for people, and names it',
    (owner) => {
      const bound = owned((index) => (index === 1 ? owner : 'ReplicaSet/web'));
      const draft = draftOf(bound);
      expect(deleted(draft)).toEqual(['orphan-0', 'orphan-2']);
      expect(draft).toMatchObject({
        safety: expect.stringContaining('Left for people') as string,
        stage: { at: 1, of: 2 },
      });
      expect(JSON.stringify(draft)).toContain('default/orphan-1');
    },
  );

  test('is done where only those are left', () => {
    expect(draftOf(owned(() => null, 7))).toMatch(/^done: .*orphan-4 and 2 more\.$/);
  });

  test('takes at most twenty at once, and is not the last plan then', () => {
    const draft = draftOf(owned(() => 'ReplicaSet/web', 31));
    expect(deleted(draft)).toHaveLength(20);
    expect(draft).toMatchObject({
      stage: { at: 1, of: 2 },
      safety: expect.stringContaining('11 more follow') as string,
    });
    expect(draftOf(owned(() => 'ReplicaSet/web', 20))).not.toHaveProperty('stage');
  });

  test('ends the cordon even where no pod is left for it', () => {
    const bound = owned(() => null);
    const ours = { ...bound, subject: { ...bound.subject, facts: { ...bound.subject.facts, ...OURS } } };
    expect(draftOf(ours)).toMatchObject({ steps: [{ object: NODE, patch: UNCORDON }] });
  });
});
