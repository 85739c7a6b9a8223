import type {
  CaptureFilter,
  CapturePoint,
  CaptureStory,
  ExpectedTraffic,
  Mark,
  NodeRole,
  Sent,
} from '../model/index.ts';
import { lookupFilter } from '../model/index.ts';
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
export function usersFilter({ from, to, port, dns }: ExpectedTraffic): CaptureFilter {
  if (dns !== undefined && port !== null) return lookupFilter(port);
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
  expected: ExpectedTraffic,
  sender: NodeRole,
): UsersStory {
  const { from, to, port, dns } = expected;
  const nobody: Sent = {
    from: sender,
    node: from ?? '',
    source: from,
    to,
    port,
    ...(dns === undefined ? {} : { behind: dns.behind }),
    count: 0,
    answered: 0,
    mark: anyMark(expected),
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

/** A mark that every packet of this kind bears. */
function anyMark({ port, dns }: ExpectedTraffic): Mark {
  if (port === null) return { proto: 'icmp', totalLength: 0 };
  if (dns !== undefined) return { proto: 'dns', firstId: 0, lastId: 65_535, totalLength: 0 };
  return { proto: 'tcp', firstPort: 1, lastPort: 65_535 };
}
