import type { CaptureStory, ClockOffset, Rich } from '../model/index.ts';
import { say } from './say.ts';

/** Below this nobody takes one packet's time for another's. */
const WORTH_TELLING_US = 1000;

/** What has to be known of the nodes' clocks to read the story's times, a sentence for each clock that is off or unknown. */
export function clockSentences(story: CaptureStory): Rich[] {
  const reference = story.points[0]?.node;
  if (reference === undefined) return [];
  return (story.clocks ?? []).flatMap((clock) => {
    const seen = story.ladder.some(({ point }) => story.points[point]?.node === clock.node);
    const told = seen ? sentence(clock, reference) : null;
    return told === null ? [] : [told];
  });
}

function sentence(clock: ClockOffset, reference: string): Rich | null {
  const node = { code: clock.node };
  const other = { code: reference };
  if (clock.contradictory === true) {
    return say`The clock of ${node} contradicts itself: when things happened there, compared with ${other}, is not known.`;
  }
  const { offsetUs, boundUs, atLeastUs, atMostUs } = clock;
  if (offsetUs !== undefined && boundUs !== undefined) {
    if (Math.abs(offsetUs) < WORTH_TELLING_US) return null;
    return say`The clock of ${node} is ${off(offsetUs)} that of ${other} (± ${ms(boundUs)}); times are told by the latter.`;
  }
  if (atMostUs !== undefined && atMostUs < 0) {
    return say`The clock of ${node} is behind that of ${other} by at least ${ms(-atMostUs)}; by how much is not known.`;
  }
  if (atLeastUs !== undefined && atLeastUs > 0) {
    return say`The clock of ${node} is ahead of that of ${other} by at least ${ms(atLeastUs)}; by how much is not known.`;
  }
  return say`How far the clocks of ${node} and ${other} are apart is not known: times on the two cannot be compared.`;
}

function off(us: number): string {
  return us < 0 ? `${ms(-us)} behind` : `${ms(us)} ahead of`;
}

function ms(us: number): string {
  return us < 10_000 ? `${(us / 1000).toFixed(1)} ms` : `${Math.round(us / 1000)} ms`;
}
