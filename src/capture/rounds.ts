import type { CapturePoint, CaptureStory, PacketKind, Sent, Sighting } from '../model/index.ts';
import { type Captured, story } from './correlate.ts';
import { fateOf } from './fate.ts';

/**
 * One story about several rounds of marked packets that the same captures hold: each round is recognised by its own mark, then all are
 * counted together, in the order sent. `rounds` as the sender saw each, at least one; `sent` all of them. Otherwise as `story`.
 */
export function storyOfRounds(
  points: readonly CapturePoint[],
  pcaps: readonly Captured[],
  rounds: readonly Sent[],
  sent: Sent,
): CaptureStory {
  const [first, ...later] = rounds.map((round) => story(points, pcaps, round));
  if (first === undefined) return story(points, pcaps, sent);
  const all = later.reduce(joined, first);
  return { ...all, fate: together([first, ...later], all, sent) };
}

function joined(before: CaptureStory, after: CaptureStory): CaptureStory {
  const flows = before.ladder.reduce((most, { flow = -1 }) => Math.max(most, flow + 1), before.flows.length);
  const later = after.ladder.map((seen) => (seen.flow === undefined ? seen : { ...seen, flow: seen.flow + flows }));
  const add = (some: readonly number[], more: readonly number[]) => some.map((count, at) => count + (more[at] ?? 0));
  return {
    ...before,
    sent: before.sent + after.sent,
    answered: (before.answered ?? 0) + (after.answered ?? 0),
    requestsAt: add(before.requestsAt, after.requestsAt),
    answersAt: add(before.answersAt, after.answersAt),
    refusalsAt: add(before.refusalsAt, after.refusalsAt),
    flows: [...before.flows, ...after.flows].slice(0, MAX_FLOW_STORIES),
    ladder: fitted([...before.ladder, ...later]),
  };
}

/** In time order; the rest of the conversations makes room for what asks, answers and refuses. */
function fitted(ladder: readonly Sighting[]): Sighting[] {
  const kept = ladder.length > MAX_SIGHTINGS ? ladder.filter(({ kind }) => !REST.has(kind)) : ladder;
  return kept.toSorted((a, b) => a.at - b.at).slice(0, MAX_SIGHTINGS);
}

const REST: ReadonlySet<PacketKind> = new Set(['ACK', 'FIN', 'other']);

/** As many as one story keeps. */
const MAX_FLOW_STORIES = 20;
const MAX_SIGHTINGS = 200;

/** The fate of all packets together; that of each round where a story does not keep every flow of it. */
function together(rounds: readonly CaptureStory[], all: CaptureStory, sent: Sent): CaptureStory['fate'] {
  const [first] = rounds;
  if (first !== undefined && rounds.every(({ fate }) => fate === first.fate)) return first.fate;
  if (sent.answered >= sent.count) return 'answered';
  const flows = rounds.flatMap((round) => round.flows);
  if (rounds.some((round) => round.flows.length === MAX_FLOW_STORIES)) return 'mixed';
  const blind = new Set(all.unseen?.map(({ point }) => point));
  return fateOf(flows, all.points, (point) => blind.has(point), sent);
}
