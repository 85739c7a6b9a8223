import type { IncomingMessage } from 'node:http';

/** What a request asks for, as the real API server's RequestInfo says it. */
export interface ApiRequest {
  verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete';
  group: string;
  version: string;
  resource: string;
  /** `log`, `proxy`, …; empty for the object itself. */
  subresource: string;
  namespace: string;
  name: string;
  /** Path after the subresource, for `proxy`, without its leading slash. */
  rest: string;
  query: URLSearchParams;
}

/** Takes a URL apart; null for a path that names no resource (`/version`, `/healthz`, nonsense). */
export function apiRequest(message: IncomingMessage): ApiRequest | null {
  const url = new URL(message.url ?? '/', 'https://stand-in');
  const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  let group = '';
  if (parts[0] === 'apis') {
    parts.shift();
    group = parts[0] ?? '';
  } else if (parts[0] !== 'api') return null;
  const version = parts[1];
  if (version === undefined) return null;
  let rest = parts.slice(2);
  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 2) {
    namespace = rest[1] ?? '';
    rest = rest.slice(2);
  }
  const [resource, name = '', subresource = '', ...tail] = rest;
  if (resource === undefined) return null;
  const verb = verbOf(message.method ?? 'GET', name, url.searchParams);
  if (verb === null) return null;
  return {
    verb,
    group,
    version,
    resource,
    subresource,
    namespace,
    name,
    rest: tail.join('/'),
    query: url.searchParams,
  };
}

function verbOf(method: string, name: string, query: URLSearchParams): ApiRequest['verb'] | null {
  const watch = ['true', '1'].includes(query.get('watch') ?? '');
  const verbs: Record<string, ApiRequest['verb']> = {
    GET: watch ? 'watch' : name ? 'get' : 'list',
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
    DELETE: 'delete',
  };
  return verbs[method] ?? null;
}

/** `daemonsets.apps`, `nodes`: how messages name a resource. */
export function longName({ group, resource }: Pick<ApiRequest, 'group' | 'resource'>): string {
  return group ? `${resource}.${group}` : resource;
}
