import type { CaptureStory, FlowStory, Sent } from '../../model/index.ts';
import { wordsFor } from '../words.ts';
import { type Column, hasToPass } from './column.ts';
import type { Missing, Passage } from './passage.ts';

/** A passage that nobody has counted. */
export type Course = Omit<Passage, 'label'>;

/**
 * From the sender through every point where it was seen; to the target where nothing says that it stopped before. `refused`: the
 * target itself did.
 */
export function requestOf(story: CaptureStory, columns: readonly Column[], flow: FlowStory, refused: boolean): Course {
  const base = { part: 'request', again: false } as const;
  const { request } = wordsFor(story);
  const seen = seenIn(columns, flow.requests);
  const last = seen.at(-1);
  if (last === undefined) return { ...base, way: null, seen, missing: missed(columns, 0, 1, `no ${request.one} on`) };
  const target = targetOf(columns);
  const answered = flow.answers.some((count) => count > 0) || story.fate === 'answered';
  const at = columns.findIndex(
    ({ point }, column) => point !== null && column > last && column < target && hasToPass(story, point),
  );
  const stopped = at !== -1 && !answered;
  const to = !stopped && (answered || refused) ? target : last;
  return {
    ...base,
    way: { from: 0, to },
    seen,
    missing: stopped ? missed(columns, last, at, `no ${request.one} on`) : null,
  };
}

/**
 * From the target back through the points that the request had passed, as far as it was seen, and on to the sender if that took
 * it; nothing where nothing `arrived` to be answered. What was seen to leave by another point goes out there, from where it was seen last.
 */
export function answersOf(
  story: CaptureStory,
  sent: Sent,
  columns: readonly Column[],
  flow: FlowStory,
  arrived: boolean,
): readonly Course[] {
  const target = targetOf(columns);
  const requested = seenIn(columns, flow.requests);
  const astray = flow.astray ?? [];
  const seen = seenIn(
    columns,
    flow.answers.map((count, point) => count + (astray[point] ?? 0)),
  );
  const elsewhere = seen.filter((column) => column > target);
  const back = seen.filter((column) => column < target);
  const base = { part: 'answer', again: false } as const;
  const refused = flow.refusals.some((count) => count > 0);
  if (seen.length === 0 && (refused || !arrived)) return [];
  const left = back[0] ?? target;
  const at = requested.findLast((column) => column < left);
  const calm = story.fate === 'answered' || at === undefined;
  const missing = calm ? null : missed(columns, left, at, `no ${wordsFor(story).answer.one} on`);
  const out = { ...base, way: { from: left, to: columns.length }, seen: elsewhere };
  if (back.length === 0) {
    if (elsewhere.length > 0) return [{ ...out, missing }];
    return missing === null ? [] : [{ ...base, way: null, seen: [], missing }];
  }
  const turned = elsewhere.length > 0;
  const lost = missing ?? strayed(columns, flow, left) ?? (turned ? null : takenBy(story, sent, left));
  const reaches = lost === null && !turned;
  const course: Course = { ...base, way: { from: target, to: reaches ? 0 : left }, seen: back, missing: lost };
  return turned ? [course, { ...out, missing: null }] : [course];
}

/** Answers that came all the way back under another address than the one that was asked. */
function strayed(columns: readonly Column[], { astray = [], answers }: FlowStory, left: number): Missing | null {
  const point = columns[left]?.point ?? null;
  if (point === null || (astray[point] ?? 0) === 0 || (answers[point] ?? 0) > 0) return null;
  return { from: left, at: 0, mark: 'lost', words: 'not who was asked' };
}

/** What the sender says of the answers that went all the way back; `null` when it took them all, or nobody asked it. */
function takenBy(story: CaptureStory, sent: Sent, from: number): Missing | null {
  const { answered } = story;
  const back = story.flows.filter(
    ({ requests, answers }) => (answers[requests.findIndex((count) => count > 0)] ?? 0) > 0,
  );
  if (answered === undefined || answered >= Math.min(story.sent, back.length)) return null;
  const who = story.points[0]?.node === sent.node ? 'the node took' : 'the sender got';
  return {
    from,
    at: 0,
    mark: answered === 0 ? 'lost' : 'unknown',
    words: `${who} ${answered === 0 ? 'none' : `only ${answered}`}`,
  };
}

/** Back to the sender from the column that the request `reached`, or that saw it first; or out by a point that it had not passed. */
export function refusalOf(columns: readonly Column[], flow: FlowStory, reached: number): Course | null {
  const seen = seenIn(columns, flow.refusals);
  const [left] = seen;
  if (left === undefined) return null;
  const target = targetOf(columns);
  const way = left > target ? { from: target, to: columns.length } : { from: Math.max(reached, ...seen), to: 0 };
  return { part: 'refusal', again: false, way, seen, missing: null };
}

/** Not seen in the column `at`, which proves something only where its capture is whole. */
export function missed(columns: readonly Column[], from: number, at: number, words: string): Missing {
  const { name = '', blind = false } = columns[at] ?? {};
  return blind
    ? { from, at, mark: 'unknown', words: `${name} was not seen whole` }
    : { from, at, mark: 'lost', words: `${words} ${name}` };
}

function seenIn(columns: readonly Column[], counts: readonly number[]): readonly number[] {
  return columns.flatMap(({ point }, column) => (point !== null && (counts[point] ?? 0) > 0 ? [column] : []));
}

function targetOf(columns: readonly Column[]): number {
  return columns.findIndex(({ is }) => is === 'target');
}
