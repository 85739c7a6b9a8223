import type { Finding, IncidentState, Rich } from '../../model/index.ts';
import { advise } from '../../remediation/index.ts';

/** What to do now that a finding leads, one line; `null` where the card leaves nothing to do. */
export function nextStep(state: IncidentState, finding: Finding): Rich | null {
  const { life, offers, outcome } = state;
  const waiting = offers.find((offer) => offer.state === 'waiting');
  if (life === 'proposing' && waiting !== undefined)
    return [{ text: `approve or reject Fix ${waiting.letter}, below. If this is not it, say so here.` }];
  if (life === 'proposing' && offers.some((offer) => offer.state === 'rehearsing'))
    return [{ text: 'the API server is asked what the fix would change; then it is offered below.' }];
  if (outcome !== 'advice') return null;
  const advice = advise(finding);
  return advice === null ? null : [{ text: firstSentence(advice) }];
}

function firstSentence(text: string): string {
  const end = /[.!?](?=\s)/.exec(text);
  return end === null ? text : text.slice(0, end.index + 1);
}
