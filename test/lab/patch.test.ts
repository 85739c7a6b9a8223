import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObject, type Json, mergePatch } from './api/patch/merge-patch.ts';
import { jsonPatch, JsonPatchError, operationsOf } from './api/patch/json-patch.ts';
import { shapes } from './api/patch/shape.ts';
import { strategicPatch } from './api/patch/strategic-patch.ts';
import { findTool } from './available.ts';

/** Two containers, several lists with and without a key: what the kinds of patch treat differently. */
const daemonSet = {
  kind: 'DaemonSet',
  apiVersion: 'apps/v1',
  metadata: {
    name: 'aws-node',
    namespace: 'kube-system',
    labels: { 'k8s-app': 'aws-node', tier: 'node' },
    finalizers: ['example.com/a', 'example.com/b'],
  },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'aws-node' } },
    template: {
      metadata: { labels: { 'k8s-app': 'aws-node' } },
      spec: {
        containers: [
          {
            name: 'aws-node',
            image: 'example.com/cni:1',
            command: ['/app/entrypoint.sh', '-v'],
            env: [
              { name: 'AWS_VPC_K8S_CNI_LOGLEVEL', value: 'DEBUG' },
              { name: 'WARM_ENI_TARGET', value: '1' },
              { name: 'EXTERNALSNAT', value: 'false' },
              { name: 'MY_NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } },
            ],
            ports: [
              { containerPort: 61678, name: 'metrics' },
              { containerPort: 50051, name: 'grpc' },
            ],
            resources: { requests: { cpu: '25m' } },
            volumeMounts: [
              { name: 'cni-bin-dir', mountPath: '/host/opt/cni/bin' },
              { name: 'dockersock', mountPath: '/var/run/docker.sock' },
            ],
          },
          { name: 'aws-eks-nodeagent', image: 'example.com/agent:1', env: [{ name: 'A', value: '1' }] },
        ],
        tolerations: [{ operator: 'Exists' }],
        volumes: [
          { name: 'cni-bin-dir', hostPath: { path: '/opt/cni/bin', type: '' } },
          { name: 'dockersock', hostPath: { path: '/run/containerd/containerd.sock', type: '' } },
        ],
      },
    },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%' } },
  },
} as const;

const container = (change: Json) => ({
  spec: { template: { spec: { containers: [{ name: 'aws-node', ...change }] } } },
});
const volumes = (...all: Json[]) => ({ spec: { template: { spec: { volumes: all } } } });

const strategic: readonly (readonly [string, Json])[] = [
  ['one env value', container({ env: [{ name: 'EXTERNALSNAT', value: 'true' }] })],
  [
    'two env values in another order',
    container({
      env: [
        { name: 'EXTERNALSNAT', value: 'x' },
        { name: 'WARM_ENI_TARGET', value: '2' },
      ],
    }),
  ],
  ['a new env entry', container({ env: [{ name: 'NEW', value: '1' }] })],
  [
    'a new one between two others',
    container({
      env: [
        { name: 'WARM_ENI_TARGET', value: '2' },
        { name: 'NEW', value: '1' },
        { name: 'EXTERNALSNAT', value: 'true' },
      ],
    }),
  ],
  ['an env entry deleted', container({ env: [{ name: 'WARM_ENI_TARGET', $patch: 'delete' }] })],
  ['an env entry deleted that is not there', container({ env: [{ name: 'NOPE', $patch: 'delete' }] })],
  ['an env list replaced', container({ env: [{ $patch: 'replace' }, { name: 'ONLY', value: '1' }] })],
  [
    'an env value removed',
    container({
      env: [{ name: 'WARM_ENI_TARGET', value: null, valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
    }),
  ],
  [
    'an order of env given',
    container({
      '$setElementOrder/env': [{ name: 'EXTERNALSNAT' }, { name: 'WARM_ENI_TARGET' }],
      env: [{ name: 'WARM_ENI_TARGET', value: '3' }],
    }),
  ],
  ['a list without a key', container({ command: ['/bin/sh'] })],
  [
    'a port by its number',
    container({
      ports: [
        { containerPort: 50051, name: 'rpc' },
        { containerPort: 1, name: 'one' },
      ],
    }),
  ],
  ['a mount by its path', container({ volumeMounts: [{ mountPath: '/var/run/docker.sock', name: 'cni-bin-dir' }] })],
  ['a mount deleted', container({ volumeMounts: [{ mountPath: '/var/run/docker.sock', $patch: 'delete' }] })],
  ['a map merged', container({ resources: { limits: { memory: '1Gi' } } })],
  ['a map replaced', container({ resources: { $patch: 'replace', limits: { memory: '1Gi' } } })],
  ['a container added', { spec: { template: { spec: { containers: [{ name: 'third', image: 'x' }] } } } }],
  [
    'a container deleted',
    { spec: { template: { spec: { containers: [{ name: 'aws-eks-nodeagent', $patch: 'delete' }] } } } },
  ],
  [
    'init containers where there were none',
    { spec: { template: { spec: { initContainers: [{ name: 'init', image: 'x' }] } } } },
  ],
  ['the path of a volume', volumes({ name: 'dockersock', hostPath: { path: '/var/run/docker.sock' } })],
  ['the kind of a volume', volumes({ name: 'dockersock', hostPath: null, emptyDir: {} })],
  ['only the keys that are kept', volumes({ name: 'dockersock', $retainKeys: ['name', 'emptyDir'], emptyDir: {} })],
  ['a volume added and one deleted', volumes({ name: 'new', emptyDir: {} }, { name: 'cni-bin-dir', $patch: 'delete' })],
  ['a list of tolerations', { spec: { template: { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } } } }],
  ['the strategy', { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }],
  ['labels, one of them removed', { metadata: { labels: { tier: null, new: 'x' } } }],
  ['finalizers, which are a set', { metadata: { finalizers: ['example.com/c', 'example.com/a'] } }],
  ['a finalizer taken out', { metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] } }],
  ['nothing', {}],
];

const kubectl = findTool('kubectl');
const skipNote = kubectl === null ? ' (skipped: there is no kubectl)' : '';
if (kubectl === null) process.stderr.write('patches are not compared with kubectl: there is none\n');

describe.skipIf(kubectl === null)(`kubectl makes the same of the same patch${skipNote}`, () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'netdiag-kubectl-'));
    writeFileSync(join(directory, 'object.json'), JSON.stringify(daemonSet));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  /** `--local`: kubectl patches the file itself and asks no server. */
  function byKubectl(type: string, patch: unknown): unknown {
    const args = [
      'patch',
      '--local',
      '-f',
      join(directory, 'object.json'),
      '--type',
      type,
      '-p',
      JSON.stringify(patch),
    ];
    const env = { PATH: process.env['PATH'], HOME: directory, KUBECONFIG: join(directory, 'none') };
    return plain(JSON.parse(execFileSync(kubectl ?? '', [...args, '-o', 'json'], { encoding: 'utf8', env })));
  }

  test.each(strategic)('strategic: %s', (_, patch) => {
    const shape = shapes['DaemonSet'] ?? 'any';
    expect(plain(strategicPatch(daemonSet, patch, shape))).toEqual(byKubectl('strategic', patch));
  });

  test.each<readonly [string, unknown]>([
    ['a list replaced whole', container({ env: [{ name: 'ONLY', value: '1' }], image: 'x' })],
    ['a field removed', { metadata: { labels: null, finalizers: null } }],
    ['a field nested', { metadata: { annotations: { a: 'b' } } }],
  ])('merge: %s', (_, patch) => {
    expect(plain(mergePatch(daemonSet, patch))).toEqual(byKubectl('merge', patch));
  });

  test.each<readonly [string, readonly Json[]]>([
    ['added at the end', [{ op: 'add', path: '/spec/template/spec/tolerations/-', value: { key: 'a' } }]],
    ['added in the middle', [{ op: 'add', path: '/spec/template/spec/containers/0/env/1', value: { name: 'N' } }]],
    ['removed', [{ op: 'remove', path: '/spec/template/spec/containers/0/env/1' }]],
    [
      'moved and copied',
      [
        { op: 'move', from: '/spec/template/spec/volumes/0', path: '/spec/template/spec/volumes/1' },
        { op: 'copy', from: '/metadata/labels/tier', path: '/metadata/labels/k8s~1copy' },
      ],
    ],
    [
      'tested and replaced',
      [
        { op: 'test', path: '/metadata/name', value: 'aws-node' },
        { op: 'replace', path: '/spec/template/spec/containers/0/env/1/value', value: '2' },
      ],
    ],
  ])('JSON Patch: %s', (_, patch) => {
    expect(plain(jsonPatch(daemonSet, operationsOf(patch) ?? []))).toEqual(byKubectl('json', patch));
  });
});

describe('what a patch leaves alone', () => {
  const before = structuredClone(daemonSet);

  test('the object that it is applied to', () => {
    for (const [, patch] of strategic) strategicPatch(daemonSet, patch, shapes['DaemonSet'] ?? 'any');
    jsonPatch(daemonSet, [{ op: 'remove', path: '/spec' }]);
    mergePatch(daemonSet, { spec: null });
    expect(daemonSet).toEqual(before);
  });

  test.each([
    [[{ op: 'test', path: '/metadata/name', value: 'other' }]],
    [[{ op: 'remove', path: '/metadata/nope' }]],
    [[{ op: 'replace', path: '/spec/template/spec/containers/7/name', value: 'x' }]],
    [[{ op: 'add', path: '/metadata/nope/deep', value: 'x' }]],
    [[{ op: 'turn', path: '/metadata' }]],
  ])('JSON Patch that cannot be done: %j', (operations) => {
    expect(() => jsonPatch(daemonSet, operations)).toThrow(JsonPatchError);
  });

  test('prototypes: such names are data', () => {
    const patch = JSON.parse('{"metadata":{"labels":{"__proto__":{"polluted":"yes"}}}}') as Json;
    const operations = [{ op: 'add', path: '/metadata/__proto__', value: { polluted: 'yes' } }];
    mergePatch(daemonSet, patch);
    strategicPatch(daemonSet, patch, shapes['DaemonSet'] ?? 'any');
    jsonPatch(daemonSet, operations);
    expect({}).not.toHaveProperty('polluted');
  });
});

/** Without what a client fills in by itself: absent and empty are the same here. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (!isObject(value)) return value;
  const fields = Object.entries(value)
    .map(([key, one]): [string, unknown] => [key, plain(one)])
    .filter(([key, one]) => key !== 'creationTimestamp' && key !== 'status' && one !== null && !isEmpty(one));
  return Object.fromEntries(fields);
}

function isEmpty(value: unknown): boolean {
  return value === '' || (isObject(value) && Object.keys(value).length === 0);
}
