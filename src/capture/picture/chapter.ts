import type { CaptureStory, FlowStory, Sent } from '../../model/index.ts';
import { flowsSeen, type Group, groupsOf } from '../shown.ts';
import { type Noun, wordsFor } from '../words.ts';
import type { Column } from './column.ts';
import { answersOf, missed, refusalOf, requestOf } from './course.ts';
import { beginOf, pauseOf, refusedWith, targetRefused } from './moment.ts';
import type { Part, Passage } from './passage.ts';

/** Flows that fared alike, as passages in the order of their first packets. */
export interface Chapter {
  /** How many of the marked packets fared so. */
  readonly count: number;
  readonly passages: readonly Passage[];
}

/** What is drawn of a story, the largest group first, and what was sent and seen nowhere at the end. */
export function chaptersOf(story: CaptureStory, sent: Sent, columns: readonly Column[]): readonly Chapter[] {
  const chapters = groupsOf(story).map((group) => ({
    count: group.flows.length,
    passages: passagesOf(story, sent, columns, group),
  }));
  const lost = story.sent - flowsSeen(story);
  if (lost <= 0) return chapters;
  const passages = story.fate === 'answered' ? answeredUnseen(story, columns, lost) : [neverSeen(story, columns, lost)];
  return [...chapters, { count: lost, passages }];
}

function passagesOf(story: CaptureStory, sent: Sent, columns: readonly Column[], group: Group): readonly Passage[] {
  const { example, flows } = group;
  const words = wordsFor(story);
  const label = (count: number, noun: Pick<Noun, 'one'>) => `${count} × ${noun.one}`;
  const refused = targetRefused(story, group, sent.to);
  const request = requestOf(story, columns, example, refused);
  const answers = answersOf(story, sent, columns, example, request.missing === null);
  const refusal = refusalOf(columns, example, refused ? (request.way?.to ?? 0) : 0);
  const noun = {
    request: words.request,
    answer: words.answer,
    refusal: { one: refusedWith(story, group) ?? words.refusal.one },
  };
  const firsts: readonly Passage[] = [
    { ...request, label: request.way === null ? '' : label(flows.length, words.request) },
    ...answers.map((answer, turn) => ({
      ...answer,
      label:
        answer.way === null ? '' : turn > 0 ? `out by ${namesOf(columns, answer)}` : label(flows.length, words.answer),
    })),
    ...(refusal === null ? [] : [{ ...refusal, label: label(flows.length, noun.refusal) }]),
  ];
  const again = firsts.flatMap((first, at): Passage[] => {
    const count = repeats(flows, first.part);
    const twice = firsts.some(({ part, way }, later) => later > at && part === first.part && way !== null);
    if (count === 0 || first.way === null || twice) return [];
    const after = pauseOf(story, group, first.part);
    return [{ ...first, again: true, label: `${label(count, noun[first.part])} again${after}`, missing: null }];
  });
  const order = (passage: Passage): number => beginOf(story, group, passage.part, passage.again);
  return [...firsts, ...again].toSorted((a, b) => order(a) - order(b));
}

/** The sender says that these were answered; no capture shows by which way. */
function answeredUnseen(story: CaptureStory, columns: readonly Column[], count: number): readonly Passage[] {
  const { request, answer } = wordsFor(story);
  const target = columns.findIndex(({ is }) => is === 'target');
  const unseen = { again: false, seen: [], missing: null };
  return [
    { ...unseen, part: 'request', label: `${count} × ${request.one}`, way: { from: 0, to: target } },
    { ...unseen, part: 'answer', label: `${count} × ${answer.one}`, way: { from: target, to: 0 } },
  ];
}

function neverSeen(story: CaptureStory, columns: readonly Column[], count: number): Passage {
  const { request } = wordsFor(story);
  const missing = missed(columns, 0, 1, `no ${request.one} on`);
  return { part: 'request', again: false, label: `${count} sent`, way: null, seen: [], missing };
}

function namesOf(columns: readonly Column[], { seen }: Pick<Passage, 'seen'>): string {
  return seen.map((column) => columns[column]?.name ?? '').join(', ');
}

/** How many packets came again, counted where most of them were seen. */
function repeats(flows: readonly FlowStory[], part: Part): number {
  return flows.reduce((sum, flow) => sum + Math.max(0, ...repeatsAt(flow, part)), 0);
}

/** At each point; where the story does not tell retransmissions, all but the first are taken for some. */
function repeatsAt(flow: FlowStory, part: Part): readonly number[] {
  if (part === 'refusal') return flow.refusals.map((count) => count - 1);
  const counts = part === 'request' ? 'requests' : 'answers';
  return flow.again?.[counts] ?? flow[counts].map((count) => count - 1);
}
