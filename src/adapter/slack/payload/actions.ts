import { z } from 'zod';
import type { Inbound, Source } from '../inbound.ts';
import { reference } from '../spoken.ts';
import { actorFields, keyOf, person } from './common.ts';

/** https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const blockActions = z.object({
  type: z.literal('block_actions'),
  ...actorFields,
  channel: z.object({ id: z.string() }).optional(),
  container: z.object({ message_ts: z.string().optional(), thread_ts: z.string().optional() }),
  actions: z.array(
    z.object({
      action_id: z.string(),
      block_id: z.string().optional(),
      action_ts: z.string().optional(),
      value: z.string().optional(),
      selected_option: z.object({ value: z.string() }).nullish(),
    }),
  ),
  response_url: z.string().optional(),
});
type BlockActions = z.infer<typeof blockActions>;

/** A block of the Home tab whose buttons belong to an incident: the channel that it lives in, and a number. */
export const homeBlock = /^at:([CGD][A-Z0-9]{2,20}):\d+$/;
/** The button of the Home tab that opens the form. */
export const startAction = 'start';

/** A press of a button or a choice from a menu, in a message or in the Home tab; null for any other payload. */
export function readActions(body: unknown): Inbound | null {
  const parsed = blockActions.safeParse(body);
  if (!parsed.success) return null;
  const payload = parsed.data;
  const by = person(payload.user);
  const key = keyOf('press', payload.trigger_id, payload);
  const started = payload.actions.some((one) => one.action_id === startAction);
  if (started && payload.trigger_id !== undefined)
    return { is: 'ask', key, trigger: payload.trigger_id, actor: { by, team: payload.team.id }, source: null };
  const action = payload.actions.find((one) => /^(?:press|reason|signature|break-glass):/.test(one.action_id));
  const token = action?.selected_option?.value ?? action?.value;
  const source = sourceOf(payload, action?.block_id);
  if (action === undefined || token === undefined || token === '' || source === null) return { is: 'nothing' };
  if (action.action_id.startsWith('reason:') && payload.trigger_id !== undefined)
    return { is: 'reason', key, token, trigger: payload.trigger_id, source };
  const alone = action.action_id.startsWith('break-glass:');
  if ((alone || action.action_id.startsWith('signature:')) && payload.trigger_id !== undefined)
    return { is: 'sign', key, token, trigger: payload.trigger_id, alone, source };
  return { is: 'press', key, token, reason: null, source };
}

function sourceOf(payload: BlockActions, blockId: string | undefined): Source | null {
  const { container, channel, team } = payload;
  const by = person(payload.user);
  const responseUrl = payload.response_url ?? null;
  const shown = container.thread_ts ?? container.message_ts;
  if (channel !== undefined && shown !== undefined)
    return {
      by,
      place: { team: team.id, channel: channel.id, thread: reference(channel.id, shown) },
      responseUrl,
      ...(container.message_ts === undefined ? {} : { message: reference(channel.id, container.message_ts) }),
    };
  const [, home] = homeBlock.exec(blockId ?? '') ?? [];
  return home === undefined
    ? null
    : { by, place: { team: team.id, channel: home, thread: null }, responseUrl, home: true };
}
