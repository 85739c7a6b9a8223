import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Call, ApiServer } from './api/server.ts';
import { noLab, skipNote } from './skip.ts';
import { type ClusterState, clusterState, netdiagFixRules, writeState } from './cluster/state.ts';
import { updateState } from './cluster/store.ts';
import { startLab } from './start.ts';
import { awsVpc } from './topology/aws-vpc.ts';

const born = new Date('2026-11-20T16:01:21.339Z');
const topology = awsVpc({ eth1Route: 'main-first', eth0RpFilter: '2', mgmt: true });
const identity = { machineId: 'ec2d0a3b0b0c4f5d8a6b7c8d9e0f1a2b', bootId: 'b0a1c2d3-e4f5-4a6b-8c7d-9e0f1a2b3c4d' };

let directory: string;
let server: Server;
let origin: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'netdiag-api-'));
  const state = clusterState(
    topology,
    {
      nodes: Object.fromEntries(topology.nodes.map(({ name }) => [name, identity])),
      tokens: { netdiag: 'netdiag-token', reader: 'reader-token', kubelets: { 'ip-10-0-10-207': 'kubelet-token' } },
      dialTimeoutMs: 200,
    },
    born,
  );
  writeState(join(directory, 'state.json'), state);
  const api = new ApiServer(join(directory, 'state.json'), join(directory, 'calls.jsonl'));
  server = createServer((message, response) => void api.handle(message, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Asked {
  code: number;
  body: Body;
}
interface Body {
  kind?: string;
  message?: string;
  items?: Named[];
  metadata?: { continue?: string; name?: string; resourceVersion?: string; generation?: number };
  status?: unknown;
  [field: string]: unknown;
}
interface Named {
  metadata: { name: string };
}

async function ask(
  path: string,
  options: { token?: string | null; method?: string; body?: unknown; type?: string } = {},
): Promise<Asked> {
  const { token = 'netdiag-token', method = 'GET', body, type } = options;
  const headers: Record<string, string> = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(type === undefined ? {} : { 'content-type': type }),
  };
  const response = await fetch(`${origin}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get('content-type') === 'application/json';
  return { code: response.status, body: json ? (JSON.parse(text) as Body) : { text } };
}

function change(how: (state: ClusterState) => ClusterState): void {
  updateState(join(directory, 'state.json'), how);
}

function names({ body }: Asked): string[] {
  return (body.items ?? []).map(({ metadata }) => metadata.name);
}

describe('lists', () => {
  test('nodes carry what their own files say', async () => {
    const { code, body } = await ask('/api/v1/nodes/ip-10-0-10-207');
    expect(code).toBe(200);
    expect(body).toMatchObject({
      kind: 'Node',
      apiVersion: 'v1',
      metadata: { name: 'ip-10-0-10-207', labels: { 'eks.amazonaws.com/nodegroup': 'ng-1' } },
      status: { nodeInfo: { machineID: identity.machineId, bootID: identity.bootId } },
    });
  });

  test.each([
    ['/api/v1/nodes', ['ip-10-0-10-207', 'ip-10-0-10-115', 'ip-10-0-10-69']],
    ['/api/v1/nodes?labelSelector=eks.amazonaws.com%2Fnodegroup%3Dng-1', ['ip-10-0-10-207', 'ip-10-0-10-115']],
    ['/api/v1/nodes?labelSelector=!eks.amazonaws.com%2Fnodegroup', ['ip-10-0-10-69']],
    ['/api/v1/nodes?labelSelector=kubernetes.io%2Fhostname+in+(ip-10-0-10-69,x)', ['ip-10-0-10-69']],
    ['/api/v1/nodes?fieldSelector=metadata.name%3Dip-10-0-10-69', ['ip-10-0-10-69']],
    [
      '/api/v1/pods?fieldSelector=spec.nodeName%3Dip-10-0-10-207',
      ['aws-node-lm9nx', 'kube-proxy-lm9nx', 'web-6d4b9c7f5d-8xk2p', 'coredns-7f85bf9964-x2vlj'],
    ],
    ['/api/v1/namespaces/default/pods', ['web-6d4b9c7f5d-8xk2p', 'web-6d4b9c7f5d-tq7mz']],
    ['/apis/apps/v1/daemonsets', ['aws-node', 'kube-proxy']],
    ['/apis/apps/v1/namespaces/kube-system/daemonsets?labelSelector=k8s-app%3Daws-node', ['aws-node']],
    ['/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dip-10-0-10-69,type%3DWarning', []],
    ['/apis/events.k8s.io/v1/events?fieldSelector=regarding.name%3Dip-10-0-10-69', ['ip-10-0-10-69.1840000000000002']],
    [
      '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases',
      ['ip-10-0-10-207', 'ip-10-0-10-115', 'ip-10-0-10-69'],
    ],
    [
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dkubernetes',
      ['kubernetes'],
    ],
  ])('%s', async (path, expected) => {
    const asked = await ask(path);
    expect(asked.code).toBe(200);
    expect(names(asked)).toEqual(expected);
  });

  test('a limit cuts a list in pages that continue', async () => {
    const first = await ask('/api/v1/nodes?limit=2');
    expect(names(first)).toEqual(['ip-10-0-10-207', 'ip-10-0-10-115']);
    const rest = await ask(`/api/v1/nodes?limit=2&continue=${encodeURIComponent(first.body.metadata?.continue ?? '')}`);
    expect(names(rest)).toEqual(['ip-10-0-10-69']);
    expect(rest.body.metadata?.continue).toBeUndefined();
  });

  test('the service kubernetes points at the control plane', async () => {
    const { body } = await ask('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes');
    expect(body).toMatchObject({ endpoints: [{ addresses: ['10.0.10.69'] }], ports: [{ port: 6443 }] });
  });
});

describe('refusals have the shape of the real server', () => {
  test.each<[string, Parameters<typeof ask>[1], object]>([
    ['/api/v1/nodes', { token: 'stolen' }, { message: 'Unauthorized', reason: 'Unauthorized', code: 401 }],
    [
      '/api/v1/nodes',
      { token: null },
      {
        message:
          'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
        reason: 'Forbidden',
        details: { kind: 'nodes' },
        code: 403,
      },
    ],
    [
      '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node',
      { method: 'PATCH', token: 'reader-token' },
      {
        message:
          'daemonsets.apps "aws-node" is forbidden: User "system:serviceaccount:netdiag:netdiag-reader" cannot patch resource "daemonsets" in API group "apps" in the namespace "kube-system"',
        reason: 'Forbidden',
        details: { name: 'aws-node', group: 'apps', kind: 'daemonsets' },
        code: 403,
      },
    ],
    [
      '/api/v1/nodes/nope',
      {},
      { message: 'nodes "nope" not found', reason: 'NotFound', details: { name: 'nope', kind: 'nodes' }, code: 404 },
    ],
    [
      '/apis/apps/v1/namespaces/kube-system/daemonsets/nope',
      {},
      {
        message: 'daemonsets.apps "nope" not found',
        details: { name: 'nope', group: 'apps', kind: 'daemonsets' },
        code: 404,
      },
    ],
    [
      '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node',
      {
        method: 'PATCH',
        type: 'application/strategic-merge-patch+json',
        body: { spec: { template: { spec: { containers: [{ name: 'aws-node', image: null }] } } } },
      },
      {
        message: 'DaemonSet.apps "aws-node" is invalid: spec.template.spec.containers[0].image: Required value',
        reason: 'Invalid',
        details: {
          name: 'aws-node',
          group: 'apps',
          kind: 'DaemonSet',
          causes: [
            {
              reason: 'FieldValueRequired',
              message: 'Required value',
              field: 'spec.template.spec.containers[0].image',
            },
          ],
        },
        code: 422,
      },
    ],
    [
      '/api/v1/namespaces/kube-system/pods/nope',
      { method: 'DELETE' },
      { message: 'pods "nope" not found', reason: 'NotFound', details: { name: 'nope', kind: 'pods' }, code: 404 },
    ],
    [
      '/api/v1/namespaces/kube-system/pods/aws-node-lm9nx/log?container=zz',
      {},
      { message: 'container zz is not valid for pod aws-node-lm9nx', reason: 'BadRequest', code: 400 },
    ],
  ])('%s %o', async (path, options, expected) => {
    const { body } = await ask(path, options);
    expect(body).toMatchObject({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', ...expected });
  });

  test('secrets are out of reach, and a path that is none is plain text', async () => {
    expect((await ask('/api/v1/secrets')).code).toBe(403);
    expect(await ask('/nonsense')).toEqual({ code: 404, body: { text: '404 page not found\n' } });
  });

  test('a selector that the resource does not support is refused', async () => {
    const { code, body } = await ask('/api/v1/pods?fieldSelector=spec.colour%3Dred');
    expect(code).toBe(400);
    expect(body.message).toContain('field label not supported: spec.colour');
  });
});

describe('access reviews', () => {
  test.each([
    [{ resource: 'nodes', verb: 'list' }, true],
    [{ resource: 'nodes', subresource: 'proxy', verb: 'get' }, true],
    [{ group: 'apps', resource: 'daemonsets', verb: 'patch', name: 'aws-node', namespace: 'kube-system' }, true],
    [{ group: 'apps', resource: 'daemonsets', verb: 'patch', name: 'kube-proxy', namespace: 'kube-system' }, false],
    [{ resource: 'pods', verb: 'delete', namespace: 'default' }, true],
    [{ resource: 'pods', subresource: 'exec', verb: 'get' }, false],
  ])('%o', async (resourceAttributes, allowed) => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const { code, body } = await ask(path, { method: 'POST', body: { spec: { resourceAttributes } } });
    expect(code).toBe(201);
    expect(body).toMatchObject({ kind: 'SelfSubjectAccessReview', spec: { resourceAttributes }, status: { allowed } });
  });
});

describe('the way to a kubelet', () => {
  function moveKubelet(address: string, port: number): void {
    change((state) => ({
      ...state,
      objects: {
        ...state.objects,
        '/nodes': (state.objects['/nodes'] ?? []).map((node) => ({
          ...node,
          status: {
            ...(node['status'] as object),
            addresses: address ? [{ type: 'InternalIP', address }] : [],
            daemonEndpoints: { kubeletEndpoint: { Port: port } },
          },
        })),
      },
    }));
  }

  test('a refused dial is a 500 without a reason', async () => {
    moveKubelet('127.0.0.1', 1);
    const { code, body } = await ask('/api/v1/namespaces/kube-system/pods/aws-node-lm9nx/log');
    expect(code).toBe(500);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message:
        'Get "https://127.0.0.1:1/containerLogs/kube-system/aws-node-lm9nx/aws-node": dial tcp 127.0.0.1:1: connect: connection refused',
      code: 500,
    });
  });

  test('nodes/proxy does not go to loopback', async () => {
    moveKubelet('127.0.0.1', 1);
    const { code, body } = await ask('/api/v1/nodes/ip-10-0-10-207/proxy/healthz');
    expect([code, body.message]).toEqual([400, 'address not allowed']);
  });

  test('a node without an address has no kubelet', async () => {
    moveKubelet('', 10250);
    const { code, body } = await ask('/api/v1/namespaces/kube-system/pods/aws-node-lm9nx/log');
    expect([code, body.message]).toEqual([500, 'no preferred addresses found; known addresses: []']);
  });
});

describe('chaos and the call log', () => {
  test.each([
    [403, 403],
    [429, 429],
    [500, 500],
  ] as const)('it answers %i when told to, as often as told', async (answer, code) => {
    change((state) => ({ ...state, chaos: [{ path: '/api/v1/nodes', answer, times: 1 }] }));
    expect(await ask('/api/v1/nodes')).toMatchObject({ code, body: { kind: 'Status', code } });
    expect((await ask('/api/v1/nodes')).code).toBe(200);
  });

  test('it can answer with somebody else’s page, or never', async () => {
    change((state) => ({
      ...state,
      chaos: [
        { path: '/api/v1/nodes', answer: 'html' },
        { path: '/api/v1/pods', answer: 'hang' },
        { path: '/api/v1/events', answer: 'cut' },
      ],
    }));
    expect((await ask('/api/v1/nodes')).body['text']).toContain('<html>');
    await expect(ask('/api/v1/events')).rejects.toThrow('fetch failed');
    const hung = ask('/api/v1/pods');
    expect(await Promise.race([hung, ask('/version').then(() => 'still waiting')])).toBe('still waiting');
    server.closeAllConnections();
    await expect(hung).rejects.toThrow('fetch failed');
  });

  test('it can do what it is asked and lose the answer, of one method alone', async () => {
    const path = '/api/v1/namespaces/default/pods/web-6d4b9c7f5d-8xk2p';
    change((state) => ({ ...state, chaos: [{ path, method: 'DELETE', answer: 'lost' }] }));
    await expect(ask(path, { method: 'DELETE', body: { gracePeriodSeconds: 0 } })).rejects.toThrow('fetch failed');
    expect((await ask(path)).code).toBe(404);
  });

  test('every call is written down with its user, verb and resource', async () => {
    await ask('/api/v1/nodes');
    await ask('/api/v1/secrets');
    await ask('/api/v1/nodes/ip-10-0-10-207/proxy/healthz', { token: null });
    const calls = readFileSync(join(directory, 'calls.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Call);
    expect(calls.map(({ user, verb, resource, code }) => [user, verb, resource, code])).toEqual([
      ['system:serviceaccount:netdiag:netdiag', 'list', 'nodes', 200],
      ['system:serviceaccount:netdiag:netdiag', 'list', 'secrets', 403],
      ['system:anonymous', 'get', 'nodes/proxy', 403],
    ]);
  });
});

describe('who may change what', () => {
  const set = (name: string) => `/apis/apps/v1/namespaces/kube-system/daemonsets/${name}`;
  const pod = '/api/v1/namespaces/kube-system/pods/kube-proxy-lm9nx';
  const note = { metadata: { annotations: { seen: 'yes' } } };

  test.each<[string, string, string, object | undefined, number]>([
    ['netdiag-token', 'PATCH', set('aws-node'), note, 200],
    ['netdiag-token', 'PATCH', set('kube-proxy'), note, 403],
    ['netdiag-token', 'PATCH', '/api/v1/nodes/ip-10-0-10-207', note, 200],
    ['netdiag-token', 'PATCH', `${pod}/status`, note, 403],
    ['netdiag-token', 'DELETE', pod, undefined, 200],
    ['netdiag-token', 'DELETE', set('aws-node'), undefined, 403],
    ['reader-token', 'PATCH', set('aws-node'), note, 403],
    ['reader-token', 'PATCH', '/api/v1/nodes/ip-10-0-10-207', note, 403],
    ['reader-token', 'DELETE', pod, undefined, 403],
    ['reader-token', 'GET', pod, undefined, 200],
    ['kubelet-token', 'PATCH', `${pod}/status`, note, 200],
    ['kubelet-token', 'PATCH', set('aws-node'), note, 403],
  ])('%s: %s %s', async (token, method, path, body, code) => {
    const type = 'application/strategic-merge-patch+json';
    expect((await ask(path, { token, method, type, ...(body === undefined ? {} : { body }) })).code).toBe(code);
  });
});

test('netdiag may change in the lab nothing that it may not change where it is deployed', () => {
  const file = join(import.meta.dirname, '../../deploy/rbac-change.yml');
  const roles = parseAllDocuments(readFileSync(file, 'utf8')).map(
    (document) => document.toJS() as { rules?: object[] },
  );
  const shipped = roles.flatMap(({ rules = [] }) => rules) as {
    apiGroups: string[];
    resources: string[];
    verbs: string[];
    resourceNames?: string[];
  }[];
  for (const { groups, resources, verbs, names } of netdiagFixRules) {
    const same = shipped.filter(
      (rule) =>
        groups.every((group) => rule.apiGroups.includes(group)) &&
        resources.every((resource) => rule.resources.includes(resource)) &&
        verbs.every((verb) => rule.verbs.includes(verb)) &&
        (rule.resourceNames === undefined || names?.every((name) => rule.resourceNames?.includes(name)) === true),
    );
    expect(same, `${verbs.join()} ${resources.join()}`).not.toEqual([]);
  }
});

describe('what somebody else changed', () => {
  const path = '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node';
  const touch = (how: object) =>
    change((state) => ({
      ...state,
      objects: {
        ...state.objects,
        'apps/daemonsets': (state.objects['apps/daemonsets'] ?? []).map((set) => ({ ...set, ...how })),
      },
    }));
  const versionOf = ({ body }: Asked) => [body.metadata?.generation, body.metadata?.resourceVersion];

  test.each([
    ['a spec counts a generation', { spec: { minReadySeconds: 5 } }, 1],
    ['a status counts none', { status: { numberReady: 0 } }, 0],
  ])('%s, and gets a resource version', async (_, how, counted) => {
    const [generation, version] = versionOf(await ask(path));
    touch(how);
    const [now, newer] = versionOf(await ask(path));
    expect(now).toBe(Number(generation) + counted);
    expect(newer).not.toBe(version);
    touch(how);
    expect(versionOf(await ask(path))).toEqual([now, newer]);
  });
});

describe('a watch', () => {
  const pods = '/api/v1/namespaces/default/pods';
  const one = `${pods}/web-6d4b9c7f5d-8xk2p`;

  /** The lines of a watch as they come. */
  async function* watching(query: string): AsyncGenerator<{ type: string; object: { metadata: Named['metadata'] } }> {
    const response = await fetch(`${origin}${pods}?watch=1${query}`, {
      headers: { authorization: 'Bearer netdiag-token' },
    });
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as { type: string; object: { metadata: Named['metadata'] } };
    }
  }

  async function next(watch: ReturnType<typeof watching>): Promise<string> {
    const { value } = await watch.next();
    return value === undefined ? 'end' : `${value.type} ${value.object.metadata.name}`;
  }

  test('begins with what is there, and tells of changes and deletions', async () => {
    const watch = watching('');
    expect([await next(watch), await next(watch)]).toEqual([
      'ADDED web-6d4b9c7f5d-8xk2p',
      'ADDED web-6d4b9c7f5d-tq7mz',
    ]);
    await ask(one, { method: 'DELETE' });
    expect(await next(watch)).toBe('MODIFIED web-6d4b9c7f5d-8xk2p');
    await ask(one, { method: 'DELETE', body: { gracePeriodSeconds: 0 } });
    expect(await next(watch)).toBe('DELETED web-6d4b9c7f5d-8xk2p');
    await watch.return(undefined);
  });

  test('goes on from a resource version, and ends when its time is over', async () => {
    const { body } = await ask(pods);
    await ask(one, { method: 'DELETE' });
    const watch = watching(`&resourceVersion=${body.metadata?.resourceVersion ?? ''}&timeoutSeconds=1`);
    expect(await next(watch)).toMatch(/ web-6d4b9c7f5d-8xk2p$/);
    expect(await next(watch)).toBe('end');
  });

  test('from before a deletion that nobody remembers is expired', async () => {
    const { body } = await ask(pods);
    await ask(one, { method: 'DELETE', body: { gracePeriodSeconds: 0 } });
    const watch = watching(`&resourceVersion=${body.metadata?.resourceVersion ?? ''}`);
    const { value } = await watch.next();
    expect(value).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
    expect(await next(watch)).toBe('end');
  });
});

describe('heartbeats', () => {
  const lease = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/ip-10-0-10-207';

  test('a kubelet renews its lease, and only a kubelet', async () => {
    const before = (await ask(lease)).body['spec'];
    expect((await ask(lease, { method: 'PUT', body: {} })).code).toBe(403);
    expect((await ask(lease)).body['spec']).toEqual(before);
    expect((await ask(lease, { method: 'PUT', body: {}, token: 'kubelet-token' })).code).toBe(200);
    expect((await ask(lease)).body['spec']).not.toEqual(before);
  });
});

test.skipIf(noLab)(
  `in the lab a silent kubelet is an i/o timeout, a healthy one answers${skipNote}`,
  async () => {
    const lab = await startLab('i1', { dialTimeoutMs: 300 });
    onTestFinished(() => lab.down());
    const client = `
    import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
    const config = new KubeConfig();
    config.loadFromFile(process.argv[1]);
    const core = config.makeApiClient(CoreV1Api);
    const said = (promise) => promise.then((text) => text, ({ code, body }) => ({ code, message: JSON.parse(body).message }));
    const healthz = (name) => said(core.connectGetNodeProxyWithPath({ name, path: 'healthz' }));
    const log = (name) => said(core.readNamespacedPodLog({ name, namespace: 'kube-system' }));
    console.log(JSON.stringify([
      await healthz('ip-10-0-10-207'), await healthz('ip-10-0-10-115'), await log('aws-node-lm9nx'), await log('aws-node-q4fzt'),
    ]));`;
    const argv = [process.execPath, '--input-type=module', '--eval', client, lab.kubeconfig];
    const ran = await lab.exec('controller', argv);
    expect(ran.stderr).toBe('');
    const timeout = 'dial tcp 10.0.10.207:10250: i/o timeout';
    expect(JSON.parse(ran.stdout)).toEqual([
      { code: 503, message: `error trying to reach service: ${timeout}` },
      'ok',
      {
        code: 500,
        message: `Get "https://10.0.10.207:10250/containerLogs/kube-system/aws-node-lm9nx/aws-node": ${timeout}`,
      },
      'kube-system/aws-node-q4fzt/aws-node is up\n',
    ]);
    expect(lab.apiCalls().map(({ resource }) => resource)).toEqual([
      'nodes/proxy',
      'nodes/proxy',
      'pods/log',
      'pods/log',
    ]);
  },
  40_000,
);
