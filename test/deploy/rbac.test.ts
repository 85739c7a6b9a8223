import nock from 'nock';
import { expect, it } from 'vitest';
import { ASKS } from '../../src/adapter/kubernetes/ask.ts';
import { onlyNock } from '../adapter/kubernetes/api.ts';
import { cluster, JSON_TYPE, SERVER } from '../adapter/kubernetes/practice.ts';
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

/** Everything that deploy/ allows to netdiag's account. */
function allowed(): readonly string[] {
  const all = manifests();
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

/** The permission that a request needs, as the API server's authorizer reads its path. */
function needed(url: URL): string {
  const { group = '', namespace, resource = '', name, sub } = PATH.exec(url.pathname)?.groups ?? {};
  const whole = sub === undefined ? resource : `${resource}/${sub}`;
  // Nodes have any name, so no rule can list them; the Endpoints object is always the same one.
  const named = namespace === undefined ? undefined : name;
  return permission(name === undefined ? 'list' : 'get', whole, group, namespace ?? null, named);
}

/** Every permission that the adapter uses when it is asked everything. */
async function used(): Promise<readonly string[]> {
  onlyNock();
  const seen = new Set<string>();
  nock(SERVER)
    .persist()
    .get(() => true)
    .reply((request: Request) => {
      seen.add(needed(new URL(request.url)));
      return [200, '{"items":[],"subsets":[]}', JSON_TYPE];
    });
  const asked = cluster();
  await Promise.all([
    asked.nodes(),
    asked.podsOn('a'),
    asked.cni(),
    asked.events('a'),
    asked.apiServers(),
    asked.reachKubelet('a'),
  ]);
  return [...seen].toSorted();
}

it('deploy/ allows exactly what the code asks', async () => {
  expect(await used()).toEqual(allowed());
});

it('nothing is allowed that changes anything, reads secrets, or is a wildcard', () => {
  expect(allowed().filter((one) => !/^(?:get|list) /.test(one) || /secrets|\*/.test(one))).toEqual([]);
});

it('a refusal names the same rule that deploy/ has', () => {
  const named = Object.values(ASKS).map((ask) =>
    permission(
      ask.verb,
      ask.resource,
      ask.group,
      ask.namespace,
      ask.resource === 'endpoints' ? 'kubernetes' : undefined,
    ),
  );
  expect(named.toSorted()).toEqual(allowed());
});
