import { z } from 'zod';
import { canonical, sha256 } from '../../model/index.ts';
import type { Person, Place } from '../../model/index.ts';
import { help, readCommand } from './command.ts';
import { reference } from './spoken.ts';

/** Who acted, where, and the address at which Slack takes an answer for that person alone (5 times within 30 minutes). */
export interface Source {
  readonly by: Person;
  readonly place: Place;
  readonly responseUrl: string | null;
}

/** What a payload of Slack's asks for. `key` names its cause: the same one twice is one wish. */
export type Inbound =
  | { readonly is: 'start'; readonly key: string; readonly node: string; readonly source: Source }
  | { readonly is: 'press'; readonly key: string; readonly token: string; readonly source: Source }
  /** Nothing to do but to say this to the person. */
  | { readonly is: 'say'; readonly sentence: string; readonly source: Source }
  | { readonly is: 'nothing' };

/** https://docs.slack.dev/interactivity/implementing-slash-commands */
const slashCommand = z.object({
  command: z.string(),
  text: z.string().default(''),
  team_id: z.string(),
  channel_id: z.string(),
  user_id: z.string(),
  user_name: z.string().default(''),
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
});

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const blockActions = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string(), username: z.string().optional(), name: z.string().optional() }),
  team: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }),
  container: z.object({ message_ts: z.string(), thread_ts: z.string().optional() }),
  actions: z.array(
    z.object({
      action_id: z.string(),
      action_ts: z.string().optional(),
      value: z.string().optional(),
      selected_option: z.object({ value: z.string() }).nullish(),
    }),
  ),
  trigger_id: z.string().optional(),
  response_url: z.string().optional(),
});

/** Reads a payload as Socket Mode delivers it. Whatever netdiag does not know is nothing; it never throws. */
export function read(body: unknown): Inbound {
  const typed = slashCommand.safeParse(body);
  if (typed.success && typed.data.command === '/netdiag') return readSlash(typed.data);
  const pressed = blockActions.safeParse(body);
  return pressed.success ? readPress(pressed.data) : { is: 'nothing' };
}

function readSlash(payload: z.infer<typeof slashCommand>): Inbound {
  const source: Source = {
    by: { id: payload.user_id, name: payload.user_name },
    place: { team: payload.team_id, channel: payload.channel_id, thread: null },
    responseUrl: payload.response_url ?? null,
  };
  const command = readCommand(payload.text);
  if (command.is === 'help') return { is: 'say', sentence: help, source };
  if (command.is === 'refused') return { is: 'say', sentence: command.sentence, source };
  return { is: 'start', key: key('command', payload.trigger_id, payload), node: command.node, source };
}

function readPress(payload: z.infer<typeof blockActions>): Inbound {
  const action = payload.actions.find((one) => one.action_id.startsWith('press:'));
  const token = action?.selected_option?.value ?? action?.value;
  if (token === undefined || token === '') return { is: 'nothing' };
  const { container, channel, user } = payload;
  const source: Source = {
    by: { id: user.id, name: user.name ?? user.username ?? '' },
    place: {
      team: payload.team.id,
      channel: channel.id,
      thread: reference(channel.id, container.thread_ts ?? container.message_ts),
    },
    responseUrl: payload.response_url ?? null,
  };
  return { is: 'press', key: key('press', payload.trigger_id, payload), token, source };
}

/** The trigger id is Slack's own name of the cause; a payload without one is named by what it says. */
function key(kind: string, trigger: string | undefined, payload: object): string {
  return `${kind} ${trigger ?? sha256(canonical(payload))}`;
}
