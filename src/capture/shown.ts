import type { CaptureStory, FlowStory } from '../model/index.ts';

/** More points than this leave no room for an arrow and its word, in text and in the picture. */
const MOST_POINTS = 4;

/** Flows that fared alike: one is drawn, the others are counted. */
export interface Group {
  readonly example: FlowStory;
  /** Number of the example among the story's flows. */
  readonly index: number;
  readonly flows: readonly FlowStory[];
}

/** The first point, and those where most was seen, in their order; at most four. */
export function pointsShown(story: CaptureStory): readonly number[] {
  const seen = story.points.map((_, point) => story.ladder.filter((sighting) => sighting.point === point).length);
  return story.points
    .map((_, point) => point)
    .toSorted((a, b) => (a === 0 ? -1 : b === 0 ? 1 : (seen[b] ?? 0) - (seen[a] ?? 0)))
    .slice(0, MOST_POINTS)
    .toSorted((a, b) => a - b);
}

/** Flows seen at the same points in the same parts, the largest group first. How often a packet was repeated tells none apart. */
export function groupsOf(story: CaptureStory): readonly Group[] {
  const groups = new Map<string, { example: FlowStory; index: number; flows: FlowStory[] }>();
  for (const [index, flow] of story.flows.entries()) {
    const pattern = [flow.requests, flow.answers, flow.refusals, flow.astray ?? []]
      .map((counts) => counts.map((count) => (count > 0 ? 1 : 0)).join(''))
      .join('/');
    const group = groups.get(pattern);
    if (group === undefined) groups.set(pattern, { example: flow, index, flows: [flow] });
    else group.flows.push(flow);
  }
  return [...groups.values()].toSorted((a, b) => b.flows.length - a.flows.length);
}

/** Marked flows that were seen at all; beyond those that the story lists, as many as its counts prove. */
export function flowsSeen(story: CaptureStory): number {
  return Math.max(story.flows.length, ...story.requestsAt, ...story.answersAt);
}
