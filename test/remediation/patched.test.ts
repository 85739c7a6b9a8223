import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { KubernetesPatch, PlanStep } from '../../src/model/index.ts';
import type { Draft } from '../../src/remediation/remediation.ts';
import { DOCKER, eniAnswers, eniBound, I4A, I5 } from '../fake/eni.ts';
import type { EniNode } from '../fake/eni.ts';
import { patchObject } from '../lab/api/patch/patch-object.ts';
import type { KubeObject } from '../lab/cluster/objects.ts';
import { fitting, found } from './draft.ts';
import { rollable } from './rollable.ts';
import type { RollableCase } from './rollable.ts';

const RECORDED = new URL('../fixture/kubernetes/daemonset-aws-node.json', import.meta.url);
const HELD: RollableCase = {
  updateStrategy: 'OnDelete',
  facts: { unschedulable: true, annotations: { 'netdiag/cordoned': 'true' } },
};

interface Container {
  readonly name: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** What a test looks at in a DaemonSet. */
interface Spec {
  readonly updateStrategy: { readonly type: string };
  readonly template: {
    readonly spec: {
      readonly containers: readonly Container[];
      readonly volumes?: readonly { readonly name: string; readonly hostPath?: { readonly path: string } }[];
    };
  };
}

/** The DaemonSet as a real API server had it, with a runtime's socket mounted and a second container behind the first. */
function daemonSet(hold: boolean, env: Readonly<Record<string, string>>, mountPath: string): KubeObject {
  const whole = JSON.parse(readFileSync(RECORDED, 'utf8')) as {
    spec: Spec & { template: { spec: object } };
  } & KubeObject;
  const [own] = whole.spec.template.spec.containers;
  const before = Object.entries(env).map(([name, value]) => ({ name, value }));
  const containers = [
    {
      ...own,
      env: [{ name: 'FIRST', value: '1' }, ...before, { name: 'LAST', value: '1' }],
      volumeMounts: [{ name: 'dockersock', mountPath }],
    },
    { ...own, name: 'beside' },
  ];
  const volumes = [{ name: 'dockersock', hostPath: { path: '/run/containerd/containerd.sock', type: '' } }];
  const template = { ...whole.spec.template, spec: { ...whole.spec.template.spec, containers, volumes } };
  const updateStrategy = hold ? { type: 'OnDelete' } : whole.spec.updateStrategy;
  return { ...whole, spec: { ...whole.spec, updateStrategy, template } };
}

function node(cordoned: boolean): KubeObject {
  const metadata = { name: 'ip-172-31-53-61', uid: 'u', resourceVersion: '1', annotations: { other: 'stays' } };
  const ours = { ...metadata, annotations: { ...metadata.annotations, 'netdiag/cordoned': 'true' } };
  return {
    metadata: cordoned ? ours : metadata,
    spec: { podCIDR: '10.0.0.0/24', ...(cordoned ? { unschedulable: true } : {}) },
  };
}

/** The object after a patch, by the lab's stand-in for the API server, which refuses fields that it does not know. */
function patched(object: KubeObject, { object: { kind, name, namespace }, patch }: KubernetesPatch): KubeObject {
  const request = {
    verb: 'patch',
    group: kind === 'Node' ? '' : 'apps',
    version: 'v1',
    resource: kind === 'Node' ? 'nodes' : 'daemonsets',
    subresource: '',
    namespace: namespace ?? '',
    name,
    rest: '',
    query: new URLSearchParams(),
  } as const;
  const sent = {
    type: 'strategic',
    body: JSON.stringify(patch),
    manager: 'netdiag',
    fieldValidation: 'Strict',
  } as const;
  const answer = patchObject(request, kind, object, sent, new Date(0));
  if (!answer.ok) throw new Error(JSON.stringify(answer.answer));
  return answer.object;
}

const patchesOf = (steps: readonly PlanStep[], kind: string): readonly KubernetesPatch[] =>
  steps.flatMap((step) => (step.kind === 'kubernetes-patch' && step.object.kind === kind ? [step] : []));
const through = (object: KubeObject, steps: readonly PlanStep[], kind: string): KubeObject =>
  patchesOf(steps, kind).reduce(patched, object);
/** Those that the server does not count by itself. */
const annotations = ({ metadata }: KubeObject): readonly (readonly [string, unknown])[] =>
  Object.entries(metadata['annotations'] ?? {}).filter(([name]) => name !== 'deprecated.daemonset.template.generation');
const specOf = (object: KubeObject): Spec => object['spec'] as Spec;

const RIGHT: EniNode = { ...I4A, version: '1.5.3', runtime: 'docker://19.3', mount: '/var/run/docker.sock' };
const SETTING = 'AWS_VPC_K8S_CNI_EXTERNALSNAT';

function planOf(id: string, code: string, world: EniNode, change: RollableCase): Draft {
  const bound = rollable(eniBound(world), change);
  return fitting(id, found(bound, eniAnswers(world), code), bound, eniAnswers(world));
}

const CASES = (
  [
    ['route-replies-by-eni', 'eni-pod-request-dropped', RIGHT, {}],
    ['route-replies-by-eni', 'eni-pod-request-dropped', RIGHT, { env: { [SETTING]: 'false' } }],
    ['route-replies-by-eni', 'eni-pod-request-dropped', RIGHT, { updateStrategy: 'OnDelete' }],
    ['stop-eni-scale-in', 'ipamd-freed-eni-in-use', I5, {}],
    ['correct-runtime-mount', 'ipamd-freed-eni-in-use', I5, HELD],
    ['correct-runtime-mount', 'ipamd-freed-eni-in-use', I5, { ...HELD, env: { WARM_ENI_TARGET: '1' } }],
    [
      'correct-runtime-mount',
      'ipamd-freed-eni-in-use',
      I5,
      { ...HELD, cni: { mounts: { '/run/containerd/containerd.sock': 'dockersock' } } },
    ],
    ['recreate-orphaned-pods', 'pods-without-eni', { ...DOCKER, attached: false }, HELD],
  ] as const
).map(([id, code, world, change]: readonly [string, string, EniNode, RollableCase]) => ({ id, code, world, change }));

describe.each(CASES)('$id over $change', ({ id, code, world, change }) => {
  const draft = planOf(id, code, world, change);
  const held = change.updateStrategy === 'OnDelete';
  const cluster = {
    DaemonSet: daemonSet(held, change.env ?? {}, '/run/containerd/containerd.sock'),
    Node: node(id === 'recreate-orphaned-pods'),
  };

  test.each(['DaemonSet', 'Node'] as const)(
    'T21: changes a %s where it says so, and its undo gives back every byte',
    (kind) => {
      const after = through(cluster[kind], draft.steps, kind);
      expect(JSON.stringify(after.metadata) === JSON.stringify(cluster[kind].metadata)).toBe(
        patchesOf(draft.steps, kind).length === 0,
      );
      const back = through(after, draft.undo, kind);
      expect(JSON.stringify(specOf(back))).toBe(JSON.stringify(specOf(cluster[kind])));
      expect(annotations(back)).toEqual(annotations(cluster[kind]));
    },
  );

  test('T21: leaves the container beside it, and every other setting, as they are', () => {
    const [own, beside] = specOf(through(cluster.DaemonSet, draft.steps, 'DaemonSet')).template.spec.containers;
    expect(beside).toEqual(specOf(cluster.DaemonSet).template.spec.containers[1]);
    const others = own?.env?.filter(({ name }) => name === 'FIRST' || name === 'LAST');
    expect(others).toEqual([
      { name: 'FIRST', value: '1' },
      { name: 'LAST', value: '1' },
    ]);
  });
});

describe('what the patches come to', () => {
  const after = (id: string, code: string, world: EniNode, change: RollableCase): Spec =>
    specOf(
      through(
        daemonSet(change.updateStrategy === 'OnDelete', change.env ?? {}, '/run/containerd/containerd.sock'),
        planOf(id, code, world, change).steps,
        'DaemonSet',
      ),
    );

  test('route-replies-by-eni: one setting, and nobody is rolled', () => {
    const spec = after('route-replies-by-eni', 'eni-pod-request-dropped', RIGHT, { env: { [SETTING]: 'false' } });
    expect(spec.updateStrategy.type).toBe('OnDelete');
    expect(spec.template.spec.containers[0]?.env).toContainEqual({ name: SETTING, value: 'true' });
    expect(spec.template.spec.containers[0]?.env?.filter(({ name }) => name === SETTING)).toHaveLength(1);
  });

  test('correct-runtime-mount: the socket of the node, also where ipamd looks for it', () => {
    const mounts = { '/run/containerd/containerd.sock': 'dockersock' };
    const spec = after('correct-runtime-mount', 'ipamd-freed-eni-in-use', I5, { ...HELD, cni: { mounts } });
    expect(spec.template.spec.volumes).toEqual([
      { name: 'dockersock', hostPath: { path: '/var/run/docker.sock', type: '' } },
    ]);
    expect(spec.template.spec.containers[0]?.volumeMounts?.map(({ mountPath }) => mountPath).toSorted()).toEqual([
      '/run/containerd/containerd.sock',
      '/var/run/docker.sock',
    ]);
  });

  test('stop-eni-scale-in: the template of no pod changes', () => {
    const spec = after('stop-eni-scale-in', 'ipamd-freed-eni-in-use', I5, {});
    expect(JSON.stringify(spec.template)).toBe(
      JSON.stringify(specOf(daemonSet(false, {}, '/run/containerd/containerd.sock')).template),
    );
    expect(spec.updateStrategy.type).toBe('OnDelete');
  });
});
