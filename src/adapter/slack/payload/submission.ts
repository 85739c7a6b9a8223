import { z } from 'zod';
import type { Inbound, Source } from '../inbound.ts';
import { actorFields, keyOf, person } from './common.ts';
import { formMemory, reasonMemory, recalled } from './metadata.ts';

/** Names of the forms, their blocks and their elements. */
export const forms = { node: 'netdiag_node', reason: 'netdiag_reason', sign: 'netdiag_sign' } as const;
export const fields = {
  node: 'node',
  symptom: 'symptom',
  channel: 'channel',
  reason: 'reason',
  signature: 'signature',
} as const;

/** https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
const submission = z.object({
  type: z.literal('view_submission'),
  ...actorFields,
  view: z.object({
    id: z.string(),
    callback_id: z.string(),
    private_metadata: z.string().default(''),
    state: z.object({
      values: z.record(
        z.string(),
        z.record(
          z.string(),
          z.object({
            value: z.string().nullish(),
            selected_option: z.object({ value: z.string() }).nullish(),
            selected_conversation: z.string().nullish(),
          }),
        ),
      ),
    }),
  }),
});
type Submission = z.infer<typeof submission>;

/** A form that was sent; null for any other payload. */
export function readSubmission(body: unknown): Inbound | null {
  const parsed = submission.safeParse(body);
  if (!parsed.success) return null;
  const { view } = parsed.data;
  if (view.callback_id === forms.node) return readNode(parsed.data);
  const decides = view.callback_id === forms.reason || view.callback_id === forms.sign;
  return decides ? readDecision(parsed.data) : { is: 'nothing' };
}

function readNode(payload: Submission): Inbound {
  const memory = recalled(formMemory, payload.view.private_metadata);
  const node = entered(payload, fields.node);
  const channel = entered(payload, fields.channel) ?? memory?.place?.channel ?? null;
  if (memory === null || node === null || channel === null) return { is: 'nothing' };
  return {
    is: 'start',
    key: keyOf('form', payload.trigger_id, payload),
    node,
    symptom: entered(payload, fields.symptom),
    source: {
      by: person(payload.user),
      place: { team: payload.team.id, channel, thread: null },
      responseUrl: null,
    },
    form: true,
    elsewhere: memory.place === null,
  };
}

/** A press that came with a reason, a signature, or both. */
function readDecision(payload: Submission): Inbound {
  const memory = recalled(reasonMemory, payload.view.private_metadata);
  if (memory === null) return { is: 'nothing' };
  const { channel, thread, home, message } = memory.place;
  const source: Source = {
    by: person(payload.user),
    place: { team: payload.team.id, channel, thread },
    responseUrl: null,
    ...(home === undefined ? {} : { home }),
    ...(message === undefined ? {} : { message }),
  };
  const reason = entered(payload, fields.reason)?.trim() ?? '';
  const signature = entered(payload, fields.signature);
  return {
    is: 'press',
    key: keyOf('form', payload.trigger_id, payload),
    token: memory.token,
    reason: reason === '' ? null : reason,
    ...(signature === null ? {} : { signature }),
    source,
  };
}

/** What stands in the only element of a block; null when it is empty. */
function entered({ view }: Submission, block: string): string | null {
  const [held] = Object.values(view.state.values[block] ?? {});
  return held?.selected_option?.value ?? held?.selected_conversation ?? held?.value ?? null;
}
