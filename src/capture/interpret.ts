import type { CaptureStory, Gap, Rich } from '../model/index.ts';
import { clockSentences } from './interpret-clock.ts';
import { errorSentences } from './interpret-error.ts';
import { PART_OF } from './kind.ts';
import { device, join, say } from './say.ts';
import { counted, type StoryWords, wordsFor } from './words.ts';

/**
 * A story in plain English with its numbers, a few short sentences: "7 of 7 SYNs arrived on eth0; all 7 SYN-ACKs left by
 * eth1, none by eth0." Device and node names and addresses are code spans; everything else is netdiag's own words.
 */
export function interpret(story: CaptureStory): Rich {
  const words = wordsFor(story);
  const sentences = [outcome(story, words), senderSaw(story, words), ...translated(story), repeated(story, words)];
  return join(
    [...sentences, ...errorSentences(story), ...clockSentences(story), ...notWhole(story)].flatMap((sentence) =>
      sentence === null ? [] : [sentence],
    ),
    ' ',
  );
}

function outcome(story: CaptureStory, words: StoryWords): Rich {
  if (story.sent === 0) return say`No marked packet was sent, so the captures prove nothing.`;
  const first = story.requestsAt.findIndex((count) => count > 0);
  const astray = first === -1 ? null : strayed(story, first, words);
  if (astray !== null) return say`${requests(story, first, words)}; ${astray}.`;
  if (first !== -1 && story.fate === 'answer-not-delivered') return notDelivered(story, first, words);
  if (first !== -1) return say`${requests(story, first, words)}; ${answers(story, first, words)}.`;
  const places = story.points.map((_, point) => device(story, point));
  const answered = story.answersAt.some((count) => count > 0);
  return say`None of the ${counted(story.sent, words.request)} was seen on ${join(places, ' or ')}${
    answered ? ', only answers' : ''
  }.`;
}

/** `2 DNS answers came from 10.39.0.9 instead of 10.96.0.10, so the asker takes none of them`; `null` where none went astray. */
function strayed(story: CaptureStory, first: number, words: StoryWords): Rich | null {
  const lost = story.flows.flatMap(({ astray, answers }, flow) =>
    (astray?.[first] ?? 0) > 0 && (answers[first] ?? 0) === 0 ? [flow] : [],
  );
  const here = story.ladder.filter(({ flow, point }) => flow === lost[0] && point === first);
  const asked = here.find(({ kind }) => PART_OF[kind] === 'request');
  const came = here.find(({ kind, source }) => PART_OF[kind] === 'answer' && source !== asked?.target);
  if (asked === undefined || came === undefined) return null;
  const from = say`${{ code: came.source }} instead of ${{ code: asked.target }}`;
  return say`${counted(lost.length, words.answer)} came from ${from}, so the asker ${lost.length === 1 ? 'does not take it' : 'takes none of them'}`;
}

/** `7 of 7 SYNs left by flannel.1, all 7 SYN-ACKs came back on it, and the node took none of them`. */
function notDelivered(story: CaptureStory, first: number, words: StoryWords): Rich {
  const noun = story.sent === 1 ? words.request.one : words.request.many;
  const back = story.answersAt[first] ?? 0;
  const all = back === story.sent && back > 1 ? `all ${back}` : `${back}`;
  const left = say`${story.requestsAt[first] ?? 0} of ${story.sent} ${noun} left by ${device(story, first)}`;
  const took = (story.answered ?? 0) === 0 ? 'none of them' : `only ${story.answered}`;
  return say`${left}; ${all} ${back === 1 ? words.answer.one : words.answer.many} came back on it, and the node took ${took}.`;
}

/** `7 of 7 SYNs arrived on eth0, 7 went on to cali1`. */
function requests(story: CaptureStory, first: number, words: StoryWords): Rich {
  const noun = story.sent === 1 ? words.request.one : words.request.many;
  const arrived = say`${story.requestsAt[first] ?? 0} of ${story.sent} ${noun} arrived on ${device(story, first)}`;
  const later = story.requestsAt.flatMap((count, point) => {
    const missed = story.fate === 'not-forwarded' && story.answersAt.every((answers) => answers === 0);
    if (point === first || unseenAt(story, point) !== null || (count === 0 && !missed)) return [];
    return [say`${count === 0 ? 'none' : count} went on to ${device(story, point)}`];
  });
  return join([arrived, ...later], ', ');
}

/** `all 7 SYN-ACKs left by eth1, none by eth0`; on the way back through the node: `came back on eth0, none left by cali1`. */
function answers(story: CaptureStory, first: number, words: StoryWords): Rich {
  const parts: Rich[] = [];
  const tell = (at: 'answersAt' | 'refusalsAt', point: number, how: string) => {
    const count = story[at][point] ?? 0;
    const noun = at === 'answersAt' ? words.answer : words.refusal;
    const all = count === story.sent && count > 1 ? `all ${count}` : `${count}`;
    const what = parts.length === 0 || at === 'refusalsAt' ? `${all} ${count === 1 ? noun.one : noun.many}` : all;
    parts.push(say`${what} ${how} ${device(story, point)}`);
  };
  const seen = (at: 'answersAt' | 'refusalsAt') => story[at].flatMap((count, point) => (count > 0 ? [point] : []));
  const within = (point: number) => point !== first && (story.requestsAt[point] ?? 0) > 0;
  const answered = seen('answersAt');
  for (const point of answered.filter(within)) tell('answersAt', point, 'came back on');
  for (const point of answered.filter((point) => !within(point))) tell('answersAt', point, 'left by');
  if (parts.length > 0 && !answered.includes(first) && unseenAt(story, first) === null) {
    parts.push(say`none ${answered.some((point) => !within(point)) ? 'by' : 'left by'} ${device(story, first)}`);
  }
  for (const point of seen('refusalsAt')) tell('refusalsAt', point, 'were seen on');
  return parts.length === 0 ? [{ text: `no ${words.answer.one} was seen` }] : join(parts, ', ');
}

/** Said only where the sender's count is not what the captures suggest. */
function senderSaw(story: CaptureStory, words: StoryWords): Rich | null {
  const { answered, sent } = story;
  if (answered === undefined || sent === 0 || story.fate === 'answer-not-delivered') return null;
  const first = story.requestsAt.findIndex((count) => count > 0);
  const captured = story.fate === 'not-forwarded' ? (story.answersAt[first] ?? 0) : Math.max(0, ...story.answersAt);
  if (captured === answered) return null;
  return say`The sender got ${answered === 0 ? 'no answer' : counted(answered, words.answer)}.`;
}

/**
 * Said where the same requests have another source at a later point: SNAT or masquerade; and where DNS queries have another target: a
 * service's address became that of a pod.
 */
function translated(story: CaptureStory): Rich[] {
  const requested = story.ladder.filter(({ kind }) => PART_OF[kind] === 'request');
  const [before] = requested;
  if (before === undefined) return [];
  const later = requested.filter(({ flow }) => flow === before.flow);
  const source = later.find((after) => after.source !== before.source);
  const target = later.find((after) => after.kind === 'dns-query' && after.target !== before.target);
  const said: Rich[] = [];
  if (source !== undefined)
    said.push(
      say`On ${device(story, source.point)} their source is ${{ code: source.source }} instead of ${{ code: before.source }}.`,
    );
  if (target !== undefined)
    said.push(
      say`On ${device(story, target.point)} they go to ${{ code: target.target }} instead of ${{ code: before.target }}.`,
    );
  return said;
}

/** Repeated answers mean that nobody took them; repeated requests alone are what every unanswered sender does. */
function repeated(story: CaptureStory, words: StoryWords): Rich | null {
  const repeats = story.flows.flatMap(({ answers }) => answers).filter((count) => count > 1);
  if (repeats.length === 0) return null;
  return say`Some ${words.answer.many} were repeated: nobody took the first ones.`;
}

const GAPS: Readonly<Record<Gap, string>> = {
  unreachable: 'the node was not reached',
  'timed-out': 'it timed out',
  denied: 'it was denied',
  'not-installed': 'tcpdump is not installed',
  unparsable: 'it cannot be read',
  truncated: 'it was cut off',
  'not-recorded': 'it was not recorded',
};

function notWhole(story: CaptureStory): Rich[] {
  return (story.unseen ?? []).map(
    ({ point, gap }) =>
      say`The capture on ${device(story, point)} is not whole (${GAPS[gap]}): what it does not show proves nothing.`,
  );
}

function unseenAt(story: CaptureStory, point: number): Gap | null {
  return story.unseen?.find((unseen) => unseen.point === point)?.gap ?? null;
}
