import type { CoreV1Event } from '@kubernetes/client-node';
import type { ClusterEvent } from '../../model/index.ts';
import { clean } from './clean.ts';

/** At most so many events are kept: what is older does not explain what happens now. */
const MOST = 50;

/** The newest events first, at most 50; those without a time last. */
export function newestEvents(events: readonly CoreV1Event[]): readonly ClusterEvent[] {
  return events
    .map(clusterEvent)
    .toSorted((a, b) => (b.last ?? 0) - (a.last ?? 0))
    .slice(0, MOST);
}

/** Whether a kubelet of this node wrote the event: pods' events name no node, but their source does. */
export function isFrom(node: string): (event: CoreV1Event) => boolean {
  return ({ source, reportingInstance }) => source?.host === node || reportingInstance === node;
}

function clusterEvent(event: CoreV1Event): ClusterEvent {
  const { kind, namespace, name } = event.involvedObject;
  const count = event.series?.count ?? event.count;
  return {
    about: [kind, ...(kind === 'Node' ? [] : [namespace]), name]
      .map((part) => clean(part, 253))
      .filter((part) => part !== '')
      .join('/'),
    type: clean(event.type, 40),
    reason: clean(event.reason, 128),
    message: clean(event.message, 500),
    count: Number.isSafeInteger(count) ? (count ?? 1) : 1,
    last: last(event),
  };
}

/** Old events have lastTimestamp, new ones eventTime and a series; micro times arrive as strings though typed as dates. */
function last(event: CoreV1Event): number | null {
  const times: unknown[] = [event.series?.lastObservedTime, event.lastTimestamp, event.eventTime];
  const known = times
    .map((time) => (time instanceof Date || typeof time === 'string' ? new Date(time).getTime() : Number.NaN))
    .filter((time) => Number.isFinite(time));
  return known.length === 0 ? null : Math.max(...known);
}
