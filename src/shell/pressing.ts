import { mayReject } from '../incident/index.ts';
import type { IncidentState, Meaning, Standing } from '../model/index.ts';
import type { Desk } from '../port.ts';
import type { Workplace } from './ports.ts';

/** A press of a button as the chat hands it over. */
export type Press = Parameters<Desk['press']>[0];

/** What is asked of the chat at the moment of a press, because it decides whether the press counts. */
export interface AskedAtPress {
  readonly groups?: readonly string[];
  readonly standing?: readonly Standing[];
}

/** Buttons that count only from people who may. */
const GUARDED: ReadonlySet<Meaning['means']> = new Set([
  'approve',
  'reject',
  'revoke',
  'stop',
  'dismiss',
  'reviewed',
  'answer',
  'offer',
  'undo',
  'reopen',
  'repeat',
]);

/**
 * The user groups of the presser, where it is not known without them that they may; and with what may be the last approval, how
 * everybody stands who approved before. Rejects where the chat does not say it: then nothing counts.
 */
export async function askedAtPress({ house }: Workplace, state: IncidentState, press: Press): Promise<AskedAtPress> {
  const meaning = state.buttons[press.token];
  if (meaning === undefined) return {};
  const [groups, standing] = await Promise.all([
    needsGroups(house.approval, state, meaning, press) ? (press.groups?.() ?? []) : [],
    standingOf(state, meaning, press),
  ]);
  return { ...(groups.length === 0 ? {} : { groups }), ...(standing === null ? {} : { standing }) };
}

function needsGroups(
  policy: Workplace['house']['approval'],
  state: IncidentState,
  { means }: Meaning,
  { by }: Press,
): boolean {
  if (!GUARDED.has(means) || mayReject(by, state.by, policy)) return false;
  const everybody = (policy.starters ?? []).length === 0;
  return !everybody || !['answer', 'offer', 'undo', 'reopen', 'repeat'].includes(means);
}

async function standingOf(
  { offers }: IncidentState,
  meaning: Meaning,
  { standing }: Press,
): Promise<readonly Standing[] | null> {
  if (meaning.means !== 'approve' || standing === undefined) return null;
  const offer = offers.find(({ plan, state }) => plan.id === meaning.plan && state === 'waiting');
  const inChat = offer?.consents.map(({ by }) => by.id).filter((id) => !id.startsWith('terminal:')) ?? [];
  return inChat.length === 0 ? null : Promise.all(inChat.map(standing));
}

/** Whether a press came from where that button stands: the incident's own channel, its thread, and the very message. */
export function standsThere({ place: home, telling }: IncidentState, meaning: Meaning, press: Press): boolean {
  const { place, message } = press;
  if (place.team !== home.team || place.channel !== home.channel) return false;
  if (place.thread !== null && place.thread !== home.thread) return false;
  if (message === undefined) return true;
  const own = 'plan' in meaning && ON_CARD.has(meaning.means) ? [`approval ${meaning.plan}`] : Object.keys(telling);
  // A message that was posted a moment ago is in the chat before the journal knows it.
  return own.some((slot) => {
    const ref = telling[slot]?.ref;
    return ref === message || ref === null;
  });
}

/** These stand on the card of their plan and nowhere else. */
const ON_CARD: ReadonlySet<Meaning['means']> = new Set(['approve', 'reject', 'revoke', 'break-glass', 'explain']);
