import type { IncomingMessage } from 'node:http';
import type { ClusterState, Rule } from '../cluster/state.ts';

/** Who asks. Somebody without a token is anonymous; a token that nobody has is nobody (401). */
export interface User {
  name: string;
  rules: readonly Rule[];
}

/** The user behind a request, or null for a token that is not known. */
export function userOf(message: IncomingMessage, state: ClusterState): User | null {
  const token = /^Bearer (.+)$/.exec(message.headers.authorization ?? '')?.[1];
  if (token === undefined) return { name: 'system:anonymous', rules: [] };
  const known = Object.hasOwn(state.tokens, token) ? state.tokens[token] : undefined;
  return known ? { name: known.user, rules: known.rules } : null;
}

interface Attempt {
  verb: string;
  group: string;
  resource: string;
  subresource: string;
  name: string;
}

/** RBAC: allowed when one rule allows verb, group and resource together, and the name where the rule names some. */
export function allowed(user: User, { verb, group, resource, subresource, name }: Attempt): boolean {
  const what = subresource ? `${resource}/${subresource}` : resource;
  const covers = (list: readonly string[], value: string) => list.includes('*') || list.includes(value);
  return user.rules.some(
    ({ groups, resources, verbs, names }) =>
      covers(groups, group) &&
      covers(resources, what) &&
      covers(verbs, verb) &&
      (names === undefined || names.includes(name)),
  );
}

/** The answer to a SelfSubjectAccessReview, in the shape of the real server. Throws for a body that is none. */
export function accessReview(user: User, body: unknown): object {
  const spec = (body as { spec?: { resourceAttributes?: Record<string, string> } } | null)?.spec;
  const attributes = spec?.resourceAttributes;
  if (!attributes) throw new Error('spec.resourceAttributes is missing');
  const { verb = '', group = '', resource = '', subresource = '', name = '' } = attributes as Partial<Attempt>;
  const yes = allowed(user, { verb, group, resource, subresource, name });
  const reason =
    'RBAC: allowed by ClusterRoleBinding "netdiag" of ClusterRole "netdiag" to ServiceAccount "netdiag/netdiag"';
  return {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec,
    status: yes ? { allowed: true, reason } : { allowed: false },
  };
}
