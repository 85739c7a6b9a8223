import type { CaptureFilter, CapturePoint, CaptureStory, ExpectedTraffic, NodeRole, Sent } from '../model/index.ts';
import { type Captured, story } from './correlate.ts';

/** What people's own traffic came to. */
export interface UsersStory {
  readonly story: CaptureStory;
  /** Attempts that were seen; answered are those whose answer went back the way that they came in. */
  readonly sent: Sent;
  /** Requests seen where they came in, repeated ones too: what a counter of drops would have counted. */
  readonly packets: number;
}

/** Which packets a capture of expected traffic has to see: both directions. */
export function usersFilter({ from, to, port }: ExpectedTraffic): CaptureFilter {
  const proto =
    port === null ? [{ proto: 'icmp' as const }] : [{ proto: 'tcp' as const }, { port, proto: 'tcp' as const }];
  return { all: [{ host: to }, ...(from === null ? [] : [{ host: from }]), ...proto], none: [] };
}

/**
 * The story of traffic that bears no mark: every attempt to the target counts, of the one sender where it is known. Attempts that no
 * capture saw are not known of, so nothing seen is `not-sent`. `points` and `pcaps` as for `story`; `sender` is the role that people's
 * side plays.
 */
export function usersStory(
  points: readonly CapturePoint[],
  pcaps: readonly Captured[],
  { from, to, port }: ExpectedTraffic,
  sender: NodeRole,
): UsersStory {
  const nobody: Sent = {
    from: sender,
    node: from ?? '',
    source: from,
    to,
    port,
    count: 0,
    answered: 0,
    mark: port === null ? { proto: 'icmp', totalLength: 0 } : { proto: 'tcp', firstPort: 1, lastPort: 65_535 },
    by: 'user',
  };
  const seen = story(points, pcaps, nobody);
  const first = Math.max(
    0,
    seen.requestsAt.findIndex((count) => count > 0),
  );
  const sent = { ...nobody, count: seen.requestsAt[first] ?? 0, answered: seen.answersAt[first] ?? 0 };
  const packets = seen.flows.reduce((sum, { requests }) => sum + (requests[first] ?? 0), 0);
  // What their own side got of it, nobody told.
  const { answered: _, ...told } = story(points, pcaps, sent);
  return { story: told, sent, packets: Math.max(packets, sent.count) };
}
