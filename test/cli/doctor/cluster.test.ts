import nock from 'nock';
import { describe, expect, test } from 'vitest';
import { clusterAccess, type Right } from '../../../src/adapter/kubernetes/access.ts';
import { clusterItems } from '../../../src/cli/doctor/cluster.ts';
import type { Item } from '../../../src/cli/doctor/item.ts';
import { ClusterError } from '../../../src/port.ts';
import { answers, onlyNock } from '../../adapter/kubernetes/api.ts';
import { failure, JSON_TYPE, kubeconfig, patientClock, recorded, SERVER } from '../../adapter/kubernetes/practice.ts';
import { fakeCluster, nodeNamed, UNKNOWN_CNI } from '../../fake/cluster.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const RIGHT: Right = { verb: 'get', resource: 'nodes/proxy', group: '', namespace: null };

const access = () => clusterAccess({ kubeconfig: kubeconfig() }, patientClock());

describe('the API server, asked about itself', () => {
  test('gives its version and its clock', async () => {
    onlyNock();
    const date = 'Fri, 20 Nov 2026 12:00:00 GMT';
    answers('/version', 200, '{"gitVersion":"v1.34.2","major":"1"}', { ...JSON_TYPE, date });
    expect(await access().version()).toEqual({
      version: 'v1.34.2',
      server: 'api.netdiag.test:6443',
      date: Date.parse(date),
    });
  });

  test('without a Date has no clock', async () => {
    onlyNock();
    answers('/version', 200, '{"gitVersion":"v1.34.2"}');
    expect((await access().version()).date).toBeNull();
  });

  test.each([true, false])('says of a right: %s', async (allowed) => {
    onlyNock();
    let asked: unknown;
    nock(SERVER)
      .post(REVIEWS, (body: unknown) => {
        asked = body;
        return true;
      })
      .reply(201, { kind: 'SelfSubjectAccessReview', status: { allowed } }, JSON_TYPE);
    expect(await access().may({ ...RIGHT, name: 'a' })).toBe(allowed);
    expect(asked).toMatchObject({
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', group: '', resource: 'nodes', subresource: 'proxy', name: 'a' } },
    });
  });

  test.each([
    [401, recorded('status-401.json'), 'denied', /does not accept the credentials/],
    [200, '<html>', 'unparsable', /instead of JSON|form that netdiag does not know|ends early/],
    [200, '{"gitVersion":7}', 'unparsable', /form that netdiag does not know/],
  ] as const)('a version of %i %j is none', async (status, body, gap, says) => {
    onlyNock();
    answers('/version', status, body, body === '<html>' ? { 'content-type': 'text/html' } : JSON_TYPE);
    const error = await failure(access().version());
    expect(error.gap).toBe(gap);
    expect(error.message).toMatch(says);
  });

  test.each([
    [201, '{"kind":"SelfSubjectAccessReview","status":{"allowed":"true"}}', 'unparsable'],
    [403, recorded('status-403-anonymous.json'), 'denied'],
  ] as const)('a review of %i %j is no right', async (status, body, gap) => {
    onlyNock();
    nock(SERVER).post(REVIEWS).reply(status, body, JSON_TYPE);
    const error = await failure(access().may(RIGHT));
    expect(error.gap).toBe(gap);
    expect(error.message.includes('system:basic-user')).toBe(status === 403);
  });
});

const NOW = Date.UTC(2026, 10, 20, 12);
const CNI = { ...UNKNOWN_CNI, name: 'aws-vpc', version: '1.20.4', daemonSet: 'kube-system/aws-node' };
const well = () => fakeCluster({ nodes: [nodeNamed('a', '10.0.0.1'), nodeNamed('b', '10.0.0.2')], cni: CNI });

async function examined(
  may: (right: Right) => boolean | ClusterError | undefined = () => undefined,
  { cluster = well(), date = NOW }: { cluster?: ReturnType<typeof fakeCluster>; date?: number | null } = {},
): Promise<readonly Item[]> {
  const { items } = await clusterItems({
    cluster,
    clock: { now: () => NOW },
    access: {
      version: () => Promise.resolve({ version: 'v1.34.2', server: 'api:6443', date }),
      may: (right) => {
        const verdict = may(right) ?? !NEVER.includes(right.resource);
        return typeof verdict === 'boolean' ? Promise.resolve(verdict) : Promise.reject(verdict);
      },
    },
  });
  return items;
}

/** What an account of netdiag's own may not do. */
const NEVER = ['secrets', 'pods/exec'];

const bad = (items: readonly Item[]): string[] =>
  items
    .filter(({ health }) => health !== 'ok')
    .map(({ id, of, health }) => [health, id, ...(of === null ? [] : [of])].join(' '));

describe('a cluster', () => {
  test('that is well is one line for each thing', async () => {
    const items = await examined();
    expect(bad(items)).toEqual([]);
    expect(items.map(({ id }) => id)).toEqual(
      ['api', 'clock', 'rights', 'change-rights', 'excess', 'cni', 'nodes'].map((name) => `cluster.${name}`),
    );
    expect(items.at(-1)?.seen).toBe('2 nodes in 1 pool');
  });

  test('is asked for the objects that a role may name, in their namespace', async () => {
    const asked: string[] = [];
    await examined(({ verb, resource, namespace, name }) => {
      asked.push([verb, resource, namespace ?? '*', name ?? '*'].join(' '));
      return undefined;
    });
    expect(asked).toContain('get endpoints default kubernetes');
    expect(asked).toContain('patch daemonsets kube-system aws-node');
    expect(asked).toContain('get nodes/proxy * *');
    expect(new Set(asked).size).toBe(asked.length);
  });

  test('a right to read that is missing is a fault, with the manifest that gives it', async () => {
    const items = await examined(({ resource }) => (resource === 'events' ? false : undefined));
    expect(bad(items)).toEqual(['fault cluster.rights list events']);
    expect(items.find(({ health }) => health === 'fault')).toMatchObject({
      seen: 'may not list events: netdiag cannot see what the cluster has reported about the node and its pods',
      mend: 'Run kubectl apply -f deploy/rbac.yml.',
    });
  });

  test('rights to change that are missing are warnings: plans of Kubernetes steps are refused', async () => {
    const items = await examined(({ verb }) => (['patch', 'delete'].includes(verb) ? false : undefined));
    expect(bad(items)).toEqual([
      'warning cluster.change-rights patch daemonsets.apps',
      'warning cluster.change-rights patch nodes',
      'warning cluster.change-rights delete pods',
    ]);
    expect(items.find(({ health }) => health === 'warning')?.seen).toMatch(/plans of Kubernetes steps are refused$/);
  });

  test('a right that cannot be asked about is not seen', async () => {
    const items = await examined(({ verb, resource }) =>
      verb === 'list' && resource === 'nodes' ? new ClusterError('timed-out', 'It did not answer.') : undefined,
    );
    expect(bad(items)).toEqual(['unseen cluster.rights list nodes']);
  });

  test('an account that may do what netdiag never does is a warning', async () => {
    const items = await examined(() => true);
    expect(bad(items)).toEqual(['warning cluster.excess']);
    expect(items.find(({ id }) => id === 'cluster.excess')?.seen).toMatch(
      /read every secret and run commands in every pod/,
    );
  });

  test('with another clock, another CNI and nodes that it does not list', async () => {
    const cluster = fakeCluster({ cni: UNKNOWN_CNI });
    cluster.fail('nodes', 'denied', 'I could not list the nodes.');
    const items = await examined(undefined, { cluster, date: NOW - 60_000 });
    expect(bad(items)).toEqual(['warning cluster.clock', 'warning cluster.cni', 'unseen cluster.nodes']);
  });

  test.each([
    ['denied', 'fault cluster.api'],
    ['unreachable', 'unseen cluster.api'],
  ] as const)('that gives no answer (%s) has nothing green', async (gap, first) => {
    const silent = () => Promise.reject(new ClusterError(gap, 'I could not ask for the version.'));
    const { items, nodes } = await clusterItems({
      cluster: well(),
      clock: { now: () => NOW },
      access: { version: silent, may: silent },
    });
    expect(bad(items)[0]).toBe(first);
    expect(items.filter(({ health }) => health === 'ok')).toEqual([]);
    expect(nodes).toBeNull();
  });
});
