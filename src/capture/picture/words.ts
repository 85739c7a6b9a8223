import type { CaptureStory, CounterRise, Fate, Rich, Sent, Watched } from '../../model/index.ts';
import { interpret } from '../interpret.ts';
import { fitted } from './letters.ts';

/** What a picture is given. */
export type Drawable = Pick<Watched, 'story' | 'sent' | 'counters'>;

const FATES: Readonly<Record<Exclude<Fate, 'mixed'>, string>> = {
  answered: 'Answered',
  'answer-not-delivered': 'Answers arrived, not delivered',
  'answered-elsewhere': 'Answered elsewhere',
  'arrived-not-answered': 'Arrived, not answered',
  'not-forwarded': 'Not forwarded',
  'never-arrived': 'Never arrived',
  refused: 'Refused',
  'too-big': 'Too big for a link',
  'not-sent': 'Nothing was sent',
};
/** Longer names are shortened in the middle: 253 characters of a node's name would be all there is to read. */
const NAME = { size: 13, bold: false, room: 220 };
const MOST_COUNTERS = 2;

/** The fate in a few words. */
export function headline({ fate, answered, sent, ladder }: CaptureStory): string {
  if (fate === 'too-big' && ladder.some(({ kind }) => kind === 'dns-cut')) return 'Answers cut off, too big for UDP';
  if (fate !== 'mixed') return FATES[fate];
  return answered === undefined ? 'Not all fared alike' : `${answered === 0 ? 'None' : answered} of ${sent} answered`;
}

/** The story in sentences, without markup. */
export function caption({ story }: Drawable): string {
  return spoken(interpret(story));
}

function spoken(rich: Rich): string {
  return rich
    .map((span) => {
      if ('code' in span) return fitted(span.code, NAME, NAME.room);
      return 'text' in span ? span.text : 'strong' in span ? span.strong : span.person.name;
    })
    .join('');
}

/**
 * What the kernel counted while the packets were sent: first what rose by exactly as many as were sent or lost, at most two. What
 * proves nothing is left out, and everything where all was answered.
 */
export function counted({ story, sent, counters }: Drawable): readonly string[] {
  if (story.fate === 'answered') return [];
  const exact = (rise: CounterRise): boolean => rise.verdict === 'exact' || countsTheLost(rise, sent);
  return counters
    .filter((rise) => exact(rise) || rise.verdict === 'consistent')
    .toSorted((a, b) => Number(exact(b)) - Number(exact(a)))
    .slice(0, MOST_COUNTERS)
    .map((rise) => {
      const name = fitted(rise.counter.replace(/^(?:TcpExt|IpExt)/, ''), NAME, NAME.room);
      const rose = `${name} ${rise.rounds.map((more) => `+${more}`).join(' and ')}`;
      if (exact(rise)) return `The node dropped ${sum(rise.rounds)} of ${story.sent}: ${rose}`;
      return `Counted meanwhile: ${rose}${rise.quiet === 0 ? '' : `, +${rise.quiet} without them`}`;
    });
}

/** In every round by exactly what was not answered, at least twice, and not by itself. */
function countsTheLost({ rounds, quiet }: CounterRise, { rounds: sent = [] }: Sent): boolean {
  const lost = sent.map(({ count, answered }) => count - answered);
  return lost.length > 1 && quiet === 0 && sum(lost) > 0 && String(rounds) === String(lost);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The picture in words, for who does not see it; at most 1,000 characters. */
export function pictureWords(drawable: Drawable): string {
  const sentences = [`${headline(drawable.story)}.`, caption(drawable), ...counted(drawable).map((line) => `${line}.`)];
  return `Packet ladder. ${sentences.join(' ')}`.slice(0, 1000);
}
