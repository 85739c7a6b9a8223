import { describe, expect, it } from 'vitest';
import { difference } from '../../../src/adapter/kubernetes/difference.ts';

const container = (more: object) => ({
  spec: {
    containers: [
      { name: 'a', image: 'x:1' },
      { name: 'b', ...more },
    ],
  },
});

describe('the difference of two objects', () => {
  it.each([
    [
      'a value',
      container({ image: 'x:1' }),
      container({ image: 'x:2' }),
      ['-spec.containers[b].image: x:1', '+spec.containers[b].image: x:2'],
    ],
    [
      'a member that comes first',
      container({ env: [{ name: 'A', value: 'a' }] }),
      container({
        env: [
          { name: 'B', value: '1' },
          { name: 'A', value: 'a' },
        ],
      }),
      ['+spec.containers[b].env[B].value: "1"'],
    ],
    [
      'a member that goes',
      container({ env: [{ name: 'A', value: 'a' }, { name: 'B' }] }),
      container({ env: [{ name: 'A', value: 'a' }] }),
      ['-spec.containers[b].env[B].name: B'],
    ],
    [
      'an order',
      container({ env: [{ name: 'A' }, { name: 'B' }] }),
      container({ env: [{ name: 'B' }, { name: 'A' }] }),
      ['-spec.containers[b].env in the order: A, B', '+spec.containers[b].env in the order: B, A'],
    ],
    [
      'mounts, which their path tells apart',
      {
        volumeMounts: [
          { name: 'v', mountPath: '/a' },
          { name: 'v', mountPath: '/b' },
        ],
      },
      {
        volumeMounts: [
          { name: 'v', mountPath: '/a' },
          { name: 'w', mountPath: '/b' },
        ],
      },
      ['-volumeMounts[/b].name: v', '+volumeMounts[/b].name: w'],
    ],
    [
      'members that nothing tells apart',
      { args: ['a', 'b'] },
      { args: ['a', 'c', 'd'] },
      ['-args[1]: b', '+args[1]: c', '+args[2]: d'],
    ],
    [
      'an annotation',
      { metadata: { annotations: { 'a.b/c': 'x' } } },
      { metadata: { annotations: { 'a.b/c': 'y: z' } } },
      ['-metadata.annotations["a.b/c"]: x', '+metadata.annotations["a.b/c"]: "y: z"'],
    ],
    [
      'a text for a truth',
      { spec: { a: true, b: 1, c: null } },
      { spec: { a: 'true', b: '1', c: 'null' } },
      ['-spec.a: true', '+spec.a: "true"', '-spec.b: 1', '+spec.b: "1"', '-spec.c: null', '+spec.c: "null"'],
    ],
    [
      'what becomes empty',
      { spec: { a: [1], b: { c: 1 } } },
      { spec: { a: [], b: {} } },
      ['-spec.a[0]: 1', '-spec.b.c: 1', '+spec.a: []', '+spec.b: {}'],
    ],
    [
      'characters that nobody sees',
      { spec: { a: 'x' } },
      { spec: { a: 'x\u202E\n-spec.b: "y"' } },
      ['-spec.a: x', '+spec.a: "x\uFFFD -spec.b: \\"y\\""'],
    ],
  ] as const)('shows %s', (_title, before, after, lines) => {
    expect(difference(before, after)).toEqual(lines);
  });

  it.each([
    ['what is equal', container({ env: [] }), container({ env: [] })],
    ['the order of keys', { spec: { a: 1, b: 2 } }, { spec: { b: 2, a: 1 } }],
    ['status', { status: { numberReady: 1 } }, { status: { numberReady: 2 } }],
    [
      'what the API server keeps',
      { metadata: { resourceVersion: '1', generation: 1, managedFields: [1] } },
      { metadata: { resourceVersion: '2', generation: 2, managedFields: [] } },
    ],
    [
      'what kubectl and the DaemonSet controller keep',
      { metadata: { annotations: { 'deprecated.daemonset.template.generation': '1' } } },
      {
        metadata: {
          annotations: {
            'deprecated.daemonset.template.generation': '2',
            'kubectl.kubernetes.io/last-applied-configuration': '{}',
          },
        },
      },
    ],
  ])('does not show %s', (_title, before, after) => {
    expect(difference(before, after)).toEqual([]);
  });

  it("shows a status and a version that lie deeper, for those are not the API server's", () => {
    const of = (value: string) => ({ spec: { template: { metadata: { generation: value } }, status: value } });
    expect(difference(of('a'), of('b'))).toHaveLength(4);
  });
});
