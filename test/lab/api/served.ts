import type { KubeObject } from '../cluster/objects.ts';
import type { ApiRequest } from './request.ts';

/** A resource that is served. */
export interface Served {
  kind: string;
  /** Key into the state's objects. */
  store: string;
  namespaced: boolean;
  /** From the stored object to this group's view of it. */
  view?: (object: KubeObject) => KubeObject;
  /** True: it can be patched, and so can its `status`. */
  patched?: true;
}

/** What is served, by `group/version/resource`. */
const served: Readonly<Record<string, Served>> = {
  '/v1/nodes': { kind: 'Node', store: '/nodes', namespaced: false, patched: true },
  '/v1/namespaces': { kind: 'Namespace', store: '/namespaces', namespaced: false },
  '/v1/pods': { kind: 'Pod', store: '/pods', namespaced: true, patched: true },
  '/v1/events': { kind: 'Event', store: '/events', namespaced: true },
  '/v1/services': { kind: 'Service', store: '/services', namespaced: true },
  '/v1/endpoints': { kind: 'Endpoints', store: '/endpoints', namespaced: true },
  'apps/v1/daemonsets': { kind: 'DaemonSet', store: 'apps/daemonsets', namespaced: true, patched: true },
  'apps/v1/replicasets': { kind: 'ReplicaSet', store: 'apps/replicasets', namespaced: true },
  'apps/v1/controllerrevisions': { kind: 'ControllerRevision', store: 'apps/controllerrevisions', namespaced: true },
  'events.k8s.io/v1/events': { kind: 'Event', store: '/events', namespaced: true, view: newEvent },
  'coordination.k8s.io/v1/leases': { kind: 'Lease', store: 'coordination.k8s.io/leases', namespaced: true },
  'discovery.k8s.io/v1/endpointslices': {
    kind: 'EndpointSlice',
    store: 'discovery.k8s.io/endpointslices',
    namespaced: true,
  },
};

/** The resource of a request; null when the stand-in has none such. */
export function servedBy(request: ApiRequest): Served | null {
  const key = `${request.group}/${request.version}/${request.resource}`;
  const entry = Object.hasOwn(served, key) ? served[key] : undefined;
  return !entry || (request.name && entry.namespaced && !request.namespace) ? null : entry;
}

/** `v1`, `apps/v1`. */
export function apiVersionOf(request: ApiRequest): string {
  return request.group ? `${request.group}/${request.version}` : request.version;
}

/** True for the object that a request names. */
export function isNamed(request: ApiRequest): (object: KubeObject) => boolean {
  return ({ metadata }) =>
    metadata.name === request.name && (!request.namespace || metadata.namespace === request.namespace);
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
