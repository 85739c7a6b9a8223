import { z } from 'zod';
import type { Inbound } from '../inbound.ts';
import { reference } from '../spoken.ts';
import { actorFields, keyOf, person } from './common.ts';
import { wordsIn } from './words-in.ts';

/** Names of the shortcuts in `manifest.yml`. */
export const shortcuts = { message: 'netdiag_diagnose_message', global: 'netdiag_start' } as const;

/** https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
const global = z.object({
  type: z.literal('shortcut'),
  ...actorFields,
  callback_id: z.literal(shortcuts.global),
  trigger_id: z.string(),
});
const onMessage = z.object({
  type: z.literal('message_action'),
  ...actorFields,
  callback_id: z.literal(shortcuts.message),
  trigger_id: z.string(),
  channel: z.object({ id: z.string() }),
  message: z.object({ ts: z.string(), thread_ts: z.string().optional() }).loose(),
  response_url: z.string().optional(),
});

/** A shortcut, of the workspace or of one message; null for any other payload. */
export function readShortcut(body: unknown): Inbound | null {
  const anywhere = global.safeParse(body);
  if (anywhere.success) {
    const { user, team, trigger_id: trigger } = anywhere.data;
    const actor = { by: person(user), team: team.id };
    return { is: 'ask', key: keyOf('shortcut', trigger, anywhere.data), trigger, actor, source: null };
  }
  const there = onMessage.safeParse(body);
  if (!there.success) return null;
  const { user, team, channel, message, trigger_id: trigger } = there.data;
  return {
    is: 'find',
    key: keyOf('shortcut', trigger, there.data),
    words: wordsIn(message),
    trigger,
    source: {
      by: person(user),
      place: {
        team: team.id,
        channel: channel.id,
        thread: message.thread_ts === undefined ? null : reference(channel.id, message.thread_ts),
      },
      responseUrl: there.data.response_url ?? null,
    },
  };
}
