import { type Clock, ClusterError } from '../../port.ts';
import type { Ask } from './ask.ts';
import { clean } from './clean.ts';
import { asking } from './asking.ts';
import type { Access } from './connect.ts';
import { Failure } from './failure.ts';
import { clusterError } from './sentence.ts';

/** What an API server says of itself. */
export interface ServerVersion {
  /** `v1.34.2`, cleaned. */
  readonly version: string;
  /** Host and port. */
  readonly server: string;
  /** Milliseconds since the epoch by its `Date` header, which counts whole seconds; `null` when it sent none. */
  readonly date: number | null;
}

/** One right, narrowed to an object where a role may name it. */
export interface Right extends Pick<Ask, 'resource' | 'group' | 'namespace'> {
  readonly verb: Ask['verb'] | 'create';
  /** Absent: any object. */
  readonly name?: string;
}

/** What can be learnt of the way to a cluster without reading one of its objects. Both methods throw ClusterError. */
export interface ClusterAccess {
  version(): Promise<ServerVersion>;
  /** Whether the configured account may do this, as the API server's own authorizer says; nothing is done. */
  may(right: Right): Promise<boolean>;
}

const DEADLINE_MS = 10_000;

const VERSION: Ask = {
  verb: 'get',
  resource: 'version',
  group: '',
  namespace: null,
  doing: 'ask for the version',
  unseen: 'whether the API server answers, and which one it is',
  allowedBy: 'deploy/rbac.yml',
};

const REVIEW: Ask = {
  verb: 'get',
  resource: 'selfsubjectaccessreviews',
  group: 'authorization.k8s.io',
  namespace: null,
  doing: 'ask what the account may do',
  unseen: 'which of its rights are missing',
  allowedBy: 'deploy/rbac.yml',
};

/** Only a cluster whose default roles were taken away refuses these; no manifest of ours gives them back. */
function taken({ doing, unseen }: Ask, server: string): ClusterError {
  const next = 'give the account the default roles system:basic-user and system:public-info-viewer again';
  const why = `the API server ${server} refused (403); netdiag therefore cannot see ${unseen}`;
  return new ClusterError('denied', `I could not ${doing}: ${why} — ${next}.`);
}

/**
 * Asks an API server about itself and about the account's rights. Every account may do both: the roles `system:public-info-viewer`
 * and `system:basic-user` (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles).
 */
export function clusterAccess(access: Access, clock: Clock): ClusterAccess {
  const manner = { deadlineMs: DEADLINE_MS };
  const answer = asking(access, clock, { direct: manner, change: manner, passedOn: manner }, (fault, ask, server) =>
    fault.is === 'status' && fault.code === 403 ? taken(ask, server) : clusterError(fault, ask, server),
  );

  return {
    version: () =>
      answer(VERSION, async ({ version, server }) => {
        const { data, headers } = await version.getCodeWithHttpInfo();
        const said = clean((data as { gitVersion?: unknown } | undefined)?.gitVersion, 60);
        if (said === '') throw new Failure({ is: 'shape', words: 'a version without gitVersion' });
        const date = Date.parse(headers['date'] ?? '');
        return { version: said, server: clean(server, 100), date: Number.isNaN(date) ? null : date };
      }),

    may: ({ verb, resource, group, namespace, name }) =>
      answer(REVIEW, async ({ authorization }) => {
        const [kind = resource, subresource] = resource.split('/');
        const resourceAttributes = {
          verb,
          group,
          resource: kind,
          ...(subresource === undefined ? {} : { subresource }),
          ...(namespace === null ? {} : { namespace }),
          ...(name === undefined ? {} : { name }),
        };
        const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
        const review: unknown = await authorization.createSelfSubjectAccessReview({
          body: { ...body, spec: { resourceAttributes } },
        });
        const status = (review as { status?: { allowed?: unknown } } | undefined)?.status;
        if (typeof status?.allowed !== 'boolean')
          throw new Failure({ is: 'shape', words: 'a review without a verdict' });
        return status.allowed;
      }),
  };
}
