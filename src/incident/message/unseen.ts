import type { IncidentState, Missing } from '../../model/index.ts';

/** Everything that could not be seen: what checks lacked, and counters that could not be read around the packets. */
export function unseenOf({ unseen, watches, node }: IncidentState): readonly Missing[] {
  const uncounted = new Map(
    watches.flatMap((watched) => (watched.uncounted ?? []).map((one) => [one.what, one] as const)),
  );
  return [
    ...unseen,
    ...[...uncounted.values()].map(({ what, gap, detail }): Missing => ({
      check: 'counters',
      role: 'subject',
      node,
      gap,
      detail: `${what} around the marked packets: ${detail}`,
    })),
  ];
}
