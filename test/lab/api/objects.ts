import type { KubeObject } from '../cluster/objects.ts';
import type { ClusterState } from '../cluster/state.ts';
import { type ApiRequest, longName } from './request.ts';
import { fieldMatcher, labelMatcher, SelectorError } from './select.ts';
import { apiVersionOf, isNamed, type Served, servedBy } from './served.ts';
import { type Answer, badRequest, noSuchPath, notFound } from './status.ts';

/** Answers get and list, with fieldSelector, labelSelector, limit and continue. */
export function objectAnswer(request: ApiRequest, state: ClusterState): Answer {
  const entry = servedBy(request);
  if (!entry) return noSuchPath;
  const apiVersion = apiVersionOf(request);
  if (request.name) {
    const found = (state.objects[entry.store] ?? []).find(isNamed(request));
    const view = entry.view ?? ((object: KubeObject) => object);
    return found ? { code: 200, body: { kind: entry.kind, apiVersion, ...view(found) } } : notFound(request);
  }
  const matching = selected(request, entry);
  if (typeof matching !== 'function') return matching;
  const { items, metadata } = page(matching(state), request.query, state.revision);
  return { code: 200, body: { kind: `${entry.kind}List`, apiVersion, metadata, items } };
}

/** What a list or watch asks for, to be applied to a state; an answer for a selector that the resource does not know. */
export function selected(request: ApiRequest, entry: Served): Answer | ((state: ClusterState) => KubeObject[]) {
  try {
    const field = fieldMatcher(request.query.get('fieldSelector') ?? '', `${request.group}/${request.resource}`);
    const label = labelMatcher(request.query.get('labelSelector') ?? '');
    return (state) => {
      const all = (state.objects[entry.store] ?? []).filter(
        ({ metadata }) => !request.namespace || metadata.namespace === request.namespace,
      );
      const views = entry.view === undefined ? all : all.map(entry.view);
      return views.filter((object) => field(object) && label(object));
    };
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    return badRequest(`Unable to find "${longName(request)}" that match: ${error.message}`);
  }
}

function page(
  all: readonly KubeObject[],
  query: URLSearchParams,
  revision: number,
): { items: readonly KubeObject[]; metadata: object } {
  const limit = Number(query.get('limit') ?? 0);
  const start = Number(Buffer.from(query.get('continue') ?? '', 'base64').toString() || 0);
  const end = limit > 0 ? start + limit : all.length;
  const left = all.length - end;
  const next = Buffer.from(String(end)).toString('base64');
  const more = left > 0 ? { continue: next, remainingItemCount: left } : {};
  return { items: all.slice(start, end), metadata: { resourceVersion: String(revision), ...more } };
}
