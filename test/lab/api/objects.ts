import type { KubeObject } from '../cluster/objects.ts';
import type { ClusterState } from '../cluster/state.ts';
import { type ApiRequest, longName } from './request.ts';
import { fieldMatcher, labelMatcher, SelectorError } from './select.ts';
import { type Answer, badRequest, noSuchPath, notFound } from './status.ts';

interface Served {
  kind: string;
  /** Key into the state's objects. */
  store: string;
  namespaced: boolean;
  /** From the stored object to this group's view of it. */
  view?: (object: KubeObject) => KubeObject;
}

/** What is served, by `group/version/resource`. */
const served: Record<string, Served> = {
  '/v1/nodes': { kind: 'Node', store: '/nodes', namespaced: false },
  '/v1/namespaces': { kind: 'Namespace', store: '/namespaces', namespaced: false },
  '/v1/pods': { kind: 'Pod', store: '/pods', namespaced: true },
  '/v1/events': { kind: 'Event', store: '/events', namespaced: true },
  '/v1/services': { kind: 'Service', store: '/services', namespaced: true },
  '/v1/endpoints': { kind: 'Endpoints', store: '/endpoints', namespaced: true },
  'apps/v1/daemonsets': { kind: 'DaemonSet', store: 'apps/daemonsets', namespaced: true },
  'events.k8s.io/v1/events': { kind: 'Event', store: '/events', namespaced: true, view: newEvent },
  'coordination.k8s.io/v1/leases': { kind: 'Lease', store: 'coordination.k8s.io/leases', namespaced: true },
  'discovery.k8s.io/v1/endpointslices': {
    kind: 'EndpointSlice',
    store: 'discovery.k8s.io/endpointslices',
    namespaced: true,
  },
};

/** Resource version of every list; the stand-in does not count changes. */
const resourceVersion = '266';

/** Answers get and list, with fieldSelector, labelSelector, limit and continue. */
export function objectAnswer(request: ApiRequest, state: ClusterState): Answer {
  const key = `${request.group}/${request.version}/${request.resource}`;
  const entry = Object.hasOwn(served, key) ? served[key] : undefined;
  if (!entry || (request.name && entry.namespaced && !request.namespace)) return noSuchPath;
  const apiVersion = request.group ? `${request.group}/${request.version}` : request.version;
  const view = entry.view ?? ((object: KubeObject) => object);
  const inReach = (state.objects[entry.store] ?? [])
    .filter(({ metadata }) => !request.namespace || metadata.namespace === request.namespace)
    .map(view);
  if (request.name) {
    const found = inReach.find(({ metadata }) => metadata.name === request.name);
    return found ? { code: 200, body: { kind: entry.kind, apiVersion, ...found } } : notFound(request);
  }
  let matching: KubeObject[];
  try {
    const field = fieldMatcher(request.query.get('fieldSelector') ?? '', `${request.group}/${request.resource}`);
    const label = labelMatcher(request.query.get('labelSelector') ?? '');
    matching = inReach.filter((object) => field(object) && label(object));
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    return badRequest(`Unable to find "${longName(request)}" that match: ${error.message}`);
  }
  const { items, metadata } = page(matching, request.query);
  return { code: 200, body: { kind: `${entry.kind}List`, apiVersion, metadata, items } };
}

function page(all: readonly KubeObject[], query: URLSearchParams): { items: readonly KubeObject[]; metadata: object } {
  const limit = Number(query.get('limit') ?? 0);
  const start = Number(Buffer.from(query.get('continue') ?? '', 'base64').toString() || 0);
  const end = limit > 0 ? start + limit : all.length;
  const left = all.length - end;
  const next = Buffer.from(String(end)).toString('base64');
  const more = left > 0 ? { continue: next, remainingItemCount: left } : {};
  return { items: all.slice(start, end), metadata: { resourceVersion, ...more } };
}

/** An Event of the core group as events.k8s.io/v1 shows it. */
function newEvent(event: KubeObject): KubeObject {
  return {
    metadata: event.metadata,
    eventTime: event['eventTime'],
    reportingController: event['reportingComponent'],
    reportingInstance: event['reportingInstance'],
    reason: event['reason'],
    regarding: event['involvedObject'],
    note: event['message'],
    type: event['type'],
    deprecatedSource: event['source'],
    deprecatedFirstTimestamp: event['firstTimestamp'],
    deprecatedLastTimestamp: event['lastTimestamp'],
    deprecatedCount: event['count'],
  };
}
