import { z } from 'zod';
import { readCommand } from '../command.ts';
import type { Inbound, Source } from '../inbound.ts';
import { keyOf } from './common.ts';

/** https://docs.slack.dev/interactivity/implementing-slash-commands */
const slashCommand = z.object({
  command: z.literal('/netdiag'),
  text: z.string().default(''),
  team_id: z.string(),
  channel_id: z.string(),
  user_id: z.string(),
  user_name: z.string().default(''),
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
});

/** `/netdiag …`; null for any other payload. */
export function readSlash(body: unknown): Inbound | null {
  const typed = slashCommand.safeParse(body);
  if (!typed.success) return null;
  const payload = typed.data;
  const source: Source = {
    by: { id: payload.user_id, name: payload.user_name },
    place: { team: payload.team_id, channel: payload.channel_id, thread: null },
    responseUrl: payload.response_url ?? null,
  };
  const command = readCommand(payload.text);
  const key = keyOf('command', payload.trigger_id, payload);
  switch (command.is) {
    case 'list':
      return { is: 'list', source };
    case 'ask':
      if (payload.trigger_id === undefined) return { is: 'say', sentence: command.help, source };
      return { is: 'ask', key, trigger: payload.trigger_id, actor: { by: source.by, team: payload.team_id }, source };
    case 'switch':
      return { is: 'switch', key, stop: command.stop, reason: command.reason, source };
    case 'node':
      return { is: 'start', key, node: command.node, symptom: null, source, form: false, elsewhere: false };
    case 'say':
      return { is: 'say', sentence: command.sentence, source };
  }
}
