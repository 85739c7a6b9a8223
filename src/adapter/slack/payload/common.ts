import { z } from 'zod';
import { canonical, sha256 } from '../../../model/index.ts';

/** Who acted, as every interaction payload says it (https://docs.slack.dev/reference/interaction-payloads). */
export const actorFields = {
  user: z.object({ id: z.string(), username: z.string().optional(), name: z.string().optional() }),
  team: z.object({ id: z.string() }),
  trigger_id: z.string().optional(),
} as const;

/** The name is Slack's guess; who somebody is, is asked of Slack before anything is done. */
export function person(user: {
  readonly id: string;
  readonly username?: string | undefined;
  readonly name?: string | undefined;
}) {
  return { id: user.id, name: user.name ?? user.username ?? '' };
}

/** The trigger id is Slack's own name of the cause; a payload without one is named by what it says. */
export function keyOf(kind: string, trigger: string | undefined, payload: object): string {
  return `${kind} ${trigger ?? sha256(canonical(payload))}`;
}
