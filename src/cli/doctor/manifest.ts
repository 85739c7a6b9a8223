import { parse } from 'yaml';
import { z } from 'zod';
import type { Scopes } from './slack.ts';

const scopes = z.object({
  oauth_config: z.object({
    scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()).default([]) }),
  }),
});

/** The scopes that the app's manifest asks for; `null` where there is none, or it is none. */
export function manifestScopes(read: () => string): Scopes | null {
  try {
    const { bot, bot_optional: optional } = scopes.parse(parse(read())).oauth_config.scopes;
    return { needed: bot, optional };
  } catch {
    return null;
  }
}
