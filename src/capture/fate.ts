import type { CapturePoint, Fate, FlowStory, Sent } from '../model/index.ts';
import { wayThrough } from './way.ts';

/** A fate stands for all packets when at least this part of them shares it; *answered* only when all of them are. */
const MAJORITY = 0.8;

/** Fate of one flow as the captures alone tell it; `open` where they contradict themselves or are not whole. */
type FlowFate = Exclude<Fate, 'mixed' | 'not-sent'> | 'open';

/** Fates that the sender's own count overrules: the captures missed these answers. */
const OVERRULED = ['open', 'answered-elsewhere', 'never-arrived', 'arrived-not-answered', 'not-forwarded'] as const;

/**
 * What became of all marked packets together. The sender's count of answers is the authority on how many were answered: where
 * the captures saw more answers leave than the sender got, those flows are open, and not delivered where it is the sender itself
 * that was watched; where fewer, captures missed them. One fate
 * stands for all when at least 80 % share it (a lost retransmission proves nothing), but `answered` needs every one. `blind`
 * tells at which points absence proves nothing.
 */
export function fateOf(
  flows: readonly FlowStory[],
  points: readonly CapturePoint[],
  blind: (point: number) => boolean,
  sent: Sent,
): Fate {
  if (sent.count === 0) return 'not-sent';
  if (sent.answered >= sent.count) return 'answered';
  const fates = flowFates(flows, points, blind, Math.max(sent.count, flows.length));
  const total = [...fates.values()].reduce((sum, count) => sum + count, 0);
  const watched = points.every(({ node }) => node === sent.node);
  believeSender(fates, sent.answered, watched ? 'answer-not-delivered' : 'open');
  for (const [fate, count] of fates) {
    if (fate !== 'open' && fate !== 'answered' && count >= total * MAJORITY) return fate;
  }
  return 'mixed';
}

function flowFates(
  flows: readonly FlowStory[],
  points: readonly CapturePoint[],
  blind: (point: number) => boolean,
  total: number,
): Map<FlowFate, number> {
  const forwarded = wayThrough(points);
  const fates = new Map<FlowFate, number>();
  const add = (fate: FlowFate, count: number) => fates.set(fate, (fates.get(fate) ?? 0) + count);
  for (const flow of flows) add(fateOfFlow(flow, forwarded, blind), 1);
  if (total > flows.length) add(blind(0) ? 'open' : 'never-arrived', total - flows.length);
  return fates;
}

function fateOfFlow(
  flow: FlowStory,
  forwarded: ReturnType<typeof wayThrough>,
  blind: (point: number) => boolean,
): FlowFate {
  const requested = flow.requests.map((count) => count > 0);
  const answered = flow.answers.map((count) => count > 0);
  const anyBlind = requested.some((_, point) => blind(point));
  const first = requested.indexOf(true);
  if (first === -1) return 'open';
  if (answered[first]) return 'answered';
  if ((flow.astray?.[first] ?? 0) > 0) return 'answer-not-delivered';
  const refusals = sum(flow.refusals);
  const tooBig = refusals > 0 && sum(flow.tooBig ?? []) === refusals;
  if (tooBig) return 'too-big';
  if (!answered.includes(true)) {
    if (refusals > 0) return 'refused';
    if (!forwarded(first, (point) => requested[point] === true || blind(point))) return 'not-forwarded';
    return anyBlind ? 'open' : 'arrived-not-answered';
  }
  if (blind(first)) return 'open';
  const elsewhere = answered.flatMap((seen, point) => (seen && !requested[point] ? [point] : []));
  // An answer where its request had passed came back the way of the request, and then was not forwarded.
  if (elsewhere.length === 0) return 'not-forwarded';
  return elsewhere.some(blind) ? 'open' : 'answered-elsewhere';
}

/** Makes the count of answered flows equal to the sender's; answers that only the captures saw become `lost`. */
function believeSender(fates: Map<FlowFate, number>, answered: number, lost: FlowFate): void {
  const captured = fates.get('answered') ?? 0;
  fates.set('answered', answered);
  if (captured > answered) {
    fates.set(lost, (fates.get(lost) ?? 0) + captured - answered);
    return;
  }
  let missing = answered - captured;
  for (const fate of OVERRULED) {
    const taken = Math.min(missing, fates.get(fate) ?? 0);
    fates.set(fate, (fates.get(fate) ?? 0) - taken);
    missing -= taken;
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
