import { z } from 'zod';
import type { Inbound } from '../inbound.ts';
import { actorFields, person } from './common.ts';
import { fields } from './submission.ts';

/** https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload */
const suggestion = z.object({
  type: z.literal('block_suggestion'),
  ...actorFields,
  action_id: z.string(),
  value: z.string().default(''),
});

/** Somebody types into the list of nodes; null for any other payload. */
export function readSuggestion(body: unknown): Inbound | null {
  const parsed = suggestion.safeParse(body);
  if (!parsed.success) return null;
  const { action_id: action, value, user, team } = parsed.data;
  if (action !== fields.node) return { is: 'nothing' };
  return { is: 'suggest', typed: value, actor: { by: person(user), team: team.id } };
}
