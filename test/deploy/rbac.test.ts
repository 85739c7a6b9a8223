import nock from 'nock';
import { expect, it } from 'vitest';
import { ASKS } from '../../src/adapter/kubernetes/ask.ts';
import { onlyNock } from '../adapter/kubernetes/api.ts';
import { cluster, JSON_TYPE, recorded, SERVER } from '../adapter/kubernetes/practice.ts';
import { patchTo, WORLD } from '../contract/cluster.ts';
import type { KubernetesPatch } from '../../src/model/index.ts';
import { manifests } from './manifest.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** `get nodes/proxy`, `list daemonsets.apps`, `get endpoints in default named kubernetes`. */
function permission(verb: string, resource: string, group: string, namespace: string | null, name?: string): string {
  const what = group === '' ? resource : `${resource}.${group}`;
  return [
    verb,
    what,
    ...(namespace === null ? [] : ['in', namespace]),
    ...(name === undefined ? [] : ['named', name]),
  ].join(' ');
}

/** Everything that deploy/ allows to netdiag's account; `by`: as far as the file of that name does. */
function allowed(by?: string): readonly string[] {
  const all = manifests(by);
  return all
    .filter(({ kind }) => kind === 'ClusterRoleBinding' || kind === 'RoleBinding')
    .flatMap((binding) => {
      expect(binding['subjects']).toEqual([{ kind: 'ServiceAccount', name: 'netdiag', namespace: 'netdiag' }]);
      const ref = binding['roleRef'] as { kind: string; name: string };
      const namespace = binding.kind === 'RoleBinding' ? (binding.metadata.namespace ?? '') : null;
      const role = all.find(({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name);
      return ((role?.['rules'] ?? []) as Rule[]).flatMap((rule) =>
        rule.apiGroups.flatMap((group) =>
          rule.resources.flatMap((resource) =>
            rule.verbs.flatMap((verb) =>
              (rule.resourceNames ?? [undefined]).map((name) => permission(verb, resource, group, namespace, name)),
            ),
          ),
        ),
      );
    })
    .toSorted();
}

const PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/v1\/(?:namespaces\/(?<namespace>[^/]+)\/)?(?<resource>[a-z]+)(?:\/(?<name>[^/]+)(?:\/(?<sub>[a-z]+).*)?)?$/;

/** Where workloads live: in any namespace, so a rule for one would not do. */
const ANYWHERE = 'kube-system';

/** The permission that a request needs, as the API server's authorizer reads its method and its path. */
function needed({ method, url }: Request): string {
  const { group = '', namespace, resource = '', name, sub } = PATH.exec(new URL(url).pathname)?.groups ?? {};
  const whole = sub === undefined ? resource : `${resource}/${sub}`;
  const verb = method === 'GET' ? (name === undefined ? 'list' : 'get') : method.toLowerCase();
  // Nodes and pods have any name, so no rule can list them; the Endpoints object and the CNI's DaemonSet are always the same ones.
  const named = namespace === undefined || resource === 'pods' ? undefined : name;
  return permission(verb, whole, group, namespace === undefined || namespace === ANYWHERE ? null : namespace, named);
}

/** What the API server would say, so that the adapter goes on to its next request. */
function answerTo({ method, url }: Request): [number, string] {
  const { pathname } = new URL(url);
  if (method === 'DELETE') return [409, recorded('status-409-conflict.json')];
  if (pathname.endsWith('/daemonsets/aws-node')) return [200, recorded('daemonset-aws-node.json')];
  if (pathname === '/api/v1/nodes/a') return [200, JSON.stringify({ kind: 'Node', metadata: NODE })];
  return [200, '{"items":[],"subsets":[]}'];
}

const NODE = { name: 'a', uid: 'aaaaaaaa-0000', resourceVersion: '1' };

const nodePatch: KubernetesPatch = {
  kind: 'kubernetes-patch',
  object: { kind: 'Node', namespace: null, name: NODE.name, uid: NODE.uid, generation: null },
  says: 'annotate',
  patch: { metadata: { annotations: { a: 'b' } } },
};

/** Every permission that the adapter uses when it is asked everything. */
async function used(): Promise<readonly string[]> {
  onlyNock();
  const seen = new Set<string>();
  const answer = (request: Request): [number, string, Record<string, string>] => {
    seen.add(needed(request));
    return [...answerTo(request), JSON_TYPE];
  };
  nock(SERVER)
    .persist()
    .get(() => true)
    .reply(answer)
    .patch(() => true)
    .reply(answer)
    .delete(() => true)
    .reply(answer);
  const asked = cluster();
  await Promise.all([
    asked.nodes(),
    asked.podsOn('a'),
    asked.cni(),
    asked.events('a'),
    asked.apiServers(),
    asked.reachKubelet('a'),
    asked.podsOf(ANYWHERE, 'DaemonSet/aws-node'),
    asked.rehearse(patchTo('true')),
    asked.patch(patchTo('true'), 'f1', 'effect'),
    asked.patch(nodePatch, 'f1', 'effect'),
    asked.deletePod(WORLD.cniPod),
  ]);
  return [...seen].toSorted();
}

it('T20: deploy/ allows exactly what the code asks', async () => {
  expect(await used()).toEqual(allowed());
});

it('T20: nothing is allowed that reads secrets, or is a wildcard', () => {
  expect(allowed().filter((one) => /secrets|\*/.test(one))).toEqual([]);
});

it('who leaves rbac-change.yml out allows nothing that changes anything', () => {
  expect(allowed('rbac.yml').filter((one) => !/^(?:get|list) /.test(one))).toEqual([]);
});

it('rbac-change.yml allows three changes, and the looks before them', () => {
  expect(allowed('rbac-change.yml')).toEqual([
    'delete pods',
    'get daemonsets.apps named aws-node',
    'get nodes',
    'get pods',
    'patch daemonsets.apps named aws-node',
    'patch nodes',
  ]);
});

it.each(['deploy/rbac.yml', 'deploy/rbac-change.yml'] as const)('a refusal names the rule that %s has', (by) => {
  const names: Readonly<Record<string, string>> = { endpoints: 'kubernetes', daemonsets: 'aws-node' };
  const named = Object.values(ASKS)
    .filter(({ allowedBy }) => allowedBy === by)
    .map(({ verb, resource, group, namespace }) =>
      permission(verb, resource, group, namespace, verb === 'list' ? undefined : names[resource]),
    );
  expect([...new Set(named)].toSorted()).toEqual(allowed(by.slice('deploy/'.length)));
});
