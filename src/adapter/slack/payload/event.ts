import { z } from 'zod';
import type { Inbound } from '../inbound.ts';
import { reference } from '../spoken.ts';

/** https://docs.slack.dev/reference/events/app_mention and https://docs.slack.dev/reference/events/app_home_opened */
const callback = z.object({
  type: z.literal('event_callback'),
  team_id: z.string(),
  event: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('app_mention'),
      user: z.string(),
      text: z.string().default(''),
      ts: z.string(),
      channel: z.string(),
      thread_ts: z.string().optional(),
      bot_id: z.string().optional(),
    }),
    z.object({ type: z.literal('app_home_opened'), user: z.string(), tab: z.string().default('home') }),
  ]),
});

/**
 * An event that the app subscribes to; null for any other payload. A mention is named by its message: delivered again, or
 * edited later, it is the same wish. What bots write is no wish.
 */
export function readEvent(body: unknown): Inbound | null {
  const parsed = callback.safeParse(body);
  if (!parsed.success) return null;
  const { team_id: team, event } = parsed.data;
  const by = { id: event.user, name: '' };
  if (event.type === 'app_home_opened')
    return event.tab === 'home' ? { is: 'home', actor: { by, team } } : { is: 'nothing' };
  if (event.bot_id !== undefined) return { is: 'nothing' };
  // Slack shows an ephemeral message only in a thread that is active already.
  const thread = event.thread_ts === undefined ? null : reference(event.channel, event.thread_ts);
  return {
    is: 'find',
    key: `mention ${event.channel} ${event.ts}`,
    words: event.text.replace(/<@[A-Z0-9]+(?:\|[^>]*)?>/g, ' '),
    trigger: null,
    source: { by, place: { team, channel: event.channel, thread }, responseUrl: null },
  };
}
